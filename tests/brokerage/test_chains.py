"""The whole life of leases on each chain there is: with ETH and a token, and receipts of keys and of contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from eth_abi.abi import encode

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import (
    AnswerUnusable,
    NotEnoughTokens,
    NotEnoughUnits,
    ReservationNameUsed,
    TokenTakesFee,
    TooLate,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.evidence import NOTHING
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import NOBODY
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.receipts import (
    Domain,
    Receipt,
    SignedReceipt,
)
from tests.brokerage.chain import stranger
from tests.brokerage.samples import ACCESS, DESCRIPTION, TERMS

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import Address
    from tests.brokerage.chain import Chain, Market

pytestmark = [pytest.mark.chain, pytest.mark.every_chain]


@pytest.fixture(scope="session")
def coin(chain: Chain) -> Address:
    return chain.create(stranger("Coin") + encode(["uint256"], [0]))


@pytest.fixture(scope="session")
def greedy_coin(chain: Chain) -> Address:
    return chain.create(stranger("Coin") + encode(["uint256"], [1]))


@pytest.fixture(scope="session")
def wallet(chain: Chain) -> Address:
    return chain.create(stranger("Wallet"))


def publish(market: Market, **options: Any) -> dict[str, Any]:  # noqa: ANN401 (whatever the module takes)
    sealing = market.seller.sealing_key.to_base64()
    options = {**TERMS, "description": DESCRIPTION, "sealing_private_key": sealing, **options}
    return dict(market.run("offer", market.seller, **options)["offer"])


def acknowledge(market: Market, lease: dict[str, Any]) -> None:
    sealing = market.seller.sealing_key.to_base64()
    market.run("acknowledgement", market.seller, reservation=lease["id"], access=ACCESS, sealing_private_key=sealing)


def balance(market: Market, token: Address) -> tuple[int, int]:
    """Return what the contract has of the token, and what it may still take of the buyer's."""
    buyer, contract = market.buyer.account, market.contract
    return (
        market.chain.read(token, "balanceOf(address)", contract),
        market.chain.read(token, "allowance(address,address)", buyer, contract),
    )


def test_more_units_than_there_are(market: Market, wanted: dict[str, Any]) -> None:
    with market.untouched(), pytest.raises(NotEnoughUnits) as caught:
        market.run("reservation", market.buyer, **{**wanted, "units": 3})

    assert caught.value.available == 2


def test_an_answer_that_comes_too_late(market: Market, wanted: dict[str, Any], handover: dict[str, Any]) -> None:
    offer = publish(market, acknowledge_within=1, name="hasty")
    given = {**wanted, "name": "korea-2", "offer": offer["id"]}
    late = market.run("reservation", market.buyer, **given)["reservation"]
    market.chain.pass_time(2)

    with pytest.raises(TooLate):
        market.run("acknowledgement", market.seller, **{**handover, "reservation": late["id"]})
    cancelled = market.run("reservation", market.buyer, name="korea-2", state="absent")

    assert cancelled["reservation"]["state"] == "cancelled"
    with pytest.raises(ReservationNameUsed):
        market.run("reservation", market.buyer, **given)


def test_a_lease_from_offer_to_withdrawal(market: Market, active: dict[str, Any], tmp_path: Path) -> None:
    options = {"reservation": active["id"], "receipts_dir": str(tmp_path)}
    market.chain.pass_time(1)
    market.run("receipt", market.buyer, **options, up=True)
    ended = market.run("reservation", market.buyer, name="korea-1", state="absent")["reservation"]
    receipt = market.run("receipt", market.buyer, **options)["receipt"]

    settled = market.run("settlement", market.buyer, receipts_dir=str(tmp_path))["reservations"][0]

    seconds = ended["end"] - active["start"]
    assert (receipt["until"], receipt["delivered"]) == (ended["end"], seconds)
    assert (settled["paid"], settled["refunded"]) == (1_000 * seconds, 600_000 - 1_000 * seconds)
    for party, amount in ((market.seller, settled["paid"]), (market.buyer, settled["refunded"])):
        assert market.run("withdrawal", party)["withdrawn"] == [{"token": None, "amount": amount}]
    assert market.ledger().owed == {}
    assert market.run("offer_info", None, seller=market.seller.account)["offers"][0]["free"] == 2


def test_what_is_no_token(market: Market, wanted: dict[str, Any]) -> None:
    publish(market, token=market.contract)

    with market.untouched(), pytest.raises(AnswerUnusable) as caught:
        market.run("reservation", market.buyer, **wanted)

    assert caught.value.account == market.contract


def test_a_token_with_a_fee(market: Market, greedy_coin: Address, wanted: dict[str, Any]) -> None:
    publish(market, token=greedy_coin)
    market.chain.call(greedy_coin, "mint(address,uint256)", market.buyer.account, 600_000)

    with pytest.raises(TokenTakesFee) as caught:
        market.run("reservation", market.buyer, **wanted)

    assert (caught.value.received, caught.value.due) == (599_999, 600_000)
    assert market.ledger().reservations == {}


def test_a_lease_paid_in_a_token(market: Market, coin: Address, wanted: dict[str, Any], tmp_path: Path) -> None:
    publish(market, token=coin)
    with market.untouched(), pytest.raises(NotEnoughTokens):
        market.run("reservation", market.buyer, check_mode=True, **wanted)
    market.chain.call(coin, "mint(address,uint256)", market.buyer.account, 1_000_000)
    with market.untouched():
        assert market.run("reservation", market.buyer, check_mode=True, **wanted)["changed"]
    market.run("reservation", market.buyer, **wanted)

    assert balance(market, coin) == (600_000, 0)
    market.run("reservation", market.buyer, name="korea-1", state="absent")
    with market.untouched():
        assert market.run("withdrawal", market.buyer, token="ETH")["withdrawn"] == []  # noqa: S106 (a token of money)
    assert market.run("withdrawal", market.buyer)["withdrawn"] == [{"token": coin, "amount": 600_000}]
    assert balance(market, coin) == (0, 0)


def test_a_lease_extended_in_a_token(market: Market, coin: Address, wanted: dict[str, Any]) -> None:
    publish(market, token=coin)
    market.chain.call(coin, "mint(address,uint256)", market.buyer.account, 900_000)
    acknowledge(market, market.run("reservation", market.buyer, **wanted)["reservation"])

    extended = market.run("reservation", market.buyer, **{**wanted, "duration": 900})["reservation"]

    assert extended["escrow"] == 900_000
    assert balance(market, coin) == (900_000, 0)


def test_a_token_is_never_taken_for_eth(market: Market, coin: Address, wanted: dict[str, Any]) -> None:
    publish(market, token=coin)

    cheap = {"max_price": 1_000}
    assert market.run("offer_info", None, requirements=cheap, seller=market.seller.account)["offers"] == []
    assert market.run("offer_info", None, requirements={**cheap, "token": coin}, seller=market.seller.account)["offers"]


def test_a_receipt_that_a_contract_signs(
    market: Market, wallet: Address, offer: dict[str, Any], wanted: dict[str, Any], tmp_path: Path
) -> None:
    publish(market, verifier=wallet)
    lease = market.run("reservation", market.buyer, **wanted)["reservation"]
    acknowledge(market, lease)
    market.chain.pass_time(1)
    market.run("reservation", market.buyer, name="korea-1", state="absent")
    ended = market.ledger().reservation(lease["id"])
    receipt = Receipt(ended.id, ended.end, ended.elapsed, NOTHING)
    options: dict[str, Any] = {
        "reservation": ended.id,
        "receipts_dir": str(tmp_path),
        "candidate": SignedReceipt(receipt, wallet, b"").to_json(),
    }

    refused = market.run("receipt", market.seller, **options)
    market.chain.call(wallet, "sign(bytes32)", Domain(market.chain.id, market.contract).digest(receipt))
    kept = market.run("receipt", market.seller, **options)
    market.run("settlement", market.seller, receipts_dir=str(tmp_path))

    assert "its signature is not its signer's" in refused["refused"]
    assert kept["changed"]
    assert market.ledger().owed_to(market.seller.account) == {NOBODY: 1_000 * ended.elapsed}
