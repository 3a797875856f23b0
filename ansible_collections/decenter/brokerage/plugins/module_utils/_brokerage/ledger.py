"""All that the market knows, rebuilt from the events of the contract. Pure: events in, ledger out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .errors import UnknownOffer, UnknownReservation
from .ids import Address, OfferId, ReservationId
from .types import Offer, Reservation, State, Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True)
class Event:
    """An entry of the contract's log: its name and its arguments, decoded, by the contract's names."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Ledger:
    """The market at a moment. `now` is the timestamp of the block that it is taken at.

    Offers and reservations come in the order in which they were first seen; retracted offers are left out.
    """

    now: int
    offers: Mapping[OfferId, Offer]
    reservations: Mapping[ReservationId, Reservation]
    owed: Mapping[Address, int]

    def offer(self, offer: OfferId) -> Offer:
        """Return the offer. Raises UnknownOffer."""
        try:
            return self.offers[offer]
        except KeyError:
            raise UnknownOffer(offer) from None

    def reservation(self, reservation: ReservationId) -> Reservation:
        """Return the reservation. Raises UnknownReservation."""
        try:
            return self.reservations[reservation]
        except KeyError:
            raise UnknownReservation(reservation) from None


def rebuild(events: Iterable[Event], now: int) -> Ledger:
    """Fold the contract's events, oldest first, into the ledger at `now`."""
    books = _Books()
    for event in events:
        _ENTRIES[event.name](books, event.arguments)
    return books.close(now)


@dataclass
class _Books:
    offers: dict[OfferId, Offer] = field(default_factory=dict)
    # Outlives a retraction: reservations still have to say what was rented.
    descriptions: dict[OfferId, bytes] = field(default_factory=dict)
    reservations: dict[ReservationId, Reservation] = field(default_factory=dict)
    reserved: Counter[OfferId] = field(default_factory=Counter)
    owed: Counter[Address] = field(default_factory=Counter)

    def close(self, now: int) -> Ledger:
        return Ledger(
            now=now,
            offers={key: replace(offer, reserved=self.reserved[key]) for key, offer in self.offers.items()},
            reservations={key: _expired(reservation, now) for key, reservation in self.reservations.items()},
            owed={account: amount for account, amount in self.owed.items() if amount},
        )

    def publish(self, entry: Mapping[str, Any]) -> None:
        key = OfferId(_hex(entry["id"]))
        description = bytes(entry["description"])
        self.descriptions[key] = description
        self.offers[key] = Offer(key, Terms.from_abi(entry["terms"]), entry["units"], 0, description)

    def retract(self, entry: Mapping[str, Any]) -> None:
        del self.offers[OfferId(_hex(entry["id"]))]

    def reserve(self, entry: Mapping[str, Any]) -> None:
        key, struct = ReservationId(_hex(entry["id"])), entry["reservation"]
        offer = OfferId(_hex(struct["offer"]))
        self.reserved[offer] += struct["units"]
        self.reservations[key] = Reservation(
            id=key,
            buyer=Address(struct["buyer"].lower()),
            padded_name=bytes(struct["name"]),
            seller=Address(struct["seller"].lower()),
            offer=offer,
            price=struct["price"],
            units=struct["units"],
            duration=struct["duration"],
            acknowledge_by=struct["acknowledgeBy"],
            start=struct["start"],
            end=struct["end"],
            state=State.REQUESTED,
            description=self.descriptions[offer],
            request=bytes(entry["request"]),
        )

    def acknowledge(self, entry: Mapping[str, Any]) -> None:
        self._change(entry, State.ACTIVE, access=bytes(entry["access"]), start=entry["reservation"]["start"])

    def decline(self, entry: Mapping[str, Any]) -> None:
        self._refuse(self._change(entry, State.DECLINED))

    def cancel(self, entry: Mapping[str, Any]) -> None:
        self._refuse(self._change(entry, State.CANCELLED))

    def end(self, entry: Mapping[str, Any]) -> None:
        self._free(self._change(entry, State.ENDED))

    def settle(self, entry: Mapping[str, Any]) -> None:
        expired = self.reservations[ReservationId(_hex(entry["id"]))].state is State.ACTIVE
        settled = self._change(entry, State.SETTLED, paid=entry["paid"], refunded=entry["refunded"])
        self.owed[settled.seller] += settled.paid
        self.owed[settled.buyer] += settled.refunded
        if expired:
            self._free(settled)

    def withdraw(self, entry: Mapping[str, Any]) -> None:
        self.owed[Address(entry["account"].lower())] -= entry["amount"]

    def _change(self, entry: Mapping[str, Any], state: State, **changes: Any) -> Reservation:  # noqa: ANN401
        key = ReservationId(_hex(entry["id"]))
        if "reservation" in entry:
            changes["end"] = entry["reservation"]["end"]
        self.reservations[key] = replace(self.reservations[key], state=state, **changes)
        return self.reservations[key]

    def _refuse(self, reservation: Reservation) -> None:
        self._free(reservation)
        self.owed[reservation.buyer] += reservation.escrow

    def _free(self, reservation: Reservation) -> None:
        self.reserved[reservation.offer] -= reservation.units


_ENTRIES: Mapping[str, Callable[[_Books, Mapping[str, Any]], None]] = {
    "OfferPublished": _Books.publish,
    "OfferRetracted": _Books.retract,
    "Reserved": _Books.reserve,
    "Acknowledged": _Books.acknowledge,
    "Declined": _Books.decline,
    "Cancelled": _Books.cancel,
    "Released": _Books.end,
    "Revoked": _Books.end,
    "Settled": _Books.settle,
    "Withdrawn": _Books.withdraw,
}


def _expired(reservation: Reservation, now: int) -> Reservation:
    # Expiry needs no transaction: a stored Active whose end has passed is Ended.
    if reservation.state is State.ACTIVE and reservation.end <= now:
        return replace(reservation, state=State.ENDED)
    return reservation


def _hex(value: bytes) -> str:
    return "0x" + bytes(value).hex()
