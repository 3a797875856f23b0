"""Events in, ledger out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import (
    UnknownOffer,
    UnknownReservation,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import (
    Address,
    OfferId,
    ReservationId,
    digest_of,
    offer_id,
    reservation_id,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Event, Ledger, rebuild
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import State

SELLER, BUYER = Address("0x" + "11" * 20), Address("0x" + "22" * 20)
# Not every name is UTF-8: a stranger may write any 32 bytes.
NAME = b"\xff\x00korea".ljust(32, b"\0")
OFFER, RESERVATION = offer_id(SELLER, "seoul"), reservation_id(BUYER, "korea")


def raw(value: str) -> bytes:
    return bytes.fromhex(value.removeprefix("0x"))


def published(units: int = 2) -> Event:
    terms = {
        "seller": SELLER,
        "name": b"seoul".ljust(32, b"\0"),
        "price": 10,
        "minDuration": 1,
        "maxDuration": 100,
        "acknowledgeWithin": 50,
        "description": raw(digest_of(b"text")),
    }
    arguments = {"id": raw(OFFER), "seller": SELLER, "terms": terms, "units": units, "description": b"text"}
    return Event("OfferPublished", arguments)


def struct(start: int = 0, end: int = 0) -> dict[str, Any]:
    return {
        "buyer": BUYER,
        "name": NAME,
        "seller": SELLER,
        "offer": raw(OFFER),
        "price": 10,
        "units": 1,
        "duration": 100,
        "acknowledgeBy": 1_050,
        "start": start,
        "end": end,
    }


def of(name: str, **more: object) -> Event:
    return Event(name, {"id": raw(RESERVATION), **more})


RESERVED = of("Reserved", reservation=struct(), request=b"sealed request")
ACKNOWLEDGED = of("Acknowledged", reservation=struct(1_010, 1_110), access=b"sealed access")
RELEASED = of("Released", reservation=struct(1_010, 1_060))
RETRACTED = Event("OfferRetracted", {"id": raw(OFFER), "seller": SELLER})
ALL_PAID = of("Settled", reservation=struct(1_010, 1_110), paid=1_000, refunded=0)
HALF_PAID = of("Settled", reservation=struct(1_010, 1_060), paid=500, refunded=500)


def ledger(*events: Event, now: int = 1_020) -> Ledger:
    return rebuild(events, now)


@pytest.mark.parametrize(
    ("events", "now", "state", "free", "owed"),
    [
        ([RESERVED], 1_020, State.REQUESTED, 1, {}),
        ([RESERVED], 9_999, State.REQUESTED, 1, {}),
        ([RESERVED, of("Declined")], 1_020, State.DECLINED, 2, {BUYER: 1_000}),
        ([RESERVED, of("Cancelled")], 1_020, State.CANCELLED, 2, {BUYER: 1_000}),
        ([RESERVED, ACKNOWLEDGED], 1_109, State.ACTIVE, 1, {}),
        ([RESERVED, ACKNOWLEDGED], 1_110, State.ENDED, 1, {}),
        ([RESERVED, ACKNOWLEDGED, RELEASED], 1_070, State.ENDED, 2, {}),
        ([RESERVED, ACKNOWLEDGED, of("Revoked", reservation=struct(1_010, 1_060))], 1_070, State.ENDED, 2, {}),
        ([RESERVED, ACKNOWLEDGED, ALL_PAID], 1_200, State.SETTLED, 2, {SELLER: 1_000}),
        ([RESERVED, ACKNOWLEDGED, RELEASED, HALF_PAID], 1_200, State.SETTLED, 2, {SELLER: 500, BUYER: 500}),
    ],
)
def test_life_of_a_reservation(
    events: list[Event], now: int, state: State, free: int, owed: dict[Address, int]
) -> None:
    books = ledger(published(), *events, now=now)

    assert books.reservation(RESERVATION).state is state
    assert books.offer(OFFER).free == free
    assert books.owed == owed


def test_what_is_withdrawn_is_no_longer_owed() -> None:
    withdrawn = Event("Withdrawn", {"account": BUYER, "amount": 1_000})

    assert ledger(published(), RESERVED, of("Declined"), withdrawn).owed == {}


def test_a_retracted_offer_is_gone_and_its_reservations_are_not() -> None:
    books = ledger(published(), RESERVED, RETRACTED)

    with pytest.raises(UnknownOffer):
        books.offer(OFFER)
    assert books.reservation(RESERVATION).description == b"text"
    assert ledger(published(), RESERVED, RETRACTED, published(3)).offer(OFFER).free == 2


def test_what_never_was_is_unknown() -> None:
    with pytest.raises(UnknownOffer):
        ledger().offer(OfferId("0x" + "33" * 32))
    with pytest.raises(UnknownReservation):
        ledger().reservation(ReservationId("0x" + "33" * 32))


def test_the_structs_go_back_to_the_contract_as_they_came() -> None:
    books = ledger(published(), RESERVED, ACKNOWLEDGED)
    values = list(struct(1_010, 1_110).values())

    assert list(books.reservation(RESERVATION).to_abi()) == values
    assert list(books.offer(OFFER).terms.to_abi()) == list(published().arguments["terms"].values())
    assert books.reservation(RESERVATION).name == "\ufffd\0korea"
    assert replace(books.reservation(RESERVATION), units=3).escrow == 3_000
