"""The contract on its chain: read the ledger, simulate a call, send it and wait for it. The only user of web3.

Amounts are in wei. A method that can't do its work raises a BrokerageError.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .artifact import RUNTIME_CODE_HASH
from .codec import Codec
from .errors import (
    AccountNeeded,
    AnswerUnusable,
    BrokerageError,
    ContractMissing,
    ContractRefused,
    InvalidValue,
    NonceUsed,
    NotAcknowledged,
    NotEnoughFunds,
    RpcRefused,
    RpcUnreachable,
    TransactionPending,
    TransactionReverted,
    WrongChain,
)
from .ids import Address, ReservationId, digest_of, keccak
from .ledger import Event, Ledger, rebuild
from .receipts import signed_by_key
from .types import STATES, Call, Purse, Reservation, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eth_typing import ChecksumAddress, Hash32
    from requests import RequestException
    from web3 import Web3
    from web3.exceptions import Web3RPCError
    from web3.types import BlockData, TxParams, TxReceipt

    from .keys import Key

# ruff: noqa: PLC0415 (web3 takes a second to import: only who talks to a chain pays for it)

_POLL_SECONDS = 0.1
# How many tasks with one key may send at the same moment, each taking a nonce from the others.
_ATTEMPTS = 10
# The code of this release, and of each earlier one whose ABI is the same.
RELEASES = frozenset({RUNTIME_CODE_HASH})
# What a contract answers for a signature that it takes.
_VALID_SIGNATURE = bytes.fromhex("1626ba7e")
# What public nodes commonly allow; halved when one allows less.
_BLOCKS_A_PAGE = 10_000


def _why_unreachable(error: RequestException) -> str:
    from requests import Timeout

    if isinstance(error, Timeout):
        return "no answer in time"
    # The whole text would quote the URL, and with it an API key.
    reason = re.search(r"\[Errno -?\d+\] ([\w ]+)", str(error))
    return reason[1] if reason else type(error).__name__


def _rpc_message(error: Web3RPCError) -> str:
    answer = (error.rpc_response or {}).get("error")
    return str(answer["message"]) if isinstance(answer, dict) and "message" in answer else str(error.message)


@dataclass(frozen=True)
class Mined:
    """A transaction that is in a block."""

    nonce: int
    block: int


class Node:
    """An Ethereum node that serves the chain wanted, and the account that uses it, if any."""

    def __init__(
        self, web3: Web3, *, name: str, chain_id: int, key: Key | None, timeout: float, confirmations: int
    ) -> None:
        self.web3 = web3
        self.chain_id = chain_id
        self.name = name
        self._key = key
        self._timeout = timeout
        self._confirmations = confirmations

    @classmethod
    def connect(
        cls, rpc_url: str, chain_id: int, *, key: Key | None = None, timeout: float = 30, confirmations: int = 0
    ) -> Node:
        """Reach the node and check what chain it serves.

        Args:
            rpc_url: http or https.
            chain_id: what the node has to answer.
            key: who signs; without it, only reading is possible.
            timeout: seconds for each answer of the node, and for each transaction.
            confirmations: blocks wanted on top of a transaction's own.

        Raises:
            InvalidValue: the URL isn't one.
            RpcUnreachable: no answer.
            WrongChain: another chain.

        """
        from web3 import HTTPProvider, Web3
        from web3.middleware import ExtraDataToPOAMiddleware

        url = urlsplit(rpc_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise InvalidValue("rpc_url", "an http or https URL")
        name = f"{url.scheme}://{url.hostname}" + (f":{url.port}" if url.port else "")
        # No silent retries: they would multiply the time after which a dead node is noticed.
        provider = HTTPProvider(rpc_url, request_kwargs={"timeout": timeout}, exception_retry_configuration=None)
        web3 = Web3(provider)
        web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
        node = cls(web3, name=name, chain_id=chain_id, key=key, timeout=timeout, confirmations=confirmations)
        with node.errors():
            actual = web3.eth.chain_id
        if actual != chain_id:
            raise WrongChain(chain_id, actual)
        return node

    @property
    def key(self) -> Key:
        """Who signs. Raises AccountNeeded."""
        if self._key is None:
            raise AccountNeeded
        return self._key

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what web3 raises into errors of the market."""
        from requests.exceptions import HTTPError, RequestException
        from web3.exceptions import ContractLogicError, Web3Exception, Web3RPCError

        try:
            yield
        except HTTPError as error:
            status = error.response.status_code if error.response is not None else "no status"
            raise RpcRefused(self.name, f"HTTP {status}") from error
        except RequestException as error:
            raise RpcUnreachable(self.name, _why_unreachable(error)) from None
        except ContractLogicError as error:
            raise Codec().decode_error(error.data, str(error.message)) from None
        except Web3RPCError as error:
            raise self._refusal(_rpc_message(error)) from error
        except (Web3Exception, ValueError) as error:
            raise RpcRefused(self.name, f"its answer makes no sense, {type(error).__name__}") from error

    def _refusal(self, message: str) -> BrokerageError:
        lower = message.lower()
        if self._key and ("nonce too low" in lower or "replacement transaction underpriced" in lower):
            return NonceUsed(self._key.address)
        return RpcRefused(self.name, message)

    def checksummed(self, account: Address) -> ChecksumAddress:
        """Return the address as web3 wants it."""
        return self.web3.to_checksum_address(account)

    def head(self) -> BlockData:
        """Return the newest block."""
        with self.errors():
            return self.web3.eth.get_block("latest")

    def nonce(self) -> int:
        """Return how many transactions the account has sent, pending ones included."""
        with self.errors():
            return self.web3.eth.get_transaction_count(self.checksummed(self.key.address), "pending")

    def _mined(self) -> int:
        with self.errors():
            return self.web3.eth.get_transaction_count(self.checksummed(self.key.address), "latest")

    def balance(self, account: Address) -> int:
        """Return what the account has, in wei."""
        with self.errors():
            return self.web3.eth.get_balance(self.checksummed(account))

    def code_hash(self, contract: Address) -> str | None:
        """Return the hash of the code at the address, None where there is none."""
        with self.errors():
            code = self.web3.eth.get_code(self.checksummed(contract))
        return digest_of(bytes(code)) if code else None

    def await_own(self) -> None:
        """Wait until no transaction of the account is pending: what an earlier run sent and didn't see through.

        Raises TransactionPending.
        """
        deadline = time.monotonic() + self._timeout
        while True:
            if self.nonce() <= self._mined():
                return
            self._wait(deadline)

    def simulate(self, transaction: TxParams) -> None:
        """Try the transaction against the newest block, changing nothing.

        Raises NotEnoughFunds, or the contract's own error.
        """
        account, value = self.key.address, transaction.get("value", 0)
        balance = self.balance(account)
        if balance < value:
            raise NotEnoughFunds(account, balance, value)
        with self.errors():
            self.web3.eth.call({**transaction, "from": self.checksummed(account)})

    def transact(self, transaction: TxParams) -> Mined:
        """Sign, send and wait for the receipt and the confirmations.

        Raises:
            NotEnoughFunds: for the value and the most that gas can cost.
            NonceUsed: another transaction of the account came in between.
            TransactionPending: sent, and not confirmed in time.

        """
        for _ in range(_ATTEMPTS):
            try:
                return self._try_transact(transaction)
            except NonceUsed:
                # Another task with the same key: the next nonce is ours.
                continue
        raise NonceUsed(self.key.address)

    def give(self, account: Address, amount: int) -> None:
        """Send wei to an account. Raises as `transact` does."""
        from web3.types import Wei

        self.transact({"to": self.checksummed(account), "value": Wei(amount)})

    def publish(self, signed: bytes) -> None:
        """Send what somebody else has signed, and wait until it is in a block.

        Raises RpcRefused where the node won't take it, and TransactionPending.
        """
        from eth_typing import Hash32

        deadline = time.monotonic() + self._timeout
        try:
            with self.errors():
                self.web3.eth.send_raw_transaction(signed)
        except NonceUsed:
            # Not ours: another run can't help.
            raise RpcRefused(self.name, "nonce too low") from None
        while not self._receipt(Hash32(keccak(signed))):
            self._wait(deadline)

    def _try_transact(self, transaction: TxParams) -> Mined:
        from eth_typing import Hash32

        account = self.key.address
        complete = self._complete(transaction)
        needed = int(complete["value"]) + int(complete["gas"]) * int(complete["maxFeePerGas"])
        balance = self.balance(account)
        if balance < needed:
            raise NotEnoughFunds(account, balance, needed)
        signed = self.key.sign(complete)
        with self.errors():
            self.web3.eth.send_raw_transaction(signed)
        nonce = int(complete["nonce"])
        return Mined(nonce, self._confirmed(Hash32(keccak(signed)), nonce))

    def _complete(self, transaction: TxParams) -> TxParams:
        from web3.types import Nonce, Wei

        sender = self.checksummed(self.key.address)
        with self.errors():
            block = self.web3.eth.get_block("latest")
            tip = self.web3.eth.max_priority_fee
            gas = self.web3.eth.estimate_gas({**transaction, "from": sender})
        return {
            **transaction,
            "value": transaction.get("value", Wei(0)),
            "chainId": self.chain_id,
            "nonce": Nonce(self.nonce()),
            # The state may move until the block: a first credit to an account costs a slot more.
            "gas": gas + gas // 4,
            "maxPriorityFeePerGas": tip,
            # Two base fees outlast six full blocks.
            "maxFeePerGas": Wei(2 * block["baseFeePerGas"] + tip),
        }

    def _confirmed(self, transaction: Hash32, nonce: int) -> int:
        deadline = time.monotonic() + self._timeout
        while True:
            replaced = self._mined() > nonce
            receipt = self._receipt(transaction)
            if replaced and not receipt:
                raise NonceUsed(self.key.address)
            if receipt and self.head()["number"] >= receipt["blockNumber"] + self._confirmations:
                break
            self._wait(deadline)
        if not receipt["status"]:
            raise self._revert_of(transaction, receipt)
        return receipt["blockNumber"]

    def _receipt(self, transaction: Hash32) -> TxReceipt | None:
        from web3.exceptions import TransactionIndexingInProgress, TransactionNotFound

        with self.errors():
            try:
                return self.web3.eth.get_transaction_receipt(transaction)
            except (TransactionIndexingInProgress, TransactionNotFound):
                return None

    def _revert_of(self, transaction: Hash32, receipt: TxReceipt) -> BrokerageError:
        # A receipt says that it reverted and not why: asked again on the state that it met, the contract says it.
        with self.errors():
            sent = self.web3.eth.get_transaction(transaction)
        again: TxParams = {"from": sent["from"], "to": sent["to"], "value": sent["value"], "data": sent["input"]}
        try:
            with self.errors():
                self.web3.eth.call(again, receipt["blockNumber"])
        except BrokerageError as error:
            return error
        return TransactionReverted(f"transaction 0x{transaction.hex()}")

    def _wait(self, deadline: float) -> None:
        if time.monotonic() >= deadline:
            raise TransactionPending(self.key.address, self._timeout)
        time.sleep(_POLL_SECONDS)


class Client:
    """The contract at its address."""

    def __init__(self, node: Node, contract: Address, from_block: int) -> None:
        self.node = node
        self.contract = contract
        self._from_block = from_block
        self._codec = Codec()

    @classmethod
    def connect(cls, node: Node, contract: Address, from_block: int = 0) -> Client:
        """Check that the contract of this release is at the address.

        Args:
            node: what was connected to.
            contract: the address.
            from_block: the block of the deployment; reading starts there.

        Raises:
            ContractMissing: no code there, or other code.

        """
        found = node.code_hash(contract)
        if found is None:
            raise ContractMissing(contract, "no contract")
        if found not in RELEASES:
            raise ContractMissing(contract, "another contract")
        return cls(node, contract, from_block)

    @property
    def account(self) -> Address:
        """Whose key it is. Raises AccountNeeded."""
        return self.node.key.address

    def ledger(self) -> Ledger:
        """Read the market as of the newest block."""
        return self._ledger_at(self.node.head())

    def ledgers(self, seconds: float) -> Iterator[Ledger]:
        """Read the market as of the newest block, and again with each new one until the seconds are over."""
        deadline = time.monotonic() + seconds
        seen = None
        while True:
            head = self.node.head()
            if head["number"] != seen:
                seen = head["number"]
                yield self._ledger_at(head)
            if time.monotonic() >= deadline:
                return
            time.sleep(_POLL_SECONDS)

    def _ledger_at(self, head: BlockData) -> Ledger:
        return rebuild(self._read(self._from_block, head["number"]), head["timestamp"])

    def await_answer(self, reservation: Reservation, seconds: float) -> None:
        """Wait until a request is acknowledged or over; what it has become is in the ledger.

        Raises NotAcknowledged once the seconds, or those that the seller gave itself, are over.
        """
        deadline = time.monotonic() + seconds
        while self._stored_state(reservation.id) is State.REQUESTED:
            if time.monotonic() >= deadline or self.node.head()["timestamp"] >= reservation.acknowledge_by:
                raise NotAcknowledged(reservation.name, reservation.seller)
            time.sleep(_POLL_SECONDS)

    def purse(self, token: Address) -> Purse:
        """Read what the account has of an ERC-20, and how much of that the contract may take. Raises AnswerUnusable."""
        return Purse(
            balance=self._ask_stranger(token, "balanceOf", self.account),
            allowance=self._ask_stranger(token, "allowance", self.account, self.contract),
        )

    def has_signed(self, account: Address, digest: bytes, signature: bytes) -> bool:
        """Whether the signature is the account's: its key's, or if it is a contract, what that takes (ERC-1271)."""
        if self.node.code_hash(account) is None:
            return signed_by_key(account, digest, signature)
        try:
            return bool(self._ask_stranger(account, "isValidSignature", digest, signature) == _VALID_SIGNATURE)
        except AnswerUnusable:
            return False

    def _ask_stranger(self, contract: Address, function: str, *arguments: object) -> Any:  # noqa: ANN401
        from eth_abi.exceptions import DecodingError

        try:
            return self._ask(Call(function, arguments, to=contract), "answer")
        except (ContractRefused, DecodingError, TransactionReverted):
            raise AnswerUnusable(contract, function) from None

    def _stored_state(self, reservation: ReservationId) -> State:
        stored: int = self._ask(Call("reservations", (bytes.fromhex(reservation.removeprefix("0x")),)), "state")
        return STATES[stored]

    def _ask(self, call: Call, result: str) -> Any:  # noqa: ANN401 (whatever the function answers)
        with self.node.errors():
            answer = self.node.web3.eth.call(self._transaction(call))
        return self._codec.decode_result(call.function, bytes(answer))[result]

    def _read(self, first: int, last: int) -> Iterator[Event]:
        page = _BLOCKS_A_PAGE
        while first <= last:
            end = min(first + page - 1, last)
            try:
                with self.node.errors():
                    logs = self.node.web3.eth.get_logs(
                        {"address": self.node.checksummed(self.contract), "fromBlock": first, "toBlock": end}
                    )
            except RpcRefused:
                if page == 1:
                    raise
                page //= 2
                continue
            for log in logs:
                yield self._codec.decode_event(log["topics"], log["data"])
            first = end + 1

    def simulate(self, call: Call) -> None:
        """Try the call, changing nothing. Raises NotEnoughFunds or the contract's own error."""
        self.node.simulate(self._transaction(call))

    def send(self, call: Call) -> Mined:
        """Make the call and see it confirmed. Raises as `Node.transact` does, or the contract's own error."""
        return self.node.transact(self._transaction(call))

    def _transaction(self, call: Call) -> TxParams:
        from web3.types import Wei

        return {
            "to": self.node.checksummed(call.to or self.contract),
            "value": Wei(call.value),
            "data": self._codec.encode(call),
        }
