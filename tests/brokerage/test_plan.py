"""From what is and what is wanted to the calls between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import (
    CostTooHigh,
    InvalidValue,
    ReservationNameUsed,
    ReservedOtherwise,
    UnknownOffer,
    WrongState,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import reservation_id
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Offer, State
from tests.brokerage.test_ledger import ACKNOWLEDGED, BUYER, OFFER, RELEASED, RESERVATION, RESERVED, SELLER, of
from tests.brokerage.test_ledger import ledger as rebuilt
from tests.brokerage.test_ledger import published as publication

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger

WANTED_OFFER = plan.WantedOffer("seoul", 10, 2, 1, 100, 50, b"text")
WANTED = plan.WantedReservation("busan", OFFER, units=2, duration=100, max_cost=2_000)
EMPTY = rebuilt()
OFFERED = rebuilt(publication())
REQUESTED = rebuilt(publication(), RESERVED)
ACTIVE = rebuilt(publication(), RESERVED, ACKNOWLEDGED)
ENDED = rebuilt(publication(), RESERVED, ACKNOWLEDGED, RELEASED)


def seal(offer: Offer) -> bytes:
    return b"sealed for " + offer.terms.name.encode()


def no_seal(_: object) -> bytes:
    raise AssertionError("There is nothing to seal.")


def named(books: Ledger, state: State) -> Ledger:
    """Have the reservation under a name that the buyer's client would give."""
    reservation = replace(books.reservation(RESERVATION), padded_name=b"busan".ljust(32, b"\0"), state=state)
    key = reservation_id(BUYER, "busan")
    return replace(books, reservations={key: replace(reservation, id=key)})


@pytest.mark.parametrize("field", ["price", "units", "min_duration", "max_duration", "acknowledge_within"])
def test_an_offer_of_what_the_contract_cannot_hold(field: str) -> None:
    for value in (-1, 2**96):
        change: dict[str, Any] = {field: value}
        with pytest.raises(InvalidValue, match=f"Correct {field}: it must be a whole number from 0 to "):
            replace(WANTED_OFFER, **change)


def test_an_offer_that_is_there_needs_no_call() -> None:
    assert not plan.publish(OFFERED, SELLER, WANTED_OFFER).changed
    assert not plan.retract(EMPTY, SELLER, "seoul").changed


def test_an_offer_that_differs_is_published_anew_and_keeps_its_reservations() -> None:
    planned = plan.publish(REQUESTED, SELLER, replace(WANTED_OFFER, units=3))

    assert [call.function for call in planned.calls] == ["publish"]
    assert planned.after == replace(REQUESTED.offer(OFFER), units=3)


def test_nothing_can_be_reserved_of_an_unknown_offer() -> None:
    with pytest.raises(UnknownOffer):
        plan.reserve(EMPTY, BUYER, WANTED, seal)


def test_no_more_is_paid_than_wanted() -> None:
    with pytest.raises(CostTooHigh):
        plan.reserve(OFFERED, BUYER, replace(WANTED, max_cost=1_999), seal)


def test_a_reservation_is_paid_to_the_wei() -> None:
    planned = plan.reserve(OFFERED, BUYER, WANTED, seal)

    assert [(call.function, call.value) for call in planned.calls] == [("reserve", 2_000)]
    assert planned.before is None
    assert planned.after
    assert planned.after.request == b"sealed for seoul"
    assert planned.after.escrow == 2_000


@pytest.mark.parametrize("state", [State.ENDED, State.SETTLED, State.DECLINED, State.CANCELLED])
def test_a_name_is_used_once(state: State) -> None:
    with pytest.raises(ReservationNameUsed):
        plan.reserve(named(REQUESTED, state), BUYER, replace(WANTED, units=1), no_seal)


@pytest.mark.parametrize("state", [State.REQUESTED, State.ACTIVE])
def test_a_live_reservation_is_left_alone_or_is_another(state: State) -> None:
    assert not plan.reserve(named(REQUESTED, state), BUYER, replace(WANTED, units=1), no_seal).changed
    with pytest.raises(ReservedOtherwise):
        plan.reserve(named(REQUESTED, state), BUYER, WANTED, no_seal)


@pytest.mark.parametrize(
    ("state", "calls"),
    [
        (State.REQUESTED, ["cancel"]),
        (State.ACTIVE, ["release"]),
        (State.ENDED, []),
        (State.SETTLED, []),
        (State.DECLINED, []),
        (State.CANCELLED, []),
    ],
)
def test_each_state_has_its_way_back(state: State, calls: list[str]) -> None:
    planned = plan.give_back(named(REQUESTED, state), BUYER, "busan")

    assert [call.function for call in planned.calls] == calls
    assert planned.after
    assert not planned.after.state.live


def test_what_runs_is_acknowledged_already() -> None:
    assert not plan.acknowledge(ACTIVE, ACTIVE.reservation(RESERVATION), no_seal).changed


@pytest.mark.parametrize("state", [State.ENDED, State.SETTLED, State.DECLINED, State.CANCELLED])
def test_what_is_over_cannot_be_acknowledged(state: State) -> None:
    with pytest.raises(WrongState):
        plan.acknowledge(REQUESTED, replace(REQUESTED.reservation(RESERVATION), state=state), no_seal)


def test_only_what_has_ended_is_settled() -> None:
    ended = ENDED.reservation(RESERVATION)
    settled = replace(ended, state=State.SETTLED, paid=500, refunded=500)

    planned = plan.settle([ended, settled])

    assert [call.function for call in planned.calls] == ["settle"]
    assert planned.after == (settled, settled)
    with pytest.raises(WrongState):
        plan.settle([ACTIVE.reservation(RESERVATION)])


def test_what_is_owed_is_withdrawn() -> None:
    owing = rebuilt(publication(), RESERVED, of("Declined"))

    assert plan.withdraw(owing, BUYER).before == 1_000
    assert plan.withdraw(owing, BUYER).changed
    assert not plan.withdraw(owing, SELLER).changed
