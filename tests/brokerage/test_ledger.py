"""Events in, ledger out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import (
    UnknownOffer,
    UnknownReservation,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import (
    NOBODY,
    Address,
    OfferId,
    ReservationId,
    digest_of,
    encode_name,
    offer_id,
    reservation_id,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Event, Ledger, rebuild
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import (
    Reason,
    ServiceLevel,
    State,
    Terms,
)

SELLER, BUYER, VERIFIER = (Address("0x" + digits * 20) for digits in ("11", "22", "44"))
# Not every name is UTF-8: a stranger may write any 32 bytes.
NAME = b"\xff\x00korea".ljust(32, b"\0")
OFFER, RESERVATION = offer_id(SELLER, "seoul"), reservation_id(BUYER, "korea")


def raw(value: str) -> bytes:
    return bytes.fromhex(value.removeprefix("0x"))


# From the highest bits down: durations, acknowledgement, receipts, claims, notice; availability and multiple.
CONDITIONS = 0x00000001_000000C8_00000032_0000003C_000001F4_00000014_26AC_03
TERMS = {"seller": SELLER, "token": NOBODY, "verifier": VERIFIER, "conditions": CONDITIONS}


def published(units: int = 2, token: Address = NOBODY) -> Event:
    listing = {"name": encode_name("seoul"), "price": 10, "units": units, "description": b"text"}
    return Event("OffersPublished", {"seller": SELLER, "terms": {**TERMS, "token": token}, "listings": [listing]})


def of(event: str, **more: object) -> Event:
    return Event(event, {"id": raw(RESERVATION), **more})


RESERVED = of(
    "Reserved",
    offer=raw(OFFER),
    buyer=BUYER,
    name=NAME,
    units=1,
    duration=100,
    acknowledgeBy=1_050,
    request=b"sealed request",
)
ACKNOWLEDGED = of("Acknowledged", start=1_010, access=b"sealed access")
DECLINED = of("Declined", reason=1)
REVOKED = of("Revoked", end=1_060, reason=5)
RELEASED = of("Released", end=1_060)
EXTENDED = of("Extended", duration=150)
RETRACTED = Event("OfferRetracted", {"id": raw(OFFER)})
ALL_PAID = of("Settled", delivered=100, evidence=bytes(32), paid=1_000, refunded=0)
HALF_PAID = of("Settled", delivered=50, evidence=bytes(32), paid=500, refunded=500)


def ledger(*events: Event, now: int = 1_020) -> Ledger:
    return rebuild(events, now)


@pytest.mark.parametrize(
    ("events", "now", "state", "free", "owed"),
    [
        ([RESERVED], 1_020, State.REQUESTED, 1, {}),
        ([RESERVED], 9_999, State.REQUESTED, 1, {}),
        ([RESERVED, DECLINED], 1_020, State.DECLINED, 2, {BUYER: 1_000}),
        ([RESERVED, of("Cancelled")], 1_020, State.CANCELLED, 2, {BUYER: 1_000}),
        ([RESERVED, ACKNOWLEDGED], 1_109, State.ACTIVE, 1, {}),
        ([RESERVED, ACKNOWLEDGED], 1_110, State.ENDED, 1, {}),
        ([RESERVED, ACKNOWLEDGED, EXTENDED], 1_159, State.ACTIVE, 1, {}),
        ([RESERVED, ACKNOWLEDGED, EXTENDED], 1_160, State.ENDED, 1, {}),
        ([RESERVED, ACKNOWLEDGED, RELEASED], 1_070, State.ENDED, 2, {}),
        # The units of a revoked lease are the buyer's until its end, and held until it is settled.
        ([RESERVED, ACKNOWLEDGED, REVOKED], 1_059, State.ACTIVE, 1, {}),
        ([RESERVED, ACKNOWLEDGED, REVOKED], 1_060, State.ENDED, 1, {}),
        ([RESERVED, ACKNOWLEDGED, REVOKED, HALF_PAID], 1_200, State.SETTLED, 2, {SELLER: 500, BUYER: 500}),
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
    assert books.owed == {(NOBODY, account): amount for account, amount in owed.items()}


def test_what_is_owed_goes_by_token() -> None:
    coin = Address("0x" + "99" * 20)
    books = ledger(published(token=coin), RESERVED, DECLINED)

    assert books.owed_to(BUYER) == {coin: 1_000}
    assert books.owed_to(SELLER) == {}


def test_reasons_and_receipts_are_written_down() -> None:
    assert ledger(published(), RESERVED, DECLINED).reservation(RESERVATION).reason is Reason.CAPACITY
    revoked = ledger(published(), RESERVED, ACKNOWLEDGED, REVOKED, HALF_PAID).reservation(RESERVATION)

    assert (revoked.reason, revoked.delivered) == (Reason.RECEIPTS_STOPPED, 50)


def test_a_reservation_keeps_what_it_was_made_on() -> None:
    books = ledger(published(), RESERVED, published(3, token=Address("0x" + "99" * 20)), DECLINED)

    assert books.reservation(RESERVATION).terms.token == NOBODY
    assert books.owed_to(BUYER) == {NOBODY: 1_000}


def test_what_is_withdrawn_is_no_longer_owed() -> None:
    withdrawn = Event("Withdrawn", {"token": NOBODY, "account": BUYER, "amount": 1_000})

    assert ledger(published(), RESERVED, DECLINED, withdrawn).owed == {}


def test_a_retracted_offer_is_gone_and_its_reservations_are_not() -> None:
    books = ledger(published(), RESERVED, RETRACTED)

    with pytest.raises(UnknownOffer):
        books.offer(OFFER)
    assert books.reservation(RESERVATION).offer.description == b"text"
    assert ledger(published(), RESERVED, RETRACTED, published(3)).offer(OFFER).free == 2


def test_what_never_was_is_unknown() -> None:
    with pytest.raises(UnknownOffer):
        ledger().offer(OfferId("0x" + "33" * 32))
    with pytest.raises(UnknownReservation):
        ledger().reservation(ReservationId("0x" + "33" * 32))


def test_the_structs_go_back_to_the_contract_as_they_came() -> None:
    books = ledger(published(), RESERVED, ACKNOWLEDGED)
    reservation = books.reservation(RESERVATION)
    terms = (SELLER, NOBODY, VERIFIER, CONDITIONS)
    offer = (encode_name("seoul"), 10, raw(digest_of(b"text")))

    assert reservation.to_abi() == (terms, offer, BUYER, NAME, 1, 1_050, 100, 1_010, 1_110)
    assert books.offer(OFFER).to_listing() == (encode_name("seoul"), 10, 2, b"text")
    assert reservation.name == "\ufffd\0korea"
    assert reservation.signers == (BUYER, VERIFIER)
    assert reservation.terms == Terms(SELLER, NOBODY, VERIFIER, 1, 200, 50, ServiceLevel(9_900, 3, 60, 500, 20))
    assert replace(reservation, units=3).escrow == 3_000
