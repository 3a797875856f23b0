"""All that the market knows, rebuilt from the events of the contract. Pure: events in, ledger out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .errors import UnknownOffer, UnknownReservation
from .ids import Address, OfferId, ReservationId, listing_id
from .types import REASONS, Offer, Reservation, State, Terms

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

    What is owed goes by token and account. Offers and reservations come in the order in which they were first seen;
    retracted offers are left out.
    """

    now: int
    offers: Mapping[OfferId, Offer]
    reservations: Mapping[ReservationId, Reservation]
    owed: Mapping[tuple[Address, Address], int]

    def offer(self, offer: OfferId) -> Offer:
        """Return the offer. Raises UnknownOffer."""
        try:
            return self.offers[offer]
        except KeyError:
            raise UnknownOffer(offer) from None

    def owed_to(self, account: Address) -> dict[Address, int]:
        """Return what is owed to the account, by token."""
        return {token: amount for (token, whose), amount in self.owed.items() if whose == account}

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
    reservations: dict[ReservationId, Reservation] = field(default_factory=dict)
    reserved: Counter[OfferId] = field(default_factory=Counter)
    owed: Counter[tuple[Address, Address]] = field(default_factory=Counter)

    def close(self, now: int) -> Ledger:
        return Ledger(
            now=now,
            offers={key: replace(offer, reserved=self.reserved[key]) for key, offer in self.offers.items()},
            reservations={key: _expired(reservation, now) for key, reservation in self.reservations.items()},
            owed={whose: amount for whose, amount in self.owed.items() if amount},
        )

    def publish(self, entry: Mapping[str, Any]) -> None:
        terms = Terms.from_abi(entry["terms"])
        for listing in entry["listings"]:
            key = listing_id(terms.seller, listing["name"])
            self.offers[key] = Offer(
                id=key,
                padded_name=listing["name"],
                terms=terms,
                price=listing["price"],
                units=listing["units"],
                reserved=0,
                description=listing["description"],
            )

    def retract(self, entry: Mapping[str, Any]) -> None:
        del self.offers[OfferId(_hex(entry["id"]))]

    def reserve(self, entry: Mapping[str, Any]) -> None:
        key, offer = ReservationId(_hex(entry["id"])), OfferId(_hex(entry["offer"]))
        self.reserved[offer] += entry["units"]
        self.reservations[key] = Reservation(
            id=key,
            buyer=Address(entry["buyer"].lower()),
            padded_name=entry["name"],
            offer=self.offers[offer],
            units=entry["units"],
            duration=entry["duration"],
            acknowledge_by=entry["acknowledgeBy"],
            start=0,
            end=0,
            state=State.REQUESTED,
            request=entry["request"],
        )

    def acknowledge(self, entry: Mapping[str, Any]) -> None:
        start, duration = entry["start"], self._of(entry).duration
        self._change(entry, state=State.ACTIVE, access=entry["access"], start=start, end=start + duration)

    def decline(self, entry: Mapping[str, Any]) -> None:
        self._refuse(self._change(entry, state=State.DECLINED, reason=REASONS[entry["reason"]]))

    def cancel(self, entry: Mapping[str, Any]) -> None:
        self._refuse(self._change(entry, state=State.CANCELLED))

    def extend(self, entry: Mapping[str, Any]) -> None:
        duration = entry["duration"]
        self._change(entry, duration=duration, end=self._of(entry).start + duration)

    def release(self, entry: Mapping[str, Any]) -> None:
        self._free(self._change(entry, state=State.ENDED, end=entry["end"]))

    def revoke(self, entry: Mapping[str, Any]) -> None:
        self._change(entry, end=entry["end"], reason=REASONS[entry["reason"]])

    def settle(self, entry: Mapping[str, Any]) -> None:
        expired = self._of(entry).state is State.ACTIVE
        divided = {each: entry[each] for each in ("delivered", "paid", "refunded")}
        settled = self._change(entry, state=State.SETTLED, **divided)
        self.owed[settled.terms.token, settled.seller] += settled.paid
        self.owed[settled.terms.token, settled.buyer] += settled.refunded
        if expired:
            self._free(settled)

    def withdraw(self, entry: Mapping[str, Any]) -> None:
        self.owed[Address(entry["token"].lower()), Address(entry["account"].lower())] -= entry["amount"]

    def _of(self, entry: Mapping[str, Any]) -> Reservation:
        return self.reservations[ReservationId(_hex(entry["id"]))]

    def _change(self, entry: Mapping[str, Any], **changes: Any) -> Reservation:  # noqa: ANN401
        changed = replace(self._of(entry), **changes)
        self.reservations[changed.id] = changed
        return changed

    def _refuse(self, reservation: Reservation) -> None:
        self._free(reservation)
        self.owed[reservation.terms.token, reservation.buyer] += reservation.escrow

    def _free(self, reservation: Reservation) -> None:
        self.reserved[reservation.offer.id] -= reservation.units


_ENTRIES: Mapping[str, Callable[[_Books, Mapping[str, Any]], None]] = {
    "OffersPublished": _Books.publish,
    "OfferRetracted": _Books.retract,
    "Reserved": _Books.reserve,
    "Acknowledged": _Books.acknowledge,
    "Declined": _Books.decline,
    "Cancelled": _Books.cancel,
    "Extended": _Books.extend,
    "Released": _Books.release,
    "Revoked": _Books.revoke,
    "Settled": _Books.settle,
    "Withdrawn": _Books.withdraw,
}


def _expired(reservation: Reservation, now: int) -> Reservation:
    # Expiry needs no transaction: a stored Active whose end has passed is Ended.
    if reservation.state is State.ACTIVE and reservation.end <= now:
        return replace(reservation, state=State.ENDED)
    return reservation


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
