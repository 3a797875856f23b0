"""Which offers meet a requirement."""

from __future__ import annotations

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.documents import Description, to_bytes
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import (
    NOBODY,
    Address,
    encode_name,
    offer_id,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.select import Requirements, select
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Offer, ServiceLevel, Terms
from tests.brokerage.samples import DESCRIPTION, SEALING_KEY

SELLER = Address("0x" + "11" * 20)
DESCRIBED = to_bytes(Description.from_json({**DESCRIPTION, "sealing_key": SEALING_KEY}))


def offer(name: str = "seoul", price: int = 1_000, description: bytes = DESCRIBED) -> Offer:
    terms = Terms(SELLER, NOBODY, NOBODY, 60, 3600, 300, ServiceLevel(9_900, 2, 60, 60, 60))
    return Offer(offer_id(SELLER, name), encode_name(name), terms, price, 2, 1, description)


@pytest.mark.parametrize(
    "requirements",
    [
        Requirements(device="camkor2"),
        Requirements(region="seoul-keti"),
        Requirements(country="IT"),
        Requirements(tier="cloud"),
        Requirements(cpus=3),
        Requirements(memory_mib=2049),
        Requirements(disk_gib=11),
        Requirements(token=SELLER),
        Requirements(max_price=999),
        Requirements(availability=9_901),
        Requirements(seller=Address("0x" + "12" * 20)),
        Requirements(units=2),
        Requirements(duration=59),
        Requirements(duration=3601),
        Requirements(device="camkor1", cpus=3),
    ],
)
def test_an_offer_that_lacks_something_is_left_out(requirements: Requirements) -> None:
    assert select([offer()], requirements) == []


def test_an_offer_that_has_everything_is_found() -> None:
    requirements = Requirements(
        device="camkor1",
        region="SEOUL-KETI",
        country="KR",
        tier="edge",
        cpus=2,
        memory_mib=2048,
        disk_gib=10,
        token=NOBODY,
        max_price=1_000,
        availability=9_900,
        seller=SELLER,
        units=1,
        duration=3600,
    )

    assert [found for found, _ in select([offer()], requirements)] == [offer()]


def test_the_cheapest_comes_first() -> None:
    offers = [offer("dear", 3), offer("cheap", 1), offer("middling", 2)]

    assert [found.name for found, _ in select(offers, Requirements())] == ["cheap", "middling", "dear"]


def test_nonsense_hides_nothing() -> None:
    assert [found.name for found, _ in select([offer("a", 1, b"\xff"), offer("b")], Requirements())] == ["b"]
