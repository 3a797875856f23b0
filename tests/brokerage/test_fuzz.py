"""The pay in Python against the pay in Solidity, on a chain, in random cases."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.payment import FULL, paid_seconds
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import ServiceLevel

if TYPE_CHECKING:
    from tests.brokerage.chain import Market

pytestmark = pytest.mark.chain

# More in a long run: DECENTER_FUZZ_RUNS=100000.
RUNS = int(os.environ.get("DECENTER_FUZZ_RUNS", "300"))
_SIGNATURE = "paidSeconds(uint32,uint32,uint16,uint8)"


def _near(chance: random.Random, limit: int, *edges: int) -> int:
    """Return a whole number from 0 to the limit, as often as not next to an edge."""
    if chance.random() < 0.5:
        return chance.randint(0, limit)
    return min(max(chance.choice((0, limit, *edges)) + chance.randint(-2, 2), 0), limit)


def test_python_pays_what_solidity_pays(market: Market) -> None:
    seed = random.SystemRandom().getrandbits(64)
    chance = random.Random(seed)  # noqa: S311 (to be repeated, from the seed in the message)
    for _ in range(RUNS):
        elapsed = _near(chance, 2**32 - 1, 1, 3600, 86_400)
        availability = _near(chance, FULL, 9_900)
        delivered = _near(chance, elapsed, elapsed * availability // FULL)
        level = ServiceLevel(availability, chance.randint(1, 10), receipt_interval=60, claim_window=60, notice=0)
        case = (elapsed, delivered, availability, level.shortfall_multiple)

        paid = market.chain.read(market.contract, _SIGNATURE, *case)

        assert paid_seconds(level, elapsed, delivered) == paid, (seed, case)
        assert 0 <= paid <= delivered, (seed, case)
