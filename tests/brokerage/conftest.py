from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.brokerage.chain import Chain, Market, anvil, open_market
from tests.brokerage.samples import ACCESS, DESCRIPTION, REQUEST, TERMS


@pytest.fixture(scope="session")
def chain() -> Iterator[Chain]:
    with anvil() as running:
        yield running


@pytest.fixture(scope="session")
def _opened(chain: Chain) -> Market:
    return open_market(chain)


@pytest.fixture
def market(chain: Chain, _opened: Market) -> Iterator[Market]:
    """A market without offers; the next test finds it as this one did."""
    snapshot = chain.rpc("evm_snapshot")
    yield _opened
    chain.rpc("evm_revert", snapshot)


@pytest.fixture
def offer(market: Market) -> dict[str, Any]:
    """The seller's offer of two units."""
    sealing = market.seller.sealing_key.to_base64()
    published = market.run("offer", market.seller, **TERMS, description=DESCRIPTION, sealing_private_key=sealing)
    return dict(published["offer"])


@pytest.fixture
def wanted(market: Market, offer: dict[str, Any]) -> dict[str, Any]:
    """Options with which the buyer reserves a unit."""
    return {
        "name": "korea-1",
        "offer": offer["id"],
        "duration": 600,
        "request": REQUEST,
        "sealing_private_key": market.buyer.sealing_key.to_base64(),
    }


@pytest.fixture
def requested(market: Market, wanted: dict[str, Any]) -> dict[str, Any]:
    """The buyer's reservation, not yet acknowledged."""
    return dict(market.run("reservation", market.buyer, **wanted)["reservation"])


@pytest.fixture
def handover(market: Market, requested: dict[str, Any]) -> dict[str, Any]:
    """Options with which the seller acknowledges it."""
    return {
        "reservation": requested["id"],
        "access": ACCESS,
        "sealing_private_key": market.seller.sealing_key.to_base64(),
    }


@pytest.fixture
def active(market: Market, handover: dict[str, Any]) -> dict[str, Any]:
    """The reservation, acknowledged."""
    return dict(market.run("acknowledgement", market.seller, **handover)["reservation"])
