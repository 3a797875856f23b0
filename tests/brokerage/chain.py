"""A chain of the tests' own, and the two parties on it."""

from __future__ import annotations

import re
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from eth_account import Account

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Client, Key, Node, deploy
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.sealing import SealingKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import Address
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
# The binary itself: npm's shim would outlive a signal.
ANVIL = ROOT / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
ETHER = 10**18
CHAIN_ID = 31337


@dataclass
class Chain:
    """A running anvil, which makes a block of each transaction unless told otherwise."""

    url: str

    def rpc(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401 (whatever the method answers)
        body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
        answer = requests.post(self.url, json=body, timeout=10).json()
        assert "error" not in answer, answer
        return answer["result"]

    def fund(self, account: Address, amount: int) -> None:
        self.rpc("anvil_setBalance", account, hex(amount))

    def pass_time(self, seconds: int) -> None:
        self.rpc("evm_increaseTime", seconds)
        self.rpc("evm_mine")

    def fingerprint(self) -> tuple[object, ...]:
        """Return what any change of the chain changes, transactions that wait for a block included."""
        return self.rpc("eth_getBlockByNumber", "latest", False)["hash"], self.rpc("txpool_status")


@contextmanager
def anvil() -> Iterator[Chain]:
    """Start a chain on a free port, and end it."""
    assert ANVIL.exists(), "Run `make setup`: it installs anvil from npm."
    command = [str(ANVIL), "--port", "0", "--accounts", "1", "--prune-history", "64", "--chain-id", str(CHAIN_ID)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line)
                if listening := re.search(r"Listening on ([\d.:]+)", line):
                    # It writes a line for each call, and would stop at a full pipe.
                    threading.Thread(target=process.stdout.read, daemon=True).start()
                    yield Chain(f"http://{listening[1]}")
                    return
            raise AssertionError("".join(lines))
        finally:
            process.kill()


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
    """The contract on a chain, its seller and its buyer."""

    chain: Chain
    contract: Address
    seller: Party
    buyer: Party

    @property
    def options(self) -> dict[str, Any]:
        return {"rpc_url": self.chain.url, "chain_id": CHAIN_ID, "contract_address": self.contract, "timeout": 10.0}

    def client(self, party: Party | None = None) -> Client:
        node = Node.connect(self.chain.url, CHAIN_ID, key=party.key if party else None, timeout=10)
        return Client.connect(node, self.contract)

    def ledger(self) -> Ledger:
        return self.client().ledger()

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


def open_market(chain: Chain) -> Market:
    """Deploy the contract, with a seller and a buyer who have an ether each."""
    operator, seller, buyer = Party(), Party(), Party()
    for party in (operator, seller, buyer):
        chain.fund(party.account, ETHER)
    return Market(chain, deploy(Node.connect(chain.url, CHAIN_ID, key=operator.key)).contract, seller, buyer)
