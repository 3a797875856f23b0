"""From what is and what is wanted to the calls between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import evidence, plan
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import (
    CostTooHigh,
    InvalidValue,
    NotEnoughTokens,
    NotTheSigner,
    ReceiptInvalid,
    ReceiptNeeded,
    ReservationNameUsed,
    ReservedOtherwise,
    UnknownOffer,
    WrongState,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.evidence import NOTHING, Sample
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import NOBODY, Address, reservation_id
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.plan import Records
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.receipts import Receipt, SignedReceipt
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import (
    Offer,
    Purse,
    Reason,
    ServiceLevel,
    State,
)
from tests.brokerage.test_ledger import (
    ACKNOWLEDGED,
    BUYER,
    DECLINED,
    OFFER,
    RELEASED,
    RESERVATION,
    RESERVED,
    REVOKED,
    SELLER,
    VERIFIER,
)
from tests.brokerage.test_ledger import ledger as rebuilt
from tests.brokerage.test_ledger import published as publication

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger

COIN, CONTRACT = Address("0x" + "99" * 20), Address("0x" + "55" * 20)
LEVEL = ServiceLevel(9_900, 3, 60, 500, 20)
WANTED_OFFER = plan.WantedOffer("seoul", 10, 2, 1, 200, 50, b"text", LEVEL, verifier=VERIFIER)
WANTED = plan.WantedReservation("busan", OFFER, units=2, duration=100, max_cost=2_000)
EMPTY = rebuilt()
OFFERED = rebuilt(publication())
REQUESTED = rebuilt(publication(), RESERVED)
ACTIVE = rebuilt(publication(), RESERVED, ACKNOWLEDGED)
# From 1,010 to 1,060; anyone may settle from 1,560 on.
ENDED = rebuilt(publication(), RESERVED, ACKNOWLEDGED, RELEASED)
OVER = [State.ENDED, State.SETTLED, State.DECLINED, State.CANCELLED]


def purse(balance: int = 0, allowance: int = 0) -> plan.Buyer:
    return plan.Buyer(BUYER, CONTRACT, lambda token: {COIN: Purse(balance, allowance)}[token])


def seal(offer: Offer) -> bytes:
    return b"sealed for " + offer.name.encode()


def no_seal(_: object) -> bytes:
    raise AssertionError("There is nothing to seal.")


def named(books: Ledger, state: State) -> Ledger:
    """Have the reservation under a name that the buyer's client would give."""
    reservation = replace(books.reservation(RESERVATION), padded_name=b"busan".ljust(32, b"\0"), state=state)
    key = reservation_id(BUYER, "busan")
    return replace(books, reservations={key: replace(reservation, id=key)})


def functions(planned: plan.Plan[Any]) -> list[str]:
    return [call.function for call in planned.calls]


@pytest.mark.parametrize("field", ["price", "units", "min_duration", "max_duration", "acknowledge_within"])
def test_an_offer_of_what_the_contract_cannot_hold(field: str) -> None:
    for value in (-1, 2**96):
        change: dict[str, Any] = {field: value}
        with pytest.raises(InvalidValue, match=f"Correct {field}: it must be a whole number from 0 to "):
            replace(WANTED_OFFER, **change)


@pytest.mark.parametrize("field", ["availability", "shortfall_multiple", "receipt_interval", "claim_window", "notice"])
def test_a_service_level_that_the_contract_cannot_hold(field: str) -> None:
    for value in (-1, 2**32):
        change: dict[str, Any] = {field: value}
        with pytest.raises(InvalidValue, match=f"Correct service_level.{field}: it must be a whole number from 0 to "):
            replace(WANTED_OFFER, level=replace(LEVEL, **change))


def test_an_offer_is_published_once_at_a_time() -> None:
    with pytest.raises(InvalidValue, match="Correct offers: it must be a list that has each name once"):
        plan.publish(EMPTY, SELLER, [WANTED_OFFER, WANTED_OFFER])


def test_an_offer_that_is_there_needs_no_call() -> None:
    assert not plan.publish(OFFERED, SELLER, [WANTED_OFFER]).changed
    assert not plan.retract(EMPTY, SELLER, "seoul").changed


def test_an_offer_that_differs_is_published_anew_and_keeps_its_reservations() -> None:
    planned = plan.publish(REQUESTED, SELLER, [replace(WANTED_OFFER, units=3)])

    assert functions(planned) == ["publish"]
    assert planned.after == (replace(REQUESTED.offer(OFFER), units=3),)


def test_many_offers_take_a_call_for_each_terms_and_hundred() -> None:
    cheap = [replace(WANTED_OFFER, name=f"cheap-{number}") for number in range(101)]
    other = [replace(WANTED_OFFER, name=f"other-{number}", level=replace(LEVEL, notice=0)) for number in range(2)]

    planned = plan.publish(OFFERED, SELLER, [other[0], *cheap, other[1], WANTED_OFFER])

    listed = [[listing[0].rstrip(b"\0").decode() for listing in call.arguments[1]] for call in planned.calls]  # type: ignore[attr-defined]
    assert listed == [["other-0", "other-1"], [offer.name for offer in cheap[:100]], ["cheap-100"]]
    assert [offer.name for offer in planned.after if offer] == ["other-0", *(o.name for o in cheap), "other-1", "seoul"]


def test_nothing_can_be_reserved_of_an_unknown_offer() -> None:
    with pytest.raises(UnknownOffer):
        plan.reserve(EMPTY, purse(), WANTED, seal)


def test_no_more_is_paid_than_wanted() -> None:
    with pytest.raises(CostTooHigh):
        plan.reserve(OFFERED, purse(), replace(WANTED, max_cost=1_999), seal)
    longer = plan.WantedReservation("busan", OFFER, units=1, duration=150, max_cost=1_499)
    with pytest.raises(CostTooHigh):
        plan.reserve(named(ACTIVE, State.ACTIVE), purse(), longer, no_seal)


def test_a_reservation_is_paid_to_the_wei() -> None:
    planned = plan.reserve(OFFERED, purse(), WANTED, seal)

    assert [(call.function, call.value) for call in planned.calls] == [("reserve", 2_000)]
    assert planned.before is None
    assert planned.after
    assert planned.after.request == b"sealed for seoul"
    assert planned.after.escrow == 2_000


def test_not_enough_of_a_token() -> None:
    with pytest.raises(NotEnoughTokens) as caught:
        plan.reserve(rebuilt(publication(token=COIN)), purse(1_999), WANTED, seal)

    assert str(caught.value) == (f"Account {BUYER} has 1999 of token {COIN} and needs 2000: fund it, or reserve less.")


@pytest.mark.parametrize(
    ("allowance", "approved"),
    [
        (0, [2_000]),
        (2_000, []),
        # Never more than is due, and some tokens change an allowance only from or to nothing.
        (2_001, [0, 2_000]),
    ],
)
def test_the_contract_is_allowed_exactly_what_is_due(allowance: int, approved: list[int]) -> None:
    planned = plan.reserve(rebuilt(publication(token=COIN)), purse(2_000, allowance), WANTED, seal)

    *approvals, reserve = planned.calls
    assert [(call.function, call.to, call.arguments) for call in approvals] == [
        ("approve", COIN, (CONTRACT, amount)) for amount in approved
    ]
    assert (reserve.function, reserve.value, reserve.follows) == ("reserve", 0, bool(approved))


@pytest.mark.parametrize("state", OVER)
def test_a_name_is_used_once(state: State) -> None:
    with pytest.raises(ReservationNameUsed):
        plan.reserve(named(REQUESTED, state), purse(), replace(WANTED, units=1), no_seal)


@pytest.mark.parametrize("state", [State.REQUESTED, State.ACTIVE])
def test_a_live_reservation_is_left_alone_or_is_another(state: State) -> None:
    assert not plan.reserve(named(REQUESTED, state), purse(), replace(WANTED, units=1), no_seal).changed
    with pytest.raises(ReservedOtherwise):
        plan.reserve(named(REQUESTED, state), purse(), WANTED, no_seal)
    with pytest.raises(ReservedOtherwise, match="another duration"):
        plan.reserve(named(REQUESTED, state), purse(), replace(WANTED, units=1, duration=99), no_seal)


def test_only_a_lease_that_runs_is_extended() -> None:
    longer = replace(WANTED, units=1, duration=150)

    with pytest.raises(ReservedOtherwise, match="another duration"):
        plan.reserve(REQUESTED_AS_BUSAN, purse(), longer, no_seal)
    planned = plan.reserve(named(ACTIVE, State.ACTIVE), purse(), longer, no_seal)

    assert [(call.function, call.arguments[1], call.value) for call in planned.calls] == [("extend", 50, 500)]
    assert planned.after
    assert (planned.after.duration, planned.after.end) == (150, 1_160)


REQUESTED_AS_BUSAN = named(REQUESTED, State.REQUESTED)


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

    assert functions(planned) == calls
    assert planned.after
    assert not planned.after.state.live


def test_what_runs_is_acknowledged_already() -> None:
    assert not plan.acknowledge(ACTIVE, ACTIVE.reservation(RESERVATION), no_seal).changed


@pytest.mark.parametrize("state", OVER)
def test_what_is_over_cannot_be_acknowledged(state: State) -> None:
    with pytest.raises(WrongState):
        plan.acknowledge(REQUESTED, replace(REQUESTED.reservation(RESERVATION), state=state), no_seal)


def test_a_request_is_declined_and_not_revoked() -> None:
    requested = REQUESTED.reservation(RESERVATION)
    planned = plan.decline(requested, Reason.REQUEST)

    assert [(call.function, call.arguments[1]) for call in planned.calls] == [("decline", 4)]
    assert (planned.after.state, planned.after.reason) == (State.DECLINED, Reason.REQUEST)
    assert not plan.decline(planned.after, Reason.REQUEST).changed
    with pytest.raises(WrongState):
        plan.revoke(REQUESTED, requested, Reason.ABUSE)
    with pytest.raises(WrongState):
        plan.decline(ACTIVE.reservation(RESERVATION), Reason.REQUEST)


def test_a_revoked_lease_goes_on_for_its_notice() -> None:
    planned = plan.revoke(ACTIVE, ACTIVE.reservation(RESERVATION), Reason.MAINTENANCE)

    assert [(call.function, call.arguments[1]) for call in planned.calls] == [("revoke", 2)]
    assert planned.after == replace(ACTIVE.reservation(RESERVATION), end=1_040, reason=Reason.MAINTENANCE)


def test_a_lease_that_ends_anyway_is_left_alone() -> None:
    for books in (
        rebuilt(publication(), RESERVED, ACKNOWLEDGED, now=1_090),
        rebuilt(publication(), RESERVED, ACKNOWLEDGED, REVOKED, now=1_045),
        ENDED,
    ):
        assert not plan.revoke(books, books.reservation(RESERVATION), Reason.ABUSE).changed


def signed(delivered: int, until: int = 1_060, signer: Address = BUYER) -> SignedReceipt:
    return SignedReceipt(Receipt(RESERVATION, until, delivered, NOTHING), signer, b"signature")


def test_only_what_has_ended_is_settled() -> None:
    for books in (REQUESTED, ACTIVE):
        with pytest.raises(WrongState):
            plan.settle(books, SELLER, [books.reservation(RESERVATION)], {})


@pytest.mark.parametrize(
    ("caller", "now", "delivered", "function", "paid"),
    [
        # Nobody is to lose what a better receipt would give: only the seller can do without it, at once.
        (SELLER, 1_061, None, None, 0),
        (BUYER, 1_061, None, None, 0),
        (BUYER, 1_061, 49, None, 0),
        (VERIFIER, 1_061, 49, None, 0),
        (SELLER, 1_061, 49, "settle", 470),
        (BUYER, 1_061, 50, "settle", 500),
        (BUYER, 1_559, 49, None, 0),
        (BUYER, 1_560, 49, "settle", 470),
        (SELLER, 1_560, None, "settleWithoutReceipt", 0),
        (VERIFIER, 1_560, None, "settleWithoutReceipt", 0),
    ],
)
def test_who_settles_when(caller: Address, now: int, delivered: int | None, function: str | None, paid: int) -> None:
    books = rebuilt(publication(), RESERVED, ACKNOWLEDGED, RELEASED, now=now)
    ended = books.reservation(RESERVATION)
    best = {} if delivered is None else {RESERVATION: signed(delivered)}

    planned = plan.settle(books, caller, [ended], best)

    assert functions(planned) == ([function] if function else [])
    if function:
        settled = replace(ended, state=State.SETTLED, delivered=delivered or 0, paid=paid, refunded=1_000 - paid)
        assert plan.insist(planned).after == (settled,)
        assert not plan.settle(books, caller, [settled], best).changed
    else:
        with pytest.raises(ReceiptNeeded) as caught:
            plan.insist(planned)
        assert str(caught.value) == (
            f"Bring a receipt for reservation {RESERVATION} into receipts_dir, or wait until 1560: from then on it can"
            " be settled by anyone."
        )


def test_what_ended_as_it_began_needs_no_receipt() -> None:
    ended = replace(ENDED.reservation(RESERVATION), end=1_010)

    assert functions(plan.settle(ENDED, BUYER, [ended], {})) == ["settleWithoutReceipt"]


def test_what_is_owed_is_withdrawn() -> None:
    owing = rebuilt(publication(), RESERVED, DECLINED)

    assert plan.withdraw(owing, BUYER, None).before == {NOBODY: 1_000}
    assert functions(plan.withdraw(owing, BUYER, NOBODY)) == ["withdraw"]
    assert not plan.withdraw(owing, BUYER, COIN).changed
    assert not plan.withdraw(owing, SELLER, None).changed


def sign(receipt: Receipt) -> SignedReceipt:
    return SignedReceipt(receipt, BUYER, b"signature")


def no_sign(_: Receipt) -> SignedReceipt:
    raise AssertionError("There is nothing to sign.")


EMPTY_RECORDS = Records((), None)
SAMPLE = Sample(1_040, up=True)


def test_only_buyer_and_verifier_measure() -> None:
    with pytest.raises(NotTheSigner) as caught:
        plan.attest(ACTIVE.reservation(RESERVATION), SELLER, EMPTY_RECORDS, SAMPLE, no_sign)
    with pytest.raises(WrongState):
        plan.attest(REQUESTED.reservation(RESERVATION), BUYER, EMPTY_RECORDS, SAMPLE, no_sign)

    assert str(caught.value) == (f"Use the key of {BUYER} or {VERIFIER}: account {SELLER} may not measure this lease.")


def test_a_measurement_makes_a_receipt() -> None:
    planned = plan.attest(ACTIVE.reservation(RESERVATION), BUYER, EMPTY_RECORDS, SAMPLE, sign)

    receipt = Receipt(RESERVATION, until=1_040, delivered=30, evidence=evidence.root([SAMPLE]))
    assert planned.after == Records((SAMPLE,), sign(receipt))
    assert not plan.attest(ACTIVE.reservation(RESERVATION), BUYER, planned.after, SAMPLE, no_sign).changed
    assert not plan.attest(ACTIVE.reservation(RESERVATION), BUYER, EMPTY_RECORDS, None, no_sign).changed


def test_the_last_receipt_is_for_all_of_the_lease() -> None:
    planned = plan.attest(
        ENDED.reservation(RESERVATION), BUYER, Records((SAMPLE,), None), Sample(1_070, up=False), sign
    )

    assert planned.after.samples == (SAMPLE, Sample(1_060, up=True))
    assert planned.after.receipt
    assert (planned.after.receipt.receipt.until, planned.after.receipt.receipt.delivered) == (1_060, 50)
    settled = replace(ENDED.reservation(RESERVATION), state=State.SETTLED)
    assert not plan.attest(settled, BUYER, Records((SAMPLE,), None), None, no_sign).changed


def test_seconds_delivered_never_go_down() -> None:
    known = Records((), signed(31, until=1_050))

    planned = plan.attest(ACTIVE.reservation(RESERVATION), BUYER, known, SAMPLE, sign)

    assert planned.after == Records((SAMPLE,), known.receipt)


def test_the_better_receipt_is_kept() -> None:
    ended = ENDED.reservation(RESERVATION)
    known = Records((), signed(30, until=1_050))

    for worse in (signed(29), signed(30, until=1_049), signed(30, until=1_050, signer=VERIFIER)):
        assert not plan.keep(ended, known, worse).changed
    for better in (signed(31, until=1_041), signed(30, until=1_051), signed(31, signer=VERIFIER)):
        assert plan.keep(ended, known, better).after.receipt == better


def test_a_receipt_for_time_still_to_come_does_not_take_the_place_of_a_good_one() -> None:
    lease, known = ACTIVE.reservation(RESERVATION), Records((), signed(30, until=1_040))

    with pytest.raises(ReceiptInvalid, match="a moment that is still to come"):
        plan.collect(replace(ACTIVE, now=1_050), lease, known, signed(41, until=1_051))
    assert plan.collect(replace(ACTIVE, now=1_051), lease, known, signed(41, until=1_051)).changed


def test_a_receipt_that_reaches_beyond_the_end_gives_way() -> None:
    known = Records((), signed(60, until=1_070))

    assert plan.keep(ENDED.reservation(RESERVATION), known, signed(50)).after.receipt == signed(50)


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (
            replace(signed(50), receipt=Receipt(reservation_id(BUYER, "busan"), 1_060, 50, NOTHING)),
            "another reservation",
        ),
        (signed(50, until=1_061), "it reaches beyond the lease's end"),
        (signed(51), "more seconds are delivered than had passed"),
        (signed(0, until=1_009), "more seconds are delivered than had passed"),
        (signed(50, signer=SELLER), "it is neither the buyer's nor the verifier's"),
    ],
)
def test_a_worthless_receipt_is_refused(candidate: SignedReceipt, reason: str) -> None:
    with pytest.raises(ReceiptInvalid, match=reason):
        plan.keep(ENDED.reservation(RESERVATION), EMPTY_RECORDS, candidate)
    with pytest.raises(ReceiptInvalid, match=r"the lease has not begun|another reservation"):
        plan.keep(REQUESTED.reservation(RESERVATION), EMPTY_RECORDS, candidate)
