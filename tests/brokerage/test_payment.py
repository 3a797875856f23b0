"""What a lease pays. tests/brokerage/test_fuzz.py holds it against the contract."""

from __future__ import annotations

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.payment import Payment, divide, paid_seconds
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import ServiceLevel


def level(availability: int, multiple: int) -> ServiceLevel:
    return ServiceLevel(availability, multiple, receipt_interval=60, claim_window=60, notice=0)


@pytest.mark.parametrize(
    ("availability", "multiple", "elapsed", "delivered", "paid"),
    [
        (9_900, 3, 1_000, 0, 0),
        (9_900, 3, 1_000, 660, 0),
        (9_900, 3, 1_000, 661, 3),
        (9_900, 3, 1_000, 989, 987),
        (9_900, 3, 1_000, 990, 990),
        (9_900, 3, 1_000, 1_000, 1_000),
        # A promise is rounded up to the second: 99 % of 1001 s is 991 s.
        (9_900, 2, 1_001, 990, 989),
        (9_900, 2, 1_001, 991, 991),
        # A multiple of one takes a shortfall's share and no more; no promise can't be broken.
        (10_000, 1, 1_000, 1, 1),
        (0, 10, 1_000, 1, 1),
        (10_000, 10, 0, 0, 0),
    ],
)
def test_seconds_paid_for(availability: int, multiple: int, elapsed: int, delivered: int, paid: int) -> None:
    assert paid_seconds(level(availability, multiple), elapsed, delivered) == paid


def test_the_parts_are_the_escrow() -> None:
    assert divide(3_000, 3, level(9_000, 2), elapsed=500, delivered=400) == Payment(paid=1_050, refunded=1_950)
