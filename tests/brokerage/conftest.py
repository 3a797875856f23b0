from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.brokerage.chain import Chain, Market, anvil, open_market
from tests.brokerage.samples import ACCESS, DESCRIPTION, REQUEST, TERMS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def chain() -> Iterator[Chain]:
    with anvil() as running:
        yield running


@pytest.fixture(scope="session")
def _opened(chain: Chain) -> Market:
    return open_market(chain)


@pytest.fixture
def market(chain: Chain, _opened: Market) -> Iterator[Market]:
    """Open a market without offers; the next test finds it as this one did."""
    snapshot = chain.rpc("evm_snapshot")
    yield _opened
    chain.rpc("evm_revert", snapshot)


@pytest.fixture
def offer(market: Market) -> dict[str, Any]:
    """Publish the seller's offer of two units."""
    sealing = market.seller.sealing_key.to_base64()
    published = market.run("offer", market.seller, **TERMS, description=DESCRIPTION, sealing_private_key=sealing)
    return dict(published["offer"])


@pytest.fixture
def wanted(market: Market, offer: dict[str, Any]) -> dict[str, Any]:
    """Return options with which the buyer reserves a unit."""
    return {
        "name": "korea-1",
        "offer": offer["id"],
        "duration": 600,
        "request": REQUEST,
        "sealing_private_key": market.buyer.sealing_key.to_base64(),
    }


@pytest.fixture
def requested(market: Market, wanted: dict[str, Any]) -> dict[str, Any]:
    """Reserve a unit, which is not acknowledged yet."""
    return dict(market.run("reservation", market.buyer, **wanted)["reservation"])


@pytest.fixture
def handover(market: Market, requested: dict[str, Any]) -> dict[str, Any]:
    """Return options with which the seller acknowledges it."""
    return {
        "reservation": requested["id"],
        "access": ACCESS,
        "sealing_private_key": market.seller.sealing_key.to_base64(),
    }


@pytest.fixture
def active(market: Market, handover: dict[str, Any]) -> dict[str, Any]:
    """Reserve a unit, and acknowledge it."""
    return dict(market.run("acknowledgement", market.seller, **handover)["reservation"])
