"""From what is and what is wanted to the calls that make it so. Pure: `changed`, diff, check mode come from a Plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from .errors import CostTooHigh, InvalidValue, ReservationNameUsed, ReservedOtherwise, WrongState
from .ids import Address, OfferId, digest_of, encode_name, offer_id, reservation_id
from .types import Call, Offer, Reservation, State, Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .ledger import Ledger

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Plan(Generic[Thing]):
    """A thing before and after the calls. Without calls the two are the same."""

    before: Thing
    after: Thing
    calls: tuple[Call, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.calls)


def unchanged(thing: Thing) -> Plan[Thing]:
    """Plan nothing: the thing is as wanted."""
    return Plan(thing, thing)


@dataclass(frozen=True)
class WantedOffer:
    """An offer as its seller wants it. `description` is the encoded document."""

    name: str
    price: int
    units: int
    min_duration: int
    max_duration: int
    acknowledge_within: int
    description: bytes

    def __post_init__(self) -> None:
        _check_bits("price", self.price, 96)
        _check_bits("units", self.units, 32)
        _check_bits("min_duration", self.min_duration, 32)
        _check_bits("max_duration", self.max_duration, 32)
        _check_bits("acknowledge_within", self.acknowledge_within, 32)


def _check_bits(what: str, value: int, bits: int) -> None:
    if not 0 <= value < 2**bits:
        raise InvalidValue(what, f"a whole number from 0 to {2**bits - 1}")


def publish(ledger: Ledger, seller: Address, wanted: WantedOffer) -> Plan[Offer | None]:
    """Have the offer on the market with exactly these terms, units and description."""
    key = offer_id(seller, wanted.name)
    before = ledger.offers.get(key)
    terms = Terms(
        seller=seller,
        padded_name=encode_name(wanted.name),
        price=wanted.price,
        min_duration=wanted.min_duration,
        max_duration=wanted.max_duration,
        acknowledge_within=wanted.acknowledge_within,
        description=digest_of(wanted.description),
    )
    after = Offer(key, terms, wanted.units, before.reserved if before else 0, wanted.description)
    if before == after:
        return unchanged(before)
    return Plan(before, after, (Call("publish", (terms.to_abi(), wanted.units, wanted.description)),))


def retract(ledger: Ledger, seller: Address, name: str) -> Plan[Offer | None]:
    """Have no such offer on the market."""
    before = ledger.offers.get(offer_id(seller, name))
    if before is None:
        return unchanged(None)
    return Plan(before, None, (Call("retract", (encode_name(name),)),))


@dataclass(frozen=True)
class WantedReservation:
    """A reservation as its buyer wants it; `max_cost` in wei."""

    name: str
    offer: OfferId
    units: int
    duration: int
    max_cost: int | None

    def __post_init__(self) -> None:
        _check_bits("units", self.units, 32)
        _check_bits("duration", self.duration, 32)


def reserve(
    ledger: Ledger, buyer: Address, wanted: WantedReservation, seal: Callable[[Offer], bytes]
) -> Plan[Reservation | None]:
    """Have these units reserved under this name; `seal` makes the sealed request, only when there is one to send.

    Raises:
        UnknownOffer: the offer isn't on the market, and nothing is reserved yet.
        ReservationNameUsed: the reservation of that name is over.
        ReservedOtherwise: it lives, and is another.
        CostTooHigh: it would cost more than wanted.

    """
    before = ledger.reservations.get(reservation_id(buyer, wanted.name))
    if before is not None:
        _check_same(before, wanted)
        return unchanged(before)
    offer = ledger.offer(wanted.offer)
    terms = offer.terms
    after = Reservation(
        id=reservation_id(buyer, wanted.name),
        buyer=buyer,
        padded_name=encode_name(wanted.name),
        seller=terms.seller,
        offer=offer.id,
        price=terms.price,
        units=wanted.units,
        duration=wanted.duration,
        acknowledge_by=ledger.now + terms.acknowledge_within,
        start=0,
        end=0,
        state=State.REQUESTED,
        description=offer.description,
        request=seal(offer),
    )
    if wanted.max_cost is not None and after.escrow > wanted.max_cost:
        raise CostTooHigh(after.escrow, wanted.max_cost)
    arguments = (after.padded_name, terms.to_abi(), wanted.units, wanted.duration, after.request)
    return Plan(None, after, (Call("reserve", arguments, after.escrow),))


def _check_same(known: Reservation, wanted: WantedReservation) -> None:
    if not known.state.live:
        raise ReservationNameUsed(known.name, known.state.value)
    differing = [
        what
        for what, is_, wants in (
            ("offer", known.offer, wanted.offer),
            ("number of units", known.units, wanted.units),
            ("duration", known.duration, wanted.duration),
        )
        if is_ != wants
    ]
    if differing:
        raise ReservedOtherwise(known.name, " and ".join(differing))


def give_back(ledger: Ledger, buyer: Address, name: str) -> Plan[Reservation | None]:
    """Have no live reservation of that name: a request is cancelled, a lease released."""
    before = ledger.reservations.get(reservation_id(buyer, name))
    if before is None or not before.state.live:
        return unchanged(before)
    if before.state is State.REQUESTED:
        return Plan(before, replace(before, state=State.CANCELLED), _call("cancel", before))
    return Plan(before, replace(before, state=State.ENDED, end=ledger.now), _call("release", before))


def acknowledge(ledger: Ledger, reservation: Reservation, seal: Callable[[Reservation], bytes]) -> Plan[Reservation]:
    """Have the lease running; `seal` makes the sealed access, only when there is one to send.

    Raises WrongState for a reservation that is over.
    """
    if reservation.state is State.ACTIVE:
        return unchanged(reservation)
    if reservation.state is not State.REQUESTED:
        raise WrongState(reservation.id, reservation.state.value)
    access = seal(reservation)
    after = replace(
        reservation, state=State.ACTIVE, access=access, start=ledger.now, end=ledger.now + reservation.duration
    )
    return Plan(reservation, after, (Call("acknowledge", (reservation.to_abi(), access)),))


def decline(reservation: Reservation) -> Plan[Reservation]:
    """Have the request refused. Raises WrongState for a lease that runs or ran."""
    if reservation.state in (State.DECLINED, State.CANCELLED):
        return unchanged(reservation)
    if reservation.state is not State.REQUESTED:
        raise WrongState(reservation.id, reservation.state.value)
    return Plan(reservation, replace(reservation, state=State.DECLINED), _call("decline", reservation))


def revoke(ledger: Ledger, reservation: Reservation) -> Plan[Reservation]:
    """Have the lease over. Raises WrongState for a request, which can be declined."""
    if reservation.state is State.REQUESTED:
        raise WrongState(reservation.id, reservation.state.value)
    if reservation.state is not State.ACTIVE:
        return unchanged(reservation)
    return Plan(reservation, replace(reservation, state=State.ENDED, end=ledger.now), _call("revoke", reservation))


def settle(reservations: Iterable[Reservation]) -> Plan[tuple[Reservation, ...]]:
    """Have the escrow of each divided: the ended ones are settled, those settled stay. Raises WrongState for others."""
    before = tuple(reservations)
    for reservation in before:
        if reservation.state not in (State.ENDED, State.SETTLED):
            raise WrongState(reservation.id, reservation.state.value)
    ended = [reservation for reservation in before if reservation.state is State.ENDED]
    return Plan(before, tuple(_settled(r) for r in before), tuple(call for r in ended for call in _call("settle", r)))


def _settled(reservation: Reservation) -> Reservation:
    if reservation.state is State.SETTLED:
        return reservation
    paid = reservation.price * reservation.units * (reservation.end - reservation.start)
    return replace(reservation, state=State.SETTLED, paid=paid, refunded=reservation.escrow - paid)


def withdraw(ledger: Ledger, account: Address) -> Plan[int]:
    """Have nothing owed to the account: before and after in wei."""
    before = ledger.owed.get(account, 0)
    return Plan(before, 0, (Call("withdraw", ()),)) if before else unchanged(0)


def _call(function: str, reservation: Reservation) -> tuple[Call, ...]:
    return (Call(function, (reservation.to_abi(),)),)
