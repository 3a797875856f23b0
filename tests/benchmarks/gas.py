"""What each operation of the market costs in gas, and the least that the protocol would charge for it.

`python -m tests.benchmarks.gas` starts a chain of its own, plays the market on it and prints one JSON object on its
last line. The figures are those of the transactions' receipts. Keys, names and timestamps are fixed, so they are the
same on every machine: gas.json has them, a test holds the two together, and `--write` writes it anew.

- `offer` and `offer_in_batch` (one of a hundred) have 34 bytes of description, `acknowledge` and `reserve_sealed` 128
  sealed bytes, `reserve` none. Each byte more costs 24.
- `settle` is by a receipt of every second, to a seller who was owed money before; `settle_divided` by one of fewer, so
  that the buyer, who was owed money before too, is owed the rest. `settle_first` pays a seller for the first time: a
  new word of the ledger costs 17,100 more, once for each account and token.
- `lifecycle` is offer, reserve, acknowledge, settle and withdraw; `lifecycle_first` has `settle_first` in it.

`floor_<operation>` is what any contract would have to pay that takes the same calldata, keeps the same words and writes
the same log:

- 21,000 for the transaction;
- 4 for each zero byte of calldata and 16 for each other;
- for each word of storage 2,100 to read it, and 20,000 or 2,900 more to make or change it (EIP-2929, EIP-2200);
- 375 for a log, 375 for each of its topics and 8 for each byte;
- 3,000 for the precompile that recovers who signed a receipt, 6,700 to send ETH to the caller;
- to deploy, 32,000, 2 for each word of what is sent and 200 for each byte of what stays.

Storage is read from the node's trace of the transaction, calldata and log from transaction and receipt. Where EIP-7623
asks more for the calldata alone, that is the floor.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from eth_account import Account
from web3 import HTTPProvider, Web3

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.artifact import BYTECODE
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.codec import Codec
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import (
    NOBODY,
    Address,
    encode_name,
    keccak,
    offer_id,
    reservation_id,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import (
    Call,
    Offer,
    Reservation,
    ServiceLevel,
    State,
    Terms,
)
from tests.brokerage.chain import ETHER, started

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount
    from web3.types import TxReceipt

    from tests.brokerage.chain import Chain

SNAPSHOT: Final = Path(__file__).with_suffix(".json")

_NOW: Final = 4_000_000_000
_DURATION: Final = 3_600
_DESCRIPTION: Final = b'{"region": {"name": "SEOUL-KETI"}}'
_SEALED: Final = bytes(range(1, 129))
_BATCH: Final = 100
_LIFECYCLE: Final = ("offer", "reserve", "acknowledge", "settle", "withdraw")

_RECOVERY: Final = 3_000
_TRANSFER: Final = 6_700


@dataclass
class Market:
    """A seller, a buyer and what their transactions cost."""

    chain: Chain
    now: int = _NOW
    gas: dict[str, float] = field(default_factory=dict)
    floors: dict[str, float] = field(default_factory=dict)
    rented: int = 0

    def __post_init__(self) -> None:
        self.web3 = Web3(HTTPProvider(self.chain.url))
        self.seller, self.buyer = _account(0x5E11E4), _account(0xB0E4)
        for party in (self.seller, self.buyer):
            self.chain.fund(Address(party.address.lower()), ETHER)
        self.codec = Codec()
        deployment = self.send("deploy", self.seller, bytes.fromhex(BYTECODE.removeprefix("0x")))
        assert deployment["contractAddress"]
        self.contract = deployment["contractAddress"]

    def send(self, operation: str | None, party: LocalAccount, data: bytes, extra: int = 0, **fields: Any) -> TxReceipt:  # noqa: ANN401 (fields of a transaction)
        """Make a block of one transaction; if `operation` names it, keep its gas and its floor."""
        self.now += 10
        self.chain.rpc("evm_setNextBlockTimestamp", self.now)
        transaction = {
            "chainId": self.chain.id,
            "data": data,
            "gas": 20_000_000,
            "maxFeePerGas": 10**10,
            "maxPriorityFeePerGas": 1,
            "nonce": self.web3.eth.get_transaction_count(party.address),
            "value": 0,
            **fields,
        }
        sent = self.web3.eth.send_raw_transaction(party.sign_transaction(transaction).raw_transaction)
        receipt = self.web3.eth.wait_for_transaction_receipt(sent, timeout=10, poll_latency=0.01)
        assert receipt["status"] == 1, f"{operation} reverts"
        if operation:
            self.gas[operation] = receipt["gasUsed"]
            self.floors[operation] = _floor(data, receipt, self.storage(sent), extra)
        return receipt

    def call(
        self,
        operation: str | None,
        party: LocalAccount,
        function: str,
        *arguments: object,
        value: int = 0,
        extra: int = 0,
    ) -> None:
        """Call the contract."""
        data = self.codec.encode(Call(function, arguments))
        self.send(operation, party, data, extra, to=self.contract, value=value)

    def storage(self, transaction: bytes) -> int:
        """Return what the words cost that the transaction reads and writes."""
        tracer = {"tracer": "prestateTracer"}
        name = Web3.to_hex(transaction)
        touched = _words(self.chain.rpc("debug_traceTransaction", name, tracer))
        changes = self.chain.rpc("debug_traceTransaction", name, {**tracer, "tracerConfig": {"diffMode": True}})
        changed = _words(changes["post"])
        return sum(
            2_100 + (0 if word not in changed else 2_900 if before else 20_000) for word, before in touched.items()
        )

    # The life of a reservation

    def offer(self) -> Offer:
        """Return what is on offer."""
        seller = Address(self.seller.address.lower())
        level = ServiceLevel(
            availability=9_900, shortfall_multiple=2, receipt_interval=60, claim_window=3_600, notice=300
        )
        terms = Terms(
            seller=seller,
            token=NOBODY,
            verifier=NOBODY,
            min_duration=60,
            max_duration=604_800,
            acknowledge_within=120,
            level=level,
        )
        return Offer(
            id=offer_id(seller, "seoul-keti"),
            padded_name=encode_name("seoul-keti"),
            terms=terms,
            price=3 * 10**9,
            units=40,
            reserved=0,
            description=_DESCRIPTION,
        )

    def reserve(self, operation: str | None = None, request: bytes = b"") -> Reservation:
        """Let the buyer reserve, under a name of its own."""
        self.rented += 1
        offer, name = self.offer(), f"simple-ocr-{self.rented}"
        buyer = Address(self.buyer.address.lower())
        arguments = (offer.terms.to_abi(), offer.to_abi(), encode_name(name), 2, _DURATION, request)
        self.call(operation, self.buyer, "reserve", *arguments, value=offer.price * 2 * _DURATION)
        return Reservation(
            id=reservation_id(buyer, name),
            buyer=buyer,
            padded_name=encode_name(name),
            offer=offer,
            units=2,
            duration=_DURATION,
            acknowledge_by=self.now + offer.terms.acknowledge_within,
            start=0,
            end=0,
            state=State.REQUESTED,
            request=request,
        )

    def acknowledge(self, reservation: Reservation, operation: str | None = None) -> Reservation:
        """Let the lease run."""
        self.call(operation, self.seller, "acknowledge", reservation.to_abi(), _SEALED)
        return replace(reservation, start=self.now, end=self.now + _DURATION)

    def lease(self) -> Reservation:
        """Reserve and acknowledge."""
        return self.acknowledge(self.reserve())

    def settle(self, operation: str | None, lease: Reservation, delivered: int) -> None:
        """Let the lease end, and the seller settle by the buyer's receipt."""
        self.now = lease.end
        receipt = (lease.end, delivered, keccak(b"measurements"))
        call = self.codec.encode(Call("receiptDigest", (bytes.fromhex(lease.id[2:]), receipt)))
        digest = self.web3.eth.call({"to": self.contract, "data": call})
        signature = bytes(Account.unsafe_sign_hash(digest, self.buyer.key).signature)
        self.call(operation, self.seller, "settle", lease.to_abi(), receipt, signature, extra=_RECOVERY)


def measure(chain: Chain) -> dict[str, float]:
    """Play the market; return the figures by name."""
    market = Market(chain)
    seller, buyer, offer = market.seller, market.buyer, market.offer()
    terms, listing = offer.terms.to_abi(), offer.to_listing()
    market.call("offer", seller, "publish", terms, [listing])
    listings = [(encode_name(f"seoul-keti-{number}"), *listing[1:]) for number in range(_BATCH, 2 * _BATCH)]
    market.call("offer_in_batch", seller, "publish", terms, listings)
    for figures in (market.gas, market.floors):
        figures["offer_in_batch"] /= _BATCH

    lease = market.acknowledge(market.reserve("reserve"), "acknowledge")
    market.settle("settle_first", lease, _DURATION)
    market.call("withdraw", seller, "withdraw", NOBODY, extra=_TRANSFER)
    market.settle("settle", market.lease(), _DURATION)
    market.settle(None, market.lease(), 3_500)
    market.settle("settle_divided", market.lease(), 3_500)
    market.reserve("reserve_sealed", _SEALED)

    lease = market.lease()
    more = offer.price * 2 * _DURATION
    market.call("extend", buyer, "extend", lease.to_abi(), _DURATION, value=more)
    lease = replace(lease, duration=2 * _DURATION, end=lease.end + _DURATION)
    market.call("release", buyer, "release", lease.to_abi())
    market.call("revoke", seller, "revoke", market.lease().to_abi(), 2)
    market.call("cancel", buyer, "cancel", market.reserve().to_abi())
    market.call("decline", seller, "decline", market.reserve().to_abi(), 1)
    return _summary(market)


def _summary(market: Market) -> dict[str, float]:
    for figures in (market.gas, market.floors):
        figures["lifecycle"] = sum(figures[operation] for operation in _LIFECYCLE)
        figures["lifecycle_first"] = figures["lifecycle"] - figures["settle"] + figures["settle_first"]
    return market.gas | {f"floor_{operation}": floor for operation, floor in market.floors.items()}


def _floor(data: bytes, receipt: TxReceipt, storage: int, extra: int) -> int:
    tokens = len(data) + 3 * sum(map(bool, data))
    log = sum(375 * (1 + len(entry["topics"])) + 8 * len(entry["data"]) for entry in receipt["logs"])
    creation = 0
    if receipt["contractAddress"]:
        # What stays is the runtime code, which the creation code ends with.
        creation = 32_000 + 2 * -(-len(data) // 32) + 200 * _runtime_size(data)
    return max(21_000 + 4 * tokens + storage + log + creation + extra, 21_000 + 10 * tokens)


def _runtime_size(creation_code: bytes) -> int:
    # The copier in front ends with its first INVALID.
    return len(creation_code) - creation_code.index(0xFE) - 1


def _words(accounts: dict[str, Any]) -> dict[tuple[str, str], int]:
    """Return the words of storage in a trace."""
    return {
        (account, slot): int(word, 16)
        for account, state in accounts.items()
        for slot, word in state.get("storage", {}).items()
    }


def _account(key: int) -> LocalAccount:
    account: LocalAccount = Account.from_key(key.to_bytes(32))
    return account


def main() -> None:
    """Print the figures, or keep them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help=f"write {SNAPSHOT.name} anew")
    arguments = parser.parse_args()
    with started("anvil") as chain:
        figures = measure(chain)
    if arguments.write:
        SNAPSHOT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for operation, gas in figures.items():
        if not operation.startswith("floor_"):
            floor = figures[f"floor_{operation}"]
            print(f"{operation:16} {gas:>11,.0f} {floor:>11,.0f} {gas / floor - 1:>+7.1%}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
