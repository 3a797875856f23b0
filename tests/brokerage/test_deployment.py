"""The contract comes to a chain, and to the same address on every chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import deployment
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.artifact import RUNTIME_CODE_HASH
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import (
    BrokerageError,
    ContractMissing,
    NotEnoughFunds,
    ProxyRefused,
)
from tests.brokerage.chain import ETHER, Anvil, Market, Party, run_task, started_anvil

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.brokerage.chain import Chain

pytestmark = pytest.mark.chain


@pytest.fixture(params=[True, False], ids=["proxy", "no-proxy"])
def bare(request: pytest.FixtureRequest) -> Iterator[Anvil]:
    """Start a chain that the contract has not come to, nor perhaps the proxy."""
    with started_anvil(*([] if request.param else ["--disable-default-create2-deployer"])) as chain:
        yield chain


def operator(chain: Chain, funds: int = ETHER) -> dict[str, Any]:
    """Return the options of somebody who deploys."""
    party = Party()
    chain.fund(party.account, funds)
    return {"rpc_url": chain.url, "chain_id": chain.id, "private_key": party.private_key}


def refusal(kind: type[BrokerageError], options: dict[str, Any], *, check_mode: bool = False) -> str:
    with pytest.raises(kind) as caught:
        run_task("deployment", options, check_mode=check_mode)
    return str(caught.value)


@pytest.mark.parametrize("check_mode", [False, True])
def test_another_contract_at_the_address(bare: Anvil, check_mode: bool) -> None:
    address = deployment.contract_address()
    bare.rpc("anvil_setCode", address, "0x6000")

    assert refusal(ContractMissing, operator(bare), check_mode=check_mode) == (
        f"There is another contract at {address} and no ResourceExchangeBroker of this release: correct"
        " contract_address."
    )


def test_no_funds(bare: Anvil) -> None:
    sentence = refusal(NotEnoughFunds, operator(bare, funds=1))

    assert " has 1 wei and needs " in sentence


def test_a_chain_on_which_the_proxy_came_to_nothing() -> None:
    with started_anvil("--disable-default-create2-deployer") as chain:
        # Its one transaction has been made, and has failed.
        chain.rpc("anvil_setNonce", "0x3fab184622dc19b6109349b94811493bf2a45362", "0x1")

        assert refusal(ProxyRefused, operator(chain)) == (
            f"The chain behind {chain.url} lacks the deterministic deployment proxy and refuses the transaction that"
            " brings it (nonce too low): ask its operator to allow transactions without replay protection (EIP-155)"
            " once."
        )


def test_deployment(bare: Anvil) -> None:
    options = operator(bare)
    before = bare.fingerprint()
    checked = run_task("deployment", options, check_mode=True)
    assert bare.fingerprint() == before
    deployed = run_task("deployment", options)
    before = bare.fingerprint()
    repeated = run_task("deployment", options)
    named = run_task("deployment", {**options, "contract_address": deployed["contract_address"]})

    assert bare.fingerprint() == before
    assert checked["changed"]
    assert deployed["changed"]
    assert deployed["from_block"] == bare.head
    assert checked["contract_address"] == deployed["contract_address"] == deployment.contract_address()
    assert repeated["contract_address"] == named["contract_address"] == deployed["contract_address"]
    assert not repeated["changed"]
    assert not named["changed"]
    there = {**options, "contract_address": deployed["contract_address"], "from_block": deployed["from_block"]}
    assert run_task("offer_info", there)["offers"] == []


@pytest.mark.every_chain
def test_the_address_and_the_code_are_the_same_everywhere(market: Market) -> None:
    assert market.contract == deployment.contract_address()
    assert market.client().node.code_hash(market.contract) == RUNTIME_CODE_HASH
