"""Each module against a real chain: check, create, repeat, change, absent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import offer_id
from tests.brokerage.chain import CHAIN_ID, ETHER, Market, Party, run_task
from tests.brokerage.samples import ACCESS, DESCRIPTION, REQUEST, TERMS

pytestmark = pytest.mark.chain


def test_offer(market: Market) -> None:
    options = {
        **TERMS,
        "description": DESCRIPTION,
        "sealing_private_key": market.seller.sealing_key.to_base64(),
    }
    with market.untouched():
        checked = market.run("offer", market.seller, check_mode=True, **options)
    created = market.run("offer", market.seller, **options)
    with market.untouched():
        repeated = market.run("offer", market.seller, **options)
    with market.untouched():
        checked_change = market.run("offer", market.seller, check_mode=True, **{**options, "price": 2_000})
    changed = market.run("offer", market.seller, **{**options, "price": 2_000})

    assert created["offer"] == {
        "id": offer_id(market.seller.account, "seoul"),
        "seller": market.seller.account,
        "name": "seoul",
        "terms": {"price": 1_000, "min_duration": 60, "max_duration": 3600, "acknowledge_within": 300},
        "units": 2,
        "reserved": 0,
        "free": 2,
        "description": {**DESCRIPTION, "sealing_key": market.seller.sealing_key.public()},
    }
    assert (
        created
        == checked
        == {"changed": True, "diff": {"before": None, "after": created["offer"]}, "offer": created["offer"]}
    )
    assert repeated == {**created, "changed": False, "diff": {"before": created["offer"], "after": created["offer"]}}
    assert changed == checked_change
    assert changed["diff"]["before"]["terms"]["price"] == 1_000
    assert changed["offer"]["terms"]["price"] == 2_000

    with market.untouched():
        assert market.run("offer", market.seller, check_mode=True, name="seoul", state="absent")["changed"]
    retracted = market.run("offer", market.seller, name="seoul", state="absent")
    with market.untouched():
        repeated = market.run("offer", market.seller, name="seoul", state="absent")

    assert retracted == {"changed": True, "diff": {"before": changed["offer"], "after": None}, "offer": None}
    assert repeated == {"changed": False, "diff": {"before": None, "after": None}, "offer": None}


def test_offer_info(market: Market, offer: dict[str, Any]) -> None:
    dearer = {**TERMS, "name": "dearer", "price": 1_001, "description": offer["description"]}
    market.run("offer", market.seller, **dearer)
    with market.untouched():
        everything = market.run("offer_info", None)
        matching = market.run("offer_info", None, requirements={"device": "camkor1", "max_price": 1_000})
        strangers = market.run("offer_info", None, seller=market.buyer.account)
        none = market.run("offer_info", None, requirements={"units": 3})

    assert [each["name"] for each in everything["offers"]] == ["seoul", "dearer"]
    assert matching == {"changed": False, "offers": [offer]}
    assert strangers["offers"] == none["offers"] == []


def test_reservation(market: Market, wanted: dict[str, Any]) -> None:
    with market.untouched():
        checked = market.run("reservation", market.buyer, check_mode=True, **wanted)
    created = market.run("reservation", market.buyer, **wanted)
    with market.untouched():
        repeated = market.run("reservation", market.buyer, **wanted)

    reservation = created["reservation"]
    assert checked["changed"]
    assert created["changed"]
    assert not repeated["changed"]
    assert {**checked["reservation"], "acknowledge_by": 0} == {**reservation, "acknowledge_by": 0}
    assert repeated["reservation"] == reservation
    assert (reservation["state"], reservation["escrow"], reservation["start"]) == ("requested", 600_000, 0)
    assert market.client().node.balance(market.contract) == 600_000
    assert market.run("offer_info", None)["offers"][0]["free"] == 1

    with market.untouched():
        assert market.run("reservation", market.buyer, check_mode=True, name="korea-1", state="absent")["changed"]
    cancelled = market.run("reservation", market.buyer, name="korea-1", state="absent")
    with market.untouched():
        repeated = market.run("reservation", market.buyer, name="korea-1", state="absent")
        never = market.run("reservation", market.buyer, name="korea-2", state="absent")

    assert cancelled["changed"]
    assert cancelled["reservation"]["state"] == repeated["reservation"]["state"] == "cancelled"
    assert not repeated["changed"]
    assert never == {"changed": False, "diff": {"before": None, "after": None}, "reservation": None}
    assert market.ledger().owed == {market.buyer.account: 600_000}


def test_reservation_stays_when_its_offer_is_retracted(market: Market, wanted: dict[str, Any]) -> None:
    created = market.run("reservation", market.buyer, **wanted)
    market.run("offer", market.seller, name="seoul", state="absent")

    repeated = market.run("reservation", market.buyer, **wanted)

    assert not repeated["changed"]
    assert repeated["reservation"] == created["reservation"]


def test_reservation_waits_for_the_access(market: Market, wanted: dict[str, Any], active: dict[str, Any]) -> None:
    with market.untouched():
        rented = market.run("reservation", market.buyer, **wanted, wait="acknowledged")

    assert rented["reservation"] == {**active, "access": ACCESS}
    assert "rosebud" not in str(rented["diff"])


def test_release_ends_a_lease(market: Market, active: dict[str, Any]) -> None:
    with market.untouched():
        assert market.run("reservation", market.buyer, check_mode=True, name="korea-1", state="absent")["changed"]
    released = market.run("reservation", market.buyer, name="korea-1", state="absent")
    with market.untouched():
        repeated = market.run("reservation", market.buyer, name="korea-1", state="absent")

    assert released["changed"]
    assert released["reservation"]["state"] == "ended"
    assert active["start"] <= released["reservation"]["end"] < active["end"]
    assert repeated["reservation"] == released["reservation"]
    assert not repeated["changed"]


def test_reservation_info(market: Market, active: dict[str, Any]) -> None:
    seal: dict[str, Any] = {"sealing_private_key": market.seller.sealing_key.to_base64()}
    with market.untouched():
        sold = market.run("reservation_info", market.seller, role="seller", states=["active"], **seal)
        seal = {"sealing_private_key": market.buyer.sealing_key.to_base64()}
        bought = market.run("reservation_info", market.buyer, role="buyer", name="korea-1", **seal)
        public = market.run("reservation_info", None, account=market.buyer.account, offer=active["offer"])
        others = market.run("reservation_info", market.buyer, role="seller")
        settled = market.run("reservation_info", market.buyer, states=["settled"])

    request = {**REQUEST, "sealing_key": market.buyer.sealing_key.public()}
    assert sold == {"changed": False, "reservations": [{**active, "request": request}]}
    assert bought["reservations"] == [{**active, "access": ACCESS}]
    assert public["reservations"] == [active]
    assert others["reservations"] == settled["reservations"] == []


def test_reservation_info_waits_for_a_reservation(market: Market, wanted: dict[str, Any]) -> None:
    with ThreadPoolExecutor() as seller:
        waiting = seller.submit(market.run, "reservation_info", market.seller, states=["requested"], wait_timeout=30)
        requested = market.run("reservation", market.buyer, **wanted)["reservation"]
        found = waiting.result()
    none = market.run("reservation_info", market.seller, states=["active"], wait_timeout=0.2)

    assert found["reservations"] == [requested]
    assert none["reservations"] == []


def test_reservation_info_says_what_it_cannot_open(market: Market, active: dict[str, Any]) -> None:
    seal: dict[str, Any] = {"sealing_private_key": Party().sealing_key.to_base64()}

    sold = market.run("reservation_info", market.seller, **seal)["reservations"]
    bought = market.run("reservation_info", market.buyer, **seal)["reservations"]

    reason = "it is sealed to another key or for another purpose"
    why = f"of reservation {active['id']} can't be used ({reason}): check sealing_private_key."
    assert sold == [{**active, "request_error": f"The request {why}"}]
    assert bought == [{**active, "access_error": f"The access {why}"}]


def test_acknowledgement(market: Market, handover: dict[str, Any]) -> None:
    with market.untouched():
        checked = market.run("acknowledgement", market.seller, check_mode=True, **handover)
    acknowledged = market.run("acknowledgement", market.seller, **handover)
    with market.untouched():
        repeated = market.run("acknowledgement", market.seller, **handover)

    assert checked["changed"]
    assert acknowledged["changed"]
    assert not repeated["changed"]
    assert acknowledged["reservation"]["state"] == checked["reservation"]["state"] == "active"
    assert acknowledged["reservation"]["end"] - acknowledged["reservation"]["start"] == 600
    assert repeated["reservation"] == acknowledged["reservation"]
    assert "rosebud" not in str(acknowledged)

    revoked = market.run("acknowledgement", market.seller, reservation=handover["reservation"], state="revoked")
    with market.untouched():
        again = market.run("acknowledgement", market.seller, reservation=handover["reservation"], state="revoked")

    assert revoked["changed"]
    assert revoked["reservation"]["state"] == "ended"
    assert not again["changed"]


def test_decline(market: Market, requested: dict[str, Any]) -> None:
    options = {"reservation": requested["id"], "state": "declined"}
    with market.untouched():
        assert market.run("acknowledgement", market.seller, check_mode=True, **options)["changed"]
    declined = market.run("acknowledgement", market.seller, **options)
    with market.untouched():
        repeated = market.run("acknowledgement", market.seller, **options)

    assert declined["reservation"] == {**requested, "state": "declined"}
    assert not repeated["changed"]
    assert market.ledger().owed == {market.buyer.account: requested["escrow"]}


def test_settlement_and_withdrawal(market: Market, active: dict[str, Any]) -> None:
    with market.untouched():
        assert not market.run("settlement", market.seller)["changed"]
    market.chain.pass_time(600)
    with market.untouched():
        checked = market.run("settlement", market.seller, check_mode=True)
    settled = market.run("settlement", market.seller)
    with market.untouched():
        repeated = market.run("settlement", market.seller)
        named = market.run("settlement", market.buyer, reservation=active["id"])

    assert (settled["paid"], settled["refunded"]) == (600_000, 0)
    assert settled["reservations"] == [{**active, "state": "settled", "paid": 600_000}]
    assert settled == checked
    assert repeated == {
        "changed": False,
        "diff": {"before": {"reservations": []}, "after": {"reservations": []}},
        "reservations": [],
        "paid": 0,
        "refunded": 0,
    }
    assert (named["changed"], named["paid"]) == (False, 600_000)
    assert market.run("offer_info", None)["offers"][0]["free"] == 2

    with market.untouched():
        checked = market.run("withdrawal", market.seller, check_mode=True)
    withdrawn = market.run("withdrawal", market.seller)
    with market.untouched():
        repeated = market.run("withdrawal", market.seller)

    assert withdrawn == checked
    assert withdrawn == {
        "changed": True,
        "diff": {"before": {"owed": 600_000}, "after": {"owed": 0}},
        "account": market.seller.account,
        "amount": 600_000,
    }
    assert (repeated["changed"], repeated["amount"]) == (False, 0)
    assert market.client().node.balance(market.contract) == 0


def test_early_release_is_paid_to_the_second(market: Market, active: dict[str, Any]) -> None:
    market.chain.pass_time(100)
    ended = market.run("reservation", market.buyer, name="korea-1", state="absent")["reservation"]

    settled = market.run("settlement", market.buyer)

    seconds = ended["end"] - active["start"]
    assert (settled["paid"], settled["refunded"]) == (1_000 * seconds, 600_000 - 1_000 * seconds)
    owed = market.ledger().owed
    assert owed == {market.seller.account: settled["paid"], market.buyer.account: settled["refunded"]}
    assert market.client().node.balance(market.contract) == 600_000


def test_deployment(market: Market) -> None:
    operator = Party()
    market.chain.fund(operator.account, ETHER)
    options = {"rpc_url": market.chain.url, "chain_id": CHAIN_ID, "private_key": operator.private_key}
    with market.untouched():
        checked = run_task("deployment", options, check_mode=True)
    deployed = run_task("deployment", options)
    with market.untouched():
        repeated = run_task("deployment", options)
        named = run_task("deployment", {**options, "contract_address": deployed["contract_address"]})

    assert checked == {"changed": True, "diff": {"before": {}, "after": {}}, "chain_id": CHAIN_ID}
    assert deployed["changed"]
    assert deployed["from_block"] == int(market.chain.rpc("eth_blockNumber"), 16)
    assert repeated["contract_address"] == named["contract_address"] == deployed["contract_address"]
    assert not repeated["changed"]
    assert not named["changed"]
    fresh = {**options, "contract_address": deployed["contract_address"], "from_block": deployed["from_block"]}
    assert run_task("offer_info", fresh)["offers"] == []
