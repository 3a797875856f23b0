"""What the market consists of: terms, offers, reservations, and the calls that change them, as in the contract.

Amounts are in wei, durations in seconds, moments are timestamps of the chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from .ids import Address, Digest, OfferId, ReservationId, decode_name

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(Enum):
    """Where in its life a reservation is. In the order of the contract's enum."""

    NONE = "none"
    REQUESTED = "requested"
    ACTIVE = "active"
    ENDED = "ended"
    SETTLED = "settled"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def live(self) -> bool:
        """Whether it still holds units that the buyer can (come to) use."""
        return self in (State.REQUESTED, State.ACTIVE)


STATES = tuple(State)


@dataclass(frozen=True)
class Terms:
    """What a seller binds itself to when somebody reserves."""

    seller: Address
    padded_name: bytes
    price: int
    min_duration: int
    max_duration: int
    acknowledge_within: int
    description: Digest

    @property
    def name(self) -> str:
        """The seller's name for the offer."""
        return decode_name(self.padded_name)

    @classmethod
    def from_abi(cls, struct: Mapping[str, Any]) -> Terms:
        """Take the struct as an event has it."""
        return cls(
            seller=Address(struct["seller"].lower()),
            padded_name=bytes(struct["name"]),
            price=struct["price"],
            min_duration=struct["minDuration"],
            max_duration=struct["maxDuration"],
            acknowledge_within=struct["acknowledgeWithin"],
            description=Digest("0x" + bytes(struct["description"]).hex()),
        )

    def to_abi(self) -> tuple[object, ...]:
        """Return the struct as a call takes it."""
        return (
            self.seller,
            self.padded_name,
            self.price,
            self.min_duration,
            self.max_duration,
            self.acknowledge_within,
            bytes.fromhex(self.description.removeprefix("0x")),
        )


@dataclass(frozen=True)
class Offer:
    """Units for rent. `description` is the text as published, by whomever: `documents.Description` reads it."""

    id: OfferId
    terms: Terms
    units: int
    reserved: int
    description: bytes

    @property
    def free(self) -> int:
        """Units that can be reserved now."""
        return self.units - self.reserved


@dataclass(frozen=True)
class Reservation:
    """A buyer's claim on units, and how far it has come. `request` and `access` are sealed."""

    id: ReservationId
    buyer: Address
    padded_name: bytes
    seller: Address
    offer: OfferId
    price: int
    units: int
    duration: int
    acknowledge_by: int
    start: int
    end: int
    state: State
    description: bytes
    request: bytes
    access: bytes = b""
    paid: int = 0
    refunded: int = 0

    @property
    def name(self) -> str:
        """The buyer's name for it."""
        return decode_name(self.padded_name)

    @property
    def escrow(self) -> int:
        """What the buyer paid in, in wei."""
        return self.price * self.units * self.duration

    def to_abi(self) -> tuple[object, ...]:
        """Return the struct as a call takes it."""
        return (
            self.buyer,
            self.padded_name,
            self.seller,
            bytes.fromhex(self.offer.removeprefix("0x")),
            self.price,
            self.units,
            self.duration,
            self.acknowledge_by,
            self.start,
            self.end,
        )


@dataclass(frozen=True)
class Call:
    """A function of the contract, its arguments in ABI form, and the wei that go with it."""

    function: str
    arguments: tuple[object, ...]
    value: int = 0
