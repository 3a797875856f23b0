"""Bad input: one sentence that says what to do, and nothing changes on the chain."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_typing import HexStr

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import errors
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.artifact import ABI
from tests.brokerage.chain import Anvil, Market, Party
from tests.brokerage.samples import DESCRIPTION, TERMS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.chain

NOWHERE = "0x" + "11" * 20
NOTHING = "0x" + "22" * 32


def refusal(market: Market, attempt: Callable[[], object]) -> tuple[str, str]:
    """Return the kind and the sentence of the error that the attempt ends in; fail if the chain changes."""
    with market.untouched(), pytest.raises(errors.BrokerageError) as caught:
        attempt()
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert ". " not in sentence
    return type(caught.value).__name__, sentence


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("options", "error"),
    [
        (
            {"offer": NOTHING},
            ("UnknownOffer", f"Offer {NOTHING} is not on the market: choose one that offer_info lists."),
        ),
        ({"offer": "seoul"}, ("InvalidValue", "Correct offer: it must be an id: 0x and 64 hexadecimal digits.")),
        (
            {"units": 3},
            ("NotEnoughUnits", "Reserve at most the 2 units that are free, instead of 3, or choose another offer."),
        ),
        ({"units": 0}, ("NoUnits", "Give at least 1 unit.")),
        (
            {"duration": 59},
            ("DurationOutOfBounds", "Choose a duration from 60 to 3600 seconds: the offer does not rent for 59."),
        ),
        (
            {"duration": 3601},
            ("DurationOutOfBounds", "Choose a duration from 60 to 3600 seconds: the offer does not rent for 3601."),
        ),
        (
            {"max_cost": 599999},
            ("CostTooHigh", "The reservation costs 600000, more than max_cost 599999: raise it, or reserve less."),
        ),
        ({"name": "x" * 33}, ("InvalidValue", "Correct name: it must be 1 to 32 bytes of UTF-8 without zeros.")),
        (
            {"sealing_private_key": "c2hvcnQ="},
            (
                "InvalidSealingKey",
                "Give a sealing_private_key of 32 bytes in base64: what was given is no private X25519 key.",
            ),
        ),
        ({"units": -1}, ("InvalidValue", "Correct units: it must be a whole number from 0 to 4294967295.")),
    ],
)
def test_reservation_refused(
    market: Market, wanted: dict[str, Any], options: dict[str, Any], error: tuple[str, str], check_mode: bool
) -> None:
    given = {**wanted, **options}

    assert refusal(market, lambda: market.run("reservation", market.buyer, check_mode=check_mode, **given)) == error


@pytest.mark.parametrize("check_mode", [False, True])
def test_not_enough_funds_for_the_escrow(
    market: Market, anvil: Anvil, wanted: dict[str, Any], check_mode: bool
) -> None:
    anvil.fund(market.buyer.account, 599_999)

    assert refusal(market, lambda: market.run("reservation", market.buyer, check_mode=check_mode, **wanted)) == (
        "NotEnoughFunds",
        f"Account {market.buyer.account} has 599999 wei and needs 600000: fund it, or reserve less.",
    )


def test_not_enough_funds_for_the_gas(market: Market, anvil: Anvil, wanted: dict[str, Any]) -> None:
    anvil.fund(market.buyer.account, 600_001)

    kind, sentence = refusal(market, lambda: market.run("reservation", market.buyer, **wanted))

    assert kind == "NotEnoughFunds"
    assert sentence.startswith(f"Account {market.buyer.account} has 600001 wei and needs ")


def test_wrong_chain(market: Market) -> None:
    assert refusal(market, lambda: market.run("withdrawal", market.seller, chain_id=1)) == (
        "WrongChain",
        f"The node serves chain {market.chain.id} and not 1: correct rpc_url or chain_id.",
    )


def test_address_without_a_contract(market: Market) -> None:
    assert refusal(market, lambda: market.run("withdrawal", market.seller, contract_address=NOWHERE)) == (
        "ContractMissing",
        f"There is no contract at {NOWHERE} and no ResourceExchangeBroker of this release: correct contract_address.",
    )


def test_address_of_another_contract(market: Market, anvil: Anvil) -> None:
    anvil.rpc("anvil_setCode", NOWHERE, "0x6000")

    assert refusal(market, lambda: market.run("withdrawal", market.seller, contract_address=NOWHERE)) == (
        "ContractMissing",
        f"There is another contract at {NOWHERE} and no ResourceExchangeBroker of this release: correct"
        " contract_address.",
    )


def test_rpc_down(market: Market) -> None:
    # Port 1 is nobody's; the path stands for an API key, which is nobody's business.
    assert refusal(market, lambda: market.run("withdrawal", market.seller, rpc_url="http://127.0.0.1:1/v3/secret")) == (
        "RpcUnreachable",
        "No Ethereum node answers at http://127.0.0.1:1 (Connection refused): start it, or correct rpc_url.",
    )


def test_no_rpc_at_all(market: Market) -> None:
    assert refusal(market, lambda: market.run("withdrawal", market.seller, rpc_url="127.0.0.1:8545")) == (
        "InvalidValue",
        "Correct rpc_url: it must be an http or https URL.",
    )


@pytest.mark.parametrize("private_key", ["abc", "0x" + "00" * 32, "ff" * 32, "korea"])
def test_no_key(market: Market, private_key: str) -> None:
    kind, sentence = refusal(market, lambda: market.run("withdrawal", None, private_key=private_key))

    assert (kind, sentence) == (
        "InvalidPrivateKey",
        "Give a private_key of 32 bytes as 64 hexadecimal digits: what was given is no key of an account.",
    )


def test_key_missing(market: Market) -> None:
    assert refusal(market, lambda: market.run("withdrawal", None)) == (
        "AccountNeeded",
        "Give private_key or keystore: without an account nothing can be sent and nothing is one's own.",
    )


def test_key_of_somebody_else(market: Market, requested: dict[str, Any], handover: dict[str, Any]) -> None:
    assert refusal(market, lambda: market.run("acknowledgement", market.buyer, **handover)) == (
        "NotTheSeller",
        f"Use the key of the seller {market.seller.account}: account {market.buyer.account} may not do this.",
    )


def test_sealing_key_of_somebody_else(market: Market, handover: dict[str, Any]) -> None:
    given = {**handover, "sealing_private_key": Party().sealing_key.to_base64()}

    assert refusal(market, lambda: market.run("acknowledgement", market.seller, **given)) == (
        "Unsealable",
        f"The request of reservation {handover['reservation']} can't be used (it is sealed to another key or for"
        " another purpose): check sealing_private_key.",
    )


def test_keystore(market: Market, tmp_path: Path) -> None:
    keystore = tmp_path / "keystore.json"
    keystore.write_text(json.dumps(Account.encrypt(HexStr(market.seller.private_key), "open sesame", iterations=2)))
    nonsense = tmp_path / "nonsense.json"
    nonsense.write_text("[]")

    def withdraw(path: Path, password: str) -> Callable[[], object]:
        return lambda: market.run("withdrawal", None, keystore=str(path), keystore_password=password)

    opened = market.run("withdrawal", None, keystore=str(keystore), keystore_password="open sesame")  # noqa: S106
    assert opened["account"] == market.seller.account
    for path, password, reason in (
        (keystore, "sesame", "the password is wrong"),
        (nonsense, "sesame", "it is no keystore of version 3"),
        (tmp_path / "none.json", "sesame", "No such file or directory"),
    ):
        assert refusal(market, withdraw(path, password)) == (
            "KeystoreUnusable",
            f"Check keystore {path} and keystore_password: {reason}.",
        )


def test_seller_that_does_not_acknowledge_while_the_buyer_waits(market: Market, wanted: dict[str, Any]) -> None:
    market.run("reservation", market.buyer, **wanted)

    wait: dict[str, Any] = {"wait": "acknowledged", "wait_timeout": 0}
    assert refusal(market, lambda: market.run("reservation", market.buyer, **wanted, **wait)) == (
        "NotAcknowledged",
        f"Seller {market.seller.account} has not acknowledged reservation korea-1 in time: wait longer, or take the"
        " escrow back with state=absent.",
    )


def test_seller_that_never_acknowledges(market: Market, wanted: dict[str, Any], handover: dict[str, Any]) -> None:
    market.chain.pass_time(300)

    kind, _ = refusal(market, lambda: market.run("reservation", market.buyer, **wanted, wait="acknowledged"))
    assert kind == "NotAcknowledged"
    kind, sentence = refusal(market, lambda: market.run("acknowledgement", market.seller, **handover))
    assert kind == "TooLate"
    assert sentence.startswith("The deadline ")

    market.run("reservation", market.buyer, name="korea-1", state="absent")
    withdrawn = market.run("withdrawal", market.buyer)
    assert withdrawn["withdrawn"] == [{"token": None, "amount": 600_000}]


def test_seller_that_declines_while_the_buyer_waits(market: Market, wanted: dict[str, Any]) -> None:
    declined = market.run("reservation", market.buyer, **wanted)["reservation"]
    client = market.client(market.buyer)
    reservation = client.ledger().reservation(declined["id"])
    market.run("acknowledgement", market.seller, reservation=declined["id"], state="declined")

    client.await_answer(reservation, 0)

    assert refusal(market, lambda: market.run("reservation", market.buyer, **wanted)) == (
        "ReservationNameUsed",
        "Choose another name: the reservation korea-1 is declined, and a name is used only once.",
    )


def test_reserved_otherwise(market: Market, wanted: dict[str, Any], requested: dict[str, Any]) -> None:
    given = {**wanted, "duration": 601, "units": 2}

    assert refusal(market, lambda: market.run("reservation", market.buyer, **given)) == (
        "ReservedOtherwise",
        "Reservation korea-1 is live with another number of units and duration: release it and reserve under another"
        " name.",
    )


def test_what_is_over_cannot_be_acknowledged(market: Market, handover: dict[str, Any]) -> None:
    market.run("reservation", market.buyer, name="korea-1", state="absent")

    assert refusal(market, lambda: market.run("acknowledgement", market.seller, **handover)) == (
        "WrongState",
        f"Reservation {handover['reservation']} is cancelled, which leaves nothing of the kind to do: look at it with"
        " reservation_info.",
    )


def test_what_runs_cannot_be_declined(market: Market, active: dict[str, Any]) -> None:
    options = {"reservation": active["id"], "state": "declined"}

    assert refusal(market, lambda: market.run("acknowledgement", market.seller, **options)) == (
        "WrongState",
        f"Reservation {active['id']} is active, which leaves nothing of the kind to do: look at it with"
        " reservation_info.",
    )


def test_a_request_cannot_be_revoked_or_settled(market: Market, requested: dict[str, Any]) -> None:
    options = {"reservation": requested["id"]}

    revoke = refusal(market, lambda: market.run("acknowledgement", market.seller, **options, state="revoked"))
    settle = refusal(market, lambda: market.run("settlement", market.seller, **options))
    unknown = refusal(market, lambda: market.run("settlement", market.seller, reservation=NOTHING))

    assert revoke[0] == settle[0] == "WrongState"
    assert unknown == (
        "UnknownReservation",
        f"Reservation {NOTHING} does not exist: take its id from reservation_info.",
    )


@pytest.mark.parametrize(
    ("options", "kind", "sentence"),
    [
        ({"units": 0}, "NoUnits", "Give at least 1 unit."),
        ({"acknowledge_within": 0}, "NoTimeToAcknowledge", "Give acknowledge_within of at least 1 second."),
        (
            {"min_duration": 3601},
            "DurationsInvalid",
            "Choose durations so that 1 <= min_duration (3601) <= max_duration (3600).",
        ),
        (
            {"service_level": {"shortfall_multiple": 11}},
            "ServiceLevelInvalid",
            "Correct service_level: availability (9900) goes up to 10000 basis points, shortfall_multiple (11) from 1"
            " to 10, receipt_interval (3600) from 1 second on and claim_window (86400) from 1 to 2592000 seconds.",
        ),
        ({"token": "gold"}, "InvalidValue", "Correct token: it must be an address: 0x and 40 hexadecimal digits."),
        ({"verifier": "me"}, "InvalidValue", "Correct verifier: it must be an address: 0x and 40 hexadecimal digits."),
        (
            {"price": 2**96},
            "InvalidValue",
            f"Correct price: it must be a whole number from 0 to {2**96 - 1}.",
        ),
        (
            {"description": {**DESCRIPTION, "region": {**DESCRIPTION["region"], "country": "Korea"}}},
            "InvalidValue",
            "Correct description.region.country: it must be two capital letters (ISO 3166-1).",
        ),
        (
            {"sealing_private_key": None},
            "InvalidValue",
            "Correct description.sealing_key: it must be a public X25519 key: 32 bytes in base64.",
        ),
    ],
)
def test_offer_refused(market: Market, options: dict[str, Any], kind: str, sentence: str) -> None:
    sealing = market.seller.sealing_key.to_base64()
    given = {**TERMS, "description": DESCRIPTION, "sealing_private_key": sealing, **options}

    assert refusal(market, lambda: market.run("offer", market.seller, **given)) == (kind, sentence)


def test_seller_that_verifies_itself(market: Market) -> None:
    sealing = market.seller.sealing_key.to_base64()
    given = {**TERMS, "description": DESCRIPTION, "sealing_private_key": sealing, "verifier": market.seller.account}

    assert refusal(market, lambda: market.run("offer", market.seller, **given)) == (
        "VerifierIsSeller",
        "Name another verifier, or none: a seller can't verify itself.",
    )


def test_offer_of_fewer_units_than_are_reserved(market: Market, wanted: dict[str, Any], offer: dict[str, Any]) -> None:
    market.run("reservation", market.buyer, **{**wanted, "units": 2})
    given = {**TERMS, "description": offer["description"], "units": 1}

    assert refusal(market, lambda: market.run("offer", market.seller, **given)) == (
        "UnitsReserved",
        "Offer at least the 2 units that are reserved, instead of 1, or wait for their end.",
    )


@pytest.mark.parametrize(("end", "kind"), [(3601, "DurationOutOfBounds"), (2**32, "InvalidValue")])
def test_extension_beyond_what_is_for_rent(
    market: Market, wanted: dict[str, Any], active: dict[str, Any], end: int, kind: str
) -> None:
    given = {**wanted, "duration": end}

    assert refusal(market, lambda: market.run("reservation", market.buyer, **given))[0] == kind


def test_extension_of_a_revoked_lease(market: Market, wanted: dict[str, Any], active: dict[str, Any]) -> None:
    market.run("acknowledgement", market.seller, reservation=active["id"], state="revoked", reason="capacity")
    given = {**wanted, "duration": 900}

    assert refusal(market, lambda: market.run("reservation", market.buyer, **given)) == (
        "LeaseRevoked",
        f"Reserve elsewhere: the seller has revoked {active['id']}, which can't be extended any more.",
    )


def test_extension_on_terms_that_are_offered_no_more(
    market: Market, wanted: dict[str, Any], active: dict[str, Any], offer: dict[str, Any]
) -> None:
    given = {**TERMS, "description": offer["description"], "price": 2_000}
    market.run("offer", market.seller, **given)

    assert refusal(market, lambda: market.run("reservation", market.buyer, **{**wanted, "duration": 900})) == (
        "TermsDiffer",
        "The seller has just changed the offer's terms: look at the offer and run again.",
    )


def test_settlement_of_a_lease_without_a_receipt(market: Market, active: dict[str, Any]) -> None:
    market.chain.pass_time(600)

    assert refusal(market, lambda: market.run("settlement", market.seller, reservation=active["id"])) == (
        "ReceiptNeeded",
        f"Bring a receipt for reservation {active['id']} into receipts_dir, or wait until {active['end'] + 3600}: from"
        " then on it can be settled by anyone.",
    )


def test_measurement_by_the_seller(market: Market, active: dict[str, Any], tmp_path: Path) -> None:
    options = {"reservation": active["id"], "receipts_dir": str(tmp_path), "up": True}

    assert refusal(market, lambda: market.run("receipt", market.seller, **options)) == (
        "NotTheSigner",
        f"Use the key of {market.buyer.account}: account {market.seller.account} may not measure this lease.",
    )
    assert list(tmp_path.iterdir()) == []


def test_measurement_before_the_lease(market: Market, requested: dict[str, Any], tmp_path: Path) -> None:
    options = {"reservation": requested["id"], "receipts_dir": str(tmp_path), "up": True}

    assert refusal(market, lambda: market.run("receipt", market.buyer, **options))[0] == "WrongState"


def test_measurements_that_somebody_changed(market: Market, active: dict[str, Any], tmp_path: Path) -> None:
    samples = tmp_path / f"{active['id']}.jsonl"
    samples.write_text("up\n")
    options = {"reservation": active["id"], "receipts_dir": str(tmp_path), "up": True}

    assert refusal(market, lambda: market.run("receipt", market.buyer, **options)) == (
        "EvidenceUnusable",
        f"Restore {samples} from a copy, or move it away to measure anew: line 1 can't be used, it is no JSON.",
    )


def test_each_error_of_the_contract_has_its_class_with_the_same_data() -> None:
    in_solidity = {entry["name"]: len(entry["inputs"]) for entry in ABI if entry["type"] == "error"}
    in_python = {name: len(fields(error)) for name, error in errors.CONTRACT_ERRORS.items()}

    assert in_python == in_solidity
