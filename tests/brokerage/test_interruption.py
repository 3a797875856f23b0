"""A run that dies after it has sent, and runs that get in each other's way: nothing is sent twice, nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import TransactionPending
from tests.brokerage.chain import ROOT, Anvil, Chain, Market
from tests.brokerage.samples import DESCRIPTION, TERMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.chain


@pytest.fixture
def slow_chain(market: Market, anvil: Anvil) -> Iterator[Anvil]:
    """Have the market's chain make no block until told to."""
    anvil.rpc("evm_setAutomine", False)
    yield anvil
    anvil.rpc("evm_setIntervalMining", 0)
    anvil.rpc("evm_mine")
    anvil.rpc("evm_setAutomine", True)


def pending(chain: Chain) -> int:
    return int(chain.rpc("txpool_status")["pending"], 16)


def kill_once_sent(market: Market, noun: str, options: Mapping[str, Any]) -> None:
    """Run a module until its transaction waits for a block, and kill it."""
    command = [sys.executable, "-m", "tests.brokerage.module", noun]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as module:
        assert module.stdin
        json.dump({**market.options, "private_key": market.buyer.private_key, **options}, module.stdin)
        module.stdin.close()
        deadline = time.monotonic() + 60
        while not pending(market.chain):
            assert module.poll() is None, module.stdout and module.stdout.read()
            assert time.monotonic() < deadline
        module.kill()


def test_killed_after_sending(market: Market, wanted: dict[str, Any], slow_chain: Anvil) -> None:
    kill_once_sent(market, "reservation", wanted)
    assert not market.ledger().reservations

    # The next run starts before there is a block, and sees one come.
    slow_chain.rpc("evm_setIntervalMining", 1)
    repeated = market.run("reservation", market.buyer, **wanted)

    assert not repeated["changed"]
    assert repeated["reservation"]["state"] == "requested"
    assert market.client(market.buyer).node.nonce() == 1
    assert market.held() == 600_000


def test_no_block_in_time(market: Market, wanted: dict[str, Any], slow_chain: Anvil) -> None:
    with pytest.raises(TransactionPending) as caught:
        market.run("reservation", market.buyer, **wanted, timeout=0.5)
    with pytest.raises(TransactionPending):
        market.run("reservation", market.buyer, **wanted, timeout=0.5)

    assert str(caught.value) == (
        f"A transaction of account {market.buyer.account} is not confirmed after 0.5 s: run again, which finds it and"
        " sends nothing twice, or raise timeout."
    )
    assert pending(slow_chain) == 1


def test_confirmations_are_waited_for(market: Market, wanted: dict[str, Any], slow_chain: Anvil) -> None:
    slow_chain.rpc("evm_setIntervalMining", 1)

    reserved = market.run("reservation", market.buyer, **wanted, confirmations=2)

    assert reserved["changed"]
    entries = slow_chain.rpc("eth_getLogs", {"address": market.contract, "fromBlock": "0x0"})
    assert int(slow_chain.rpc("eth_blockNumber"), 16) >= int(entries[-1]["blockNumber"], 16) + 2


def test_one_key_in_several_tasks_at_once(market: Market, slow_chain: Anvil) -> None:
    sealing = market.seller.sealing_key.to_base64()
    names = ["busan", "daejeon", "seoul"]

    def publish(name: str) -> bool:
        options = {**TERMS, "name": name, "description": DESCRIPTION, "sealing_private_key": sealing}
        return bool(market.run("offer", market.seller, **options)["changed"])

    slow_chain.rpc("evm_setIntervalMining", 1)
    with ThreadPoolExecutor() as tasks:
        assert list(tasks.map(publish, names)) == [True, True, True]

    assert sorted(offer["name"] for offer in market.run("offer_info", None)["offers"]) == names
    assert market.client(market.seller).node.nonce() == 3


def test_the_same_work_in_several_tasks_at_once(market: Market, wanted: dict[str, Any], slow_chain: Anvil) -> None:
    slow_chain.rpc("evm_setIntervalMining", 1)
    with ThreadPoolExecutor() as tasks:
        results = list(tasks.map(lambda _: market.run("reservation", market.buyer, **wanted), range(3)))

    assert [result["reservation"]["state"] for result in results] == ["requested"] * 3
    assert market.held() == 600_000
