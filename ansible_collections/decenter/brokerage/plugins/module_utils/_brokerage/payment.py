"""What a lease pays, as the contract's `Payment.sol` has it, for previews. Pure, and nothing is rounded in wei."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .types import ServiceLevel

# Basis points: an availability of all the time.
FULL = 10_000


@dataclass(frozen=True)
class Payment:
    """How an escrow is divided, in wei: `paid` to the seller, `refunded` to the buyer."""

    paid: int
    refunded: int


def paid_seconds(level: ServiceLevel, elapsed: int, delivered: int) -> int:
    """Return how many of a lease's seconds are paid for.

    Args:
        level: what the seller promised.
        elapsed: seconds from the lease's start to its end.
        delivered: seconds that the receipt vouches for, at most `elapsed`.

    """
    promised = -(-elapsed * level.availability // FULL)
    shortfall = max(0, promised - delivered)
    return max(0, delivered - (level.shortfall_multiple - 1) * shortfall)


def divide(escrow: int, price: int, level: ServiceLevel, elapsed: int, delivered: int) -> Payment:
    """Divide the escrow of a lease; `price` in wei for all of its units for one second."""
    paid = price * paid_seconds(level, elapsed, delivered)
    return Payment(paid, escrow - paid)
