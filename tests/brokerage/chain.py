"""A chain of the tests' own, and the two parties on it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import solcx
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from eth_abi.abi import encode
from eth_account import Account

import contracts.compile
from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import deployment
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Client, Node
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.deployment import PROXY, created
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import keccak
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.keys import Key
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.sealing import SealingKey
from tests.brokerage.tester import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import Address
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
# The binary itself: npm's shim would outlive a signal.
ANVIL = ROOT / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
ETHER = 10**18
# Seconds that a test may wait for a chain whose time can't be moved.
_PATIENCE = 3


@dataclass
class Chain:
    """A running chain, which makes a block of each transaction."""

    url: str

    def rpc(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401 (whatever the method answers)
        body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
        answer = requests.post(self.url, json=body, timeout=10).json()
        assert "error" not in answer, answer
        return answer["result"]

    @cached_property
    def id(self) -> int:
        return int(self.rpc("eth_chainId"), 16)

    @property
    def head(self) -> int:
        return int(self.rpc("eth_blockNumber"), 16)

    def fund(self, account: Address, amount: int) -> None:
        """Have at least so many wei on the account."""
        self.send({"to": account, "value": hex(amount)})

    def balance(self, account: Address) -> int:
        return int(self.rpc("eth_getBalance", account, "latest"), 16)

    def create(self, code: bytes) -> Address:
        """Put a contract there."""
        address = created(code)
        self.send({"to": PROXY, "data": "0x" + (bytes(32) + code).hex()})
        assert self.rpc("eth_getCode", address, "latest") != "0x"
        return address

    def call(self, to: Address, signature: str, *arguments: object) -> None:
        """Have anyone call a function, such as mint(address,uint256)."""
        self.send({"to": to, "data": _calldata(signature, arguments)})

    def read(self, of: Address, signature: str, *arguments: object) -> int:
        """Return what a function answers, such as balanceOf(address)."""
        return int(self.rpc("eth_call", {"to": of, "data": _calldata(signature, arguments)}, "latest"), 16)

    def send(self, transaction: dict[str, str]) -> None:
        """Send it from an account that the chain comes with, and wait for the block that it is in."""
        rich = self.rpc("eth_accounts")[0]
        before = self.rpc("eth_getTransactionCount", rich, "latest")
        self.rpc("eth_sendTransaction", {"from": rich, "gas": hex(2_000_000), **transaction})
        deadline = time.monotonic() + 10
        while self.rpc("eth_getTransactionCount", rich, "latest") == before:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    @contextmanager
    def isolated(self) -> Iterator[None]:
        """Undo what happens, where the chain can."""
        snapshot = self.rpc("evm_snapshot")
        yield
        self.rpc("evm_revert", snapshot)

    def pass_time(self, seconds: int) -> None:
        self.rpc("evm_increaseTime", seconds)
        self.rpc("evm_mine")

    def fingerprint(self) -> tuple[object, ...]:
        """Return what any change of the chain changes."""
        return (self.rpc("eth_getBlockByNumber", "latest", False)["hash"],)


def _calldata(signature: str, arguments: Sequence[object]) -> str:
    types = signature.partition("(")[2].removesuffix(")").split(",")
    return "0x" + (keccak(signature.encode())[:4] + encode(types, arguments)).hex()


class Anvil(Chain):
    """Which can be told to set balances and code, and to make no block until told to."""

    def fund(self, account: Address, amount: int) -> None:
        self.rpc("anvil_setBalance", account, hex(amount))

    def fingerprint(self) -> tuple[object, ...]:
        """Transactions that wait for a block included."""
        return *super().fingerprint(), self.rpc("txpool_status")


class EthTester(Chain):
    """Which is a chain of this process."""

    def pass_time(self, seconds: int) -> None:
        now = int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        self.rpc("testing_timeTravel", now + seconds)
        self.rpc("evm_mine")


class Geth(Chain):
    """Which neither undoes anything nor hurries."""

    @contextmanager
    def isolated(self) -> Iterator[None]:
        yield

    def pass_time(self, seconds: int) -> None:
        if seconds > _PATIENCE:
            pytest.skip(f"geth's time can't be moved, and nobody waits for {seconds} s.")
        time.sleep(seconds)
        self.fund(Party().account, 1)


@contextmanager
def started(name: str) -> Iterator[Chain]:
    """Start a chain on a free port, and end it."""
    with _CHAINS[name]() as chain:
        yield chain


@contextmanager
def started_anvil(*options: str) -> Iterator[Anvil]:
    assert ANVIL.exists(), "Run `make setup`: it installs anvil from npm."
    command = [str(ANVIL), "--port", "0", "--accounts", "1", "--prune-history", "64", "--hardfork", "prague"]
    command += options
    with _process(command, r"Listening on ([\d.:]+)") as address:
        yield Anvil(f"http://{address}")


@contextmanager
def _geth() -> Iterator[Chain]:
    program = os.environ.get("DECENTER_GETH") or shutil.which("geth")
    if not program:
        pytest.skip("There is no geth: put one on PATH, or name it in DECENTER_GETH.")
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--dev", "--datadir", folder, "--ipcdisable", "--http", "--http.port", "0"]
        command += ["--authrpc.port", "0", "--http.api", "eth"]
        with _process(command, r"HTTP server started +endpoint=([\d.:]+)") as address:
            yield Geth(f"http://{address}")


@contextmanager
def _eth_tester() -> Iterator[Chain]:
    with serving() as url:
        yield EthTester(url)


@contextmanager
def _process(command: list[str], announcement: str) -> Iterator[str]:
    """Run a program until it says where it listens; end it afterwards."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line)
                if listening := re.search(announcement, line):
                    # It writes a line for each call, and would stop at a full pipe.
                    threading.Thread(target=process.stdout.read, daemon=True).start()
                    yield listening[1]
                    return
            raise AssertionError("".join(lines))
        finally:
            process.kill()


_CHAINS: Mapping[str, Callable[[], AbstractContextManager[Chain]]] = {
    "anvil": started_anvil,
    "geth": _geth,
    "eth-tester": _eth_tester,
}
ALL_CHAINS = tuple(_CHAINS)


def _new_private_key() -> str:
    return str(Account.create().key.to_0x_hex())


@dataclass(frozen=True)
class Party:
    """A provider with its keys."""

    private_key: str = field(default_factory=_new_private_key)
    sealing_key: SealingKey = field(default_factory=SealingKey.generate)

    @property
    def key(self) -> Key:
        return Key.from_hex(self.private_key)

    @property
    def account(self) -> Address:
        return self.key.address


@dataclass
class Market:
    """The contract on a chain, its seller and its buyer. What was there before `from_block` is none of its business."""

    chain: Chain
    contract: Address
    from_block: int = 0
    seller: Party = field(default_factory=Party)
    buyer: Party = field(default_factory=Party)
    _held_before: int = 0

    @property
    def options(self) -> dict[str, Any]:
        return {
            "rpc_url": self.chain.url,
            "chain_id": self.chain.id,
            "contract_address": self.contract,
            "from_block": self.from_block,
            "timeout": 10.0,
        }

    def client(self, party: Party | None = None) -> Client:
        node = Node.connect(self.chain.url, self.chain.id, key=party.key if party else None, timeout=10)
        return Client.connect(node, self.contract, self.from_block)

    def ledger(self) -> Ledger:
        return self.client().ledger()

    def held(self) -> int:
        """Return the wei that the contract has of this market."""
        return self.chain.balance(self.contract) - self._held_before

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Fail if anything happens on the chain."""
        before = self.chain.fingerprint()
        yield
        assert self.chain.fingerprint() == before

    def run(self, noun: str, party: Party | None, *, check_mode: bool = False, **options: object) -> _runner.Result:
        """Do what the module `noun` does, in this process. Raises BrokerageError."""
        key = {"private_key": party.private_key} if party else {}
        return run_task(noun, {**self.options, **key, **options}, check_mode=check_mode)


def run_task(noun: str, options: Mapping[str, object], *, check_mode: bool = False) -> _runner.Result:
    """Validate the options as Ansible does, and do the work."""
    task: _runner.Task = import_module(f"{_runner.__package__}._tasks.{noun}").TASK
    specification = dict(task.specification)
    validation = ArgumentSpecValidator(specification.pop("argument_spec"), **specification).validate(options)
    assert not validation.error_messages
    return _runner.perform(task, validation.validated_parameters, check_mode=check_mode)


def deployed(chain: Chain) -> Address:
    """Put the contract on the chain."""
    operator = Party()
    chain.fund(operator.account, ETHER)
    return deployment.deploy(Node.connect(chain.url, chain.id, key=operator.key)).contract


def open_market(chain: Chain, contract: Address) -> Market:
    """Bring a seller and a buyer who have an ether each to the contract."""
    market = Market(chain, contract, from_block=chain.head + 1, _held_before=chain.balance(contract))
    for party in (market.seller, market.buyer):
        chain.fund(party.account, ETHER)
    return market


def stranger(name: str) -> bytes:
    """Return the code that creates a contract of Strangers.sol, without the constructor's arguments."""
    return bytes.fromhex(_strangers()[name]["evm"]["bytecode"]["object"])


@cache
def _strangers() -> dict[str, Any]:
    source = Path(__file__).with_name("Strangers.sol").read_text()
    settings = {"evmVersion": "prague", "outputSelection": {"*": {"*": ["evm.bytecode.object"]}}}
    given = {"language": "Solidity", "sources": {"": {"content": source}}, "settings": settings}
    compiled: dict[str, Any] = solcx.compile_standard(given, solc_binary=contracts.compile.COMPILER)["contracts"][""]
    return compiled
