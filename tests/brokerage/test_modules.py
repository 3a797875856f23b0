"""Each module against a real chain: check, create, repeat, change, absent."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import NOBODY, offer_id
from tests.brokerage.chain import Market, Party
from tests.brokerage.samples import ACCESS, DESCRIPTION, REQUEST, TERMS

if TYPE_CHECKING:
    from pathlib import Path

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
        "price": 1_000,
        "terms": {
            "token": None,
            "verifier": None,
            "min_duration": 60,
            "max_duration": 3600,
            "acknowledge_within": 300,
            "service_level": TERMS["service_level"],
        },
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
    assert changed["diff"]["before"]["price"] == 1_000
    assert changed["offer"]["price"] == 2_000

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
    assert market.held() == 600_000
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
    assert market.ledger().owed_to(market.buyer.account) == {NOBODY: 600_000}


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


def test_revocation(market: Market, active: dict[str, Any]) -> None:
    options = {"reservation": active["id"], "state": "revoked", "reason": "maintenance"}
    with market.untouched():
        assert market.run("acknowledgement", market.seller, check_mode=True, **options)["changed"]
    revoked = market.run("acknowledgement", market.seller, **options)
    with market.untouched():
        again = market.run("acknowledgement", market.seller, **options)

    assert revoked["changed"]
    assert (revoked["reservation"]["state"], revoked["reservation"]["reason"]) == ("active", "maintenance")
    # It goes on for the notice.
    assert active["start"] + 60 <= revoked["reservation"]["end"] < active["end"]
    assert again["reservation"] == revoked["reservation"]
    assert not again["changed"]


def test_decline(market: Market, requested: dict[str, Any]) -> None:
    options = {"reservation": requested["id"], "state": "declined", "reason": "request"}
    with market.untouched():
        assert market.run("acknowledgement", market.seller, check_mode=True, **options)["changed"]
    declined = market.run("acknowledgement", market.seller, **options)
    with market.untouched():
        repeated = market.run("acknowledgement", market.seller, **options)

    assert declined["reservation"] == {**requested, "state": "declined", "reason": "request"}
    assert not repeated["changed"]
    assert market.ledger().owed_to(market.buyer.account) == {NOBODY: requested["escrow"]}


def measure(market: Market, lease: dict[str, Any], folder: Path, *ups: bool) -> dict[str, Any]:
    """Have the buyer measure the lease every 100 s, without waiting for it."""
    for number, up in enumerate(ups, 1):
        at = lease["start"] + 100 * number
        market.run("receipt", market.buyer, reservation=lease["id"], receipts_dir=str(folder), up=up, at=at)
    return market.run("receipt", market.buyer, reservation=lease["id"], receipts_dir=str(folder))


def test_settlement_and_withdrawal(market: Market, active: dict[str, Any], tmp_path: Path) -> None:
    folder = str(tmp_path)
    with market.untouched():
        assert not market.run("settlement", market.seller, receipts_dir=folder)["changed"]
    measure(market, active, tmp_path, *[True] * 6)
    market.chain.pass_time(600)
    with market.untouched():
        checked = market.run("settlement", market.seller, check_mode=True, receipts_dir=folder)
    settled = market.run("settlement", market.seller, receipts_dir=folder)
    with market.untouched():
        repeated = market.run("settlement", market.seller, receipts_dir=folder)
        named = market.run("settlement", market.buyer, reservation=active["id"])

    assert settled["payments"] == [{"account": market.seller.account, "token": None, "amount": 600_000}]
    assert settled["reservations"] == [{**active, "state": "settled", "delivered": 600, "paid": 600_000}]
    assert settled == checked
    assert repeated == {
        "changed": False,
        "diff": {"before": {"reservations": []}, "after": {"reservations": []}},
        "reservations": [],
        "payments": [],
    }
    assert (named["changed"], named["reservations"]) == (False, settled["reservations"])
    assert market.run("offer_info", None)["offers"][0]["free"] == 2

    with market.untouched():
        checked = market.run("withdrawal", market.seller, check_mode=True)
        others = market.run("withdrawal", market.seller, token=market.contract)
    withdrawn = market.run("withdrawal", market.seller)
    with market.untouched():
        repeated = market.run("withdrawal", market.seller)

    assert withdrawn == checked
    assert withdrawn == {
        "changed": True,
        "diff": {"before": {"owed": [{"token": None, "amount": 600_000}]}, "after": {"owed": []}},
        "account": market.seller.account,
        "withdrawn": [{"token": None, "amount": 600_000}],
    }
    assert (repeated["changed"], repeated["withdrawn"]) == (False, [])
    assert others == {**repeated, "account": market.seller.account}
    assert market.held() == 0


def test_what_was_not_delivered_is_not_paid(market: Market, active: dict[str, Any], tmp_path: Path) -> None:
    measure(market, active, tmp_path, True, True, False, True, True, True)
    market.chain.pass_time(600)
    with market.untouched():
        # Only the seller may prefer this to a better receipt that may come up.
        assert not market.run("settlement", market.buyer, receipts_dir=str(tmp_path))["changed"]
    settled = market.run("settlement", market.seller, receipts_dir=str(tmp_path))

    # 94 s below the 594 s that were promised cost three times their share: 500 - 2 * 94.
    assert settled["payments"] == [
        {"account": market.seller.account, "token": None, "amount": 312_000},
        {"account": market.buyer.account, "token": None, "amount": 288_000},
    ]


def test_without_a_receipt_the_buyer_gets_all_back_in_the_end(market: Market, active: dict[str, Any]) -> None:
    market.chain.pass_time(600)
    with market.untouched():
        waiting = market.run("settlement", market.seller)
    market.chain.pass_time(3600)
    settled = market.run("settlement", market.buyer)

    assert [each["state"] for each in waiting["reservations"]] == ["ended"]
    assert not waiting["changed"]
    assert settled["payments"] == [{"account": market.buyer.account, "token": None, "amount": 600_000}]


def test_early_release_is_paid_to_the_second(market: Market, active: dict[str, Any], tmp_path: Path) -> None:
    measure(market, active, tmp_path, True)
    market.chain.pass_time(100)
    ended = market.run("reservation", market.buyer, name="korea-1", state="absent")["reservation"]
    final = measure(market, active, tmp_path)["receipt"]

    # The buyer signed for every second: whoever comes first may settle.
    settled = market.run("settlement", market.buyer, receipts_dir=str(tmp_path))

    seconds = ended["end"] - active["start"]
    assert (final["until"], final["delivered"]) == (ended["end"], seconds)
    assert market.ledger().owed_to(market.seller.account) == {NOBODY: 1_000 * seconds}
    assert market.ledger().owed_to(market.buyer.account) == {NOBODY: 600_000 - 1_000 * seconds}
    assert settled["reservations"][0]["delivered"] == seconds
    assert market.held() == 600_000


def test_extension(market: Market, wanted: dict[str, Any], active: dict[str, Any]) -> None:
    longer = {**wanted, "duration": 900}
    with market.untouched():
        checked = market.run("reservation", market.buyer, check_mode=True, **longer)
    extended = market.run("reservation", market.buyer, **longer)
    with market.untouched():
        repeated = market.run("reservation", market.buyer, **longer)

    assert extended["changed"]
    assert checked["reservation"] == extended["reservation"] == repeated["reservation"]
    assert not repeated["changed"]
    assert {key: extended["reservation"][key] for key in ("duration", "escrow", "end")} == {
        "duration": 900,
        "escrow": 900_000,
        "end": active["start"] + 900,
    }
    assert market.held() == 900_000


def test_receipt(market: Market, active: dict[str, Any], tmp_path: Path) -> None:
    options = {
        "reservation": active["id"],
        "receipts_dir": str(tmp_path / "buyer"),
        "up": True,
        "at": active["start"] + 90,
    }
    with market.untouched():
        checked = market.run("receipt", market.buyer, check_mode=True, **options)
        assert list(tmp_path.iterdir()) == []
        signed = market.run("receipt", market.buyer, **options)
        repeated = market.run("receipt", market.buyer, **options)

    assert signed == checked
    assert signed["changed"]
    assert signed["diff"]["before"] == {"samples": 0, "receipt": None}
    assert (signed["receipt"]["until"], signed["receipt"]["delivered"]) == (active["start"] + 90, 90)
    assert signed["receipt"]["signer"] == market.buyer.account
    assert repeated == {
        **signed,
        "changed": False,
        "diff": {"before": signed["diff"]["after"]} | {"after": signed["diff"]["after"]},
    }

    options = {"reservation": active["id"], "receipts_dir": str(tmp_path / "seller"), "candidate": signed["receipt"]}
    early = market.run("receipt", market.seller, **options)
    market.chain.pass_time(90)
    with market.untouched():
        assert market.run("receipt", market.seller, check_mode=True, **options)["changed"]
        kept = market.run("receipt", market.seller, **options)
        again = market.run("receipt", market.seller, **{**options, "candidate": json.dumps(signed["receipt"])})

    assert "still to come" in early["refused"]
    assert kept["changed"]
    assert not again["changed"]
    assert kept["receipt"] == again["receipt"] == signed["receipt"]


def test_receipt_of_a_measurement_now(market: Market, active: dict[str, Any], tmp_path: Path) -> None:
    options = {"reservation": active["id"], "receipts_dir": str(tmp_path)}
    # The chain is ahead of this machine's clock.
    market.chain.pass_time(300)
    up = market.run("receipt", market.buyer, **options, up=True)
    down = market.run("receipt", market.buyer, **options, up=False, at=active["start"] + 400)

    assert up["receipt"]["until"] >= active["start"] + 300
    assert up["receipt"]["delivered"] == 120
    assert (down["receipt"]["until"], down["receipt"]["delivered"]) == (active["start"] + 400, 120)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("{}", "receipt.reservation has to be 0x and pairs of hexadecimal digits"),
        ({"delivered": 91}, "more seconds are delivered than had passed"),
        ({"delivered": 89}, "its signature is not its signer's"),
        ({"signature": "0x"}, "its signature is not its signer's"),
        ({"signer": "0x" + "11" * 20}, "it is neither the buyer's nor the verifier's"),
    ],
)
def test_a_worthless_receipt_is_left_aside(
    market: Market, active: dict[str, Any], tmp_path: Path, change: object, reason: str
) -> None:
    options = {"reservation": active["id"], "receipts_dir": str(tmp_path / "buyer")}
    good = market.run("receipt", market.buyer, **options, up=True, at=active["start"] + 90)["receipt"]
    bad = {**good, **change} if isinstance(change, dict) else change
    options = {"reservation": active["id"], "receipts_dir": str(tmp_path / "seller")}

    refused = market.run("receipt", market.seller, **options, candidate=bad)

    assert not refused["changed"]
    assert refused["receipt"] is None
    assert refused["refused"] == (
        f"The receipt of reservation {active['id']} is worth nothing ({reason}): ask its signer for another."
    )
    # Found in the folder all the same, it is not settled with.
    (tmp_path / "seller").mkdir()
    (tmp_path / "seller" / f"{active['id']}.json").write_text(json.dumps({**good, "delivered": 89}))
    market.chain.pass_time(600)
    assert not market.run("settlement", market.seller, receipts_dir=str(tmp_path / "seller"))["changed"]


def test_offers(market: Market, offer: dict[str, Any]) -> None:
    sealing = market.seller.sealing_key.to_base64()
    same = {**TERMS, "description": DESCRIPTION}
    given = [
        same,
        {**same, "name": "busan", "price": 3},
        {**same, "name": "daegu", "service_level": {**TERMS["service_level"], "notice": 0}},
        {key: value for key, value in {**same, "name": "incheon"}.items() if key != "service_level"},
    ]
    options: dict[str, Any] = {"offers": given, "sealing_private_key": sealing}
    with market.untouched():
        checked = market.run("offers", market.seller, check_mode=True, **options)
    published = market.run("offers", market.seller, **options)
    with market.untouched():
        repeated = market.run("offers", market.seller, **options)

    assert published == checked
    assert published["changed"]
    assert not repeated["changed"]
    assert published["offers"] == repeated["offers"]
    assert published["offers"][0] == offer
    assert [each["name"] for each in published["offers"]] == ["seoul", "busan", "daegu", "incheon"]
    assert published["offers"][3]["terms"]["service_level"] == {
        "availability": 9_900,
        "shortfall_multiple": 2,
        "receipt_interval": 3600,
        "claim_window": 86_400,
        "notice": 3600,
    }
    assert market.client(market.seller).node.nonce() == 4
