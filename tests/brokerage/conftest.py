from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.brokerage.chain import ALL_CHAINS, Anvil, Chain, Market, deployed, open_market, started
from tests.brokerage.samples import ACCESS, DESCRIPTION, REQUEST, TERMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import Address


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on the chain that DECENTER_CHAIN names; with the mark `every_chain`, on each that there is."""
    if "chain" in metafunc.fixturenames:
        chosen = os.environ.get("DECENTER_CHAIN", "anvil")
        every = metafunc.definition.get_closest_marker("every_chain")
        metafunc.parametrize("chain", ALL_CHAINS if every else [chosen], indirect=True, scope="session")


@pytest.fixture(scope="session")
def chain(request: pytest.FixtureRequest) -> Iterator[Chain]:
    with started(request.param) as running:
        yield running


@pytest.fixture
def anvil(chain: Chain) -> Anvil:
    """Use what only anvil can be told to do."""
    if not isinstance(chain, Anvil):
        pytest.skip("Only anvil can be told to do this.")
    return chain


@pytest.fixture(scope="session")
def contract(chain: Chain) -> Address:
    return deployed(chain)


@pytest.fixture
def market(chain: Chain, contract: Address) -> Iterator[Market]:
    """Open a market without offers."""
    with chain.isolated():
        yield open_market(chain, contract)


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
