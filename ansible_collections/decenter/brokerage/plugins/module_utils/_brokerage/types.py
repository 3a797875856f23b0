"""What the market consists of: terms, offers, reservations, and the calls that change them, as in the contract.

Amounts are in wei, or in the smallest unit of the token that the terms name. Durations are in seconds, moments are
timestamps of the chain.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from .ids import NOBODY, Address, OfferId, ReservationId, decode_name, digest_of

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


class Reason(Enum):
    """Why a seller declines or revokes. In the order of the contract's enum; `request`: it can't be read or served."""

    UNSPECIFIED = "unspecified"
    CAPACITY = "capacity"
    MAINTENANCE = "maintenance"
    HARDWARE = "hardware"
    REQUEST = "request"
    RECEIPTS_STOPPED = "receipts_stopped"
    ABUSE = "abuse"


REASONS = tuple(Reason)


@dataclass(frozen=True)
class ServiceLevel:
    """What a seller promises, and what breaking it costs.

    `availability` is in basis points, `shortfall_multiple` says how many times its share a second of shortfall costs;
    `receipt_interval`, `claim_window` and `notice` are seconds.
    """

    availability: int
    shortfall_multiple: int
    receipt_interval: int
    claim_window: int
    notice: int


# What the contract keeps in one word, from the lowest bits up, with the bits that each takes.
_CONDITIONS = (
    ("shortfall_multiple", 8),
    ("availability", 16),
    ("notice", 32),
    ("claim_window", 32),
    ("receipt_interval", 32),
    ("acknowledge_within", 32),
    ("max_duration", 32),
    ("min_duration", 32),
)


@dataclass(frozen=True)
class Terms:
    """What a seller binds itself to when somebody reserves. NOBODY as token is ETH, as verifier none."""

    seller: Address
    token: Address
    verifier: Address
    min_duration: int
    max_duration: int
    acknowledge_within: int
    level: ServiceLevel

    @classmethod
    def from_abi(cls, struct: Mapping[str, Any]) -> Terms:
        """Take the struct as an event has it."""
        rest, numbers = struct["conditions"], {}
        for name, bits in _CONDITIONS:
            rest, numbers[name] = divmod(rest, 2**bits)
        return cls(
            seller=Address(struct["seller"].lower()),
            token=Address(struct["token"].lower()),
            verifier=Address(struct["verifier"].lower()),
            level=ServiceLevel(**{field.name: numbers.pop(field.name) for field in fields(ServiceLevel)}),
            **numbers,
        )

    def to_abi(self) -> tuple[object, ...]:
        """Return the struct as a call takes it."""
        numbers, conditions = {**asdict(self.level), **asdict(self)}, 0
        for name, bits in reversed(_CONDITIONS):
            conditions = (conditions << bits) + numbers[name]
        return (self.seller, self.token, self.verifier, conditions)


@dataclass(frozen=True)
class Offer:
    """Units for rent. `description` is the text as published, by whomever: `documents.Description` reads it."""

    id: OfferId
    padded_name: bytes
    terms: Terms
    price: int
    units: int
    reserved: int
    description: bytes

    @property
    def name(self) -> str:
        """The seller's name for it."""
        return decode_name(self.padded_name)

    @property
    def free(self) -> int:
        """Units that can be reserved now."""
        return self.units - self.reserved

    def to_abi(self) -> tuple[object, ...]:
        """Return the struct Offer as a call takes it."""
        return (self.padded_name, self.price, bytes.fromhex(digest_of(self.description).removeprefix("0x")))

    def to_listing(self) -> tuple[object, ...]:
        """Return the struct Listing as a publication takes it."""
        return (self.padded_name, self.price, self.units, self.description)


@dataclass(frozen=True)
class Reservation:
    """A buyer's claim on units, and how far it has come. `request` and `access` are sealed.

    `offer` is what it was made on, whatever has been published since.
    """

    id: ReservationId
    buyer: Address
    padded_name: bytes
    offer: Offer
    units: int
    duration: int
    acknowledge_by: int
    start: int
    end: int
    state: State
    request: bytes
    access: bytes = b""
    reason: Reason | None = None
    delivered: int = 0
    paid: int = 0
    refunded: int = 0

    @property
    def name(self) -> str:
        """The buyer's name for it."""
        return decode_name(self.padded_name)

    @property
    def terms(self) -> Terms:
        """What the seller is bound to."""
        return self.offer.terms

    @property
    def seller(self) -> Address:
        """Who is paid."""
        return self.terms.seller

    @property
    def signers(self) -> tuple[Address, ...]:
        """Whose receipts count."""
        return tuple(each for each in (self.buyer, self.terms.verifier) if each != NOBODY)

    @property
    def rate(self) -> int:
        """What all units cost for a second, in the token's smallest unit."""
        return self.offer.price * self.units

    @property
    def escrow(self) -> int:
        """What the buyer paid in."""
        return self.rate * self.duration

    @property
    def elapsed(self) -> int:
        """Seconds from start to end."""
        return self.end - self.start

    @property
    def claim_by(self) -> int:
        """When anyone may settle a lease that is over, whatever was delivered."""
        return self.end + self.terms.level.claim_window

    def to_abi(self) -> tuple[object, ...]:
        """Return the struct as a call takes it."""
        return (
            self.terms.to_abi(),
            self.offer.to_abi(),
            self.buyer,
            self.padded_name,
            self.units,
            self.acknowledge_by,
            self.duration,
            self.start,
            self.end,
        )


@dataclass(frozen=True)
class Purse:
    """What an account has of a token, and how much of that the contract may take."""

    balance: int
    allowance: int


@dataclass(frozen=True)
class Call:
    """A function, its arguments in ABI form, and the wei that go with it; of the contract unless `to` says otherwise.

    One that `follows` can be tried only once the calls before it are made.
    """

    function: str
    arguments: tuple[object, ...]
    value: int = 0
    to: Address | None = None
    follows: bool = False
