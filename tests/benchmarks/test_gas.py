"""What the market costs is what gas.json says, and no more than was aimed at."""

import json

import pytest

from tests.benchmarks import gas
from tests.brokerage.chain import started

AIMS = {
    "offer": 60_000,
    "offer_in_batch": 30_000,
    "reserve": 60_000,
    "acknowledge": 40_000,
    "settle": 60_000,
    "settle_divided": 60_000,
    "lifecycle": 240_000,
}


@pytest.mark.chain
def test_gas_is_what_the_snapshot_says() -> None:
    with started("anvil") as chain:
        figures = gas.measure(chain)

    assert figures == json.loads(gas.SNAPSHOT.read_text(encoding="utf-8")), (
        "Run `python -m tests.benchmarks.gas --write`, and read the difference."
    )


@pytest.mark.parametrize(("operation", "aim"), AIMS.items())
def test_aims_are_met(operation: str, aim: int) -> None:
    assert json.loads(gas.SNAPSHOT.read_text(encoding="utf-8"))[operation] <= aim
