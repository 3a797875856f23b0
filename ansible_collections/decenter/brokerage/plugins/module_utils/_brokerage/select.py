"""Which offers meet a requirement. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .documents import Description, from_bytes
from .errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .ids import Address
    from .types import Offer


@dataclass(frozen=True)
class Requirements:
    """What an offer has to have; None asks for nothing.

    `device` is a name, `max_price` for a unit for a second in the smallest unit of `token` (NOBODY is ETH),
    `availability` in basis points.
    """

    device: str | None = None
    region: str | None = None
    country: str | None = None
    tier: str | None = None
    cpus: int | None = None
    memory_mib: int | None = None
    disk_gib: int | None = None
    token: Address | None = None
    max_price: int | None = None
    availability: int | None = None
    seller: Address | None = None
    units: int | None = None
    duration: int | None = None

    def met_by(self, offer: Offer, description: Description) -> bool:
        """Whether one unit of the offer, and as many free units as wanted, will do."""
        region, unit, terms = description.region, description.unit, offer.terms
        return all(
            (
                self.device is None or self.device in {device.name for device in description.devices},
                self.region is None or self.region == region.name,
                self.country is None or self.country == region.country,
                self.tier is None or self.tier == region.tier,
                self.cpus is None or self.cpus <= unit.cpus,
                self.memory_mib is None or self.memory_mib <= unit.memory_mib,
                self.disk_gib is None or self.disk_gib <= unit.disk_gib,
                self.token is None or self.token == terms.token,
                self.max_price is None or offer.price <= self.max_price,
                self.availability is None or self.availability <= terms.level.availability,
                self.seller is None or self.seller == terms.seller,
                self.units is None or self.units <= offer.free,
                self.duration is None or terms.min_duration <= self.duration <= terms.max_duration,
            )
        )


def select(offers: Iterable[Offer], requirements: Requirements) -> list[tuple[Offer, Description]]:
    """Return the offers that meet the requirements, with their descriptions read, cheapest first.

    An offer whose description can't be read is for sale to nobody, and so left out.
    """
    found = [
        (offer, description)
        for offer in offers
        for description in _readable(offer)
        if requirements.met_by(offer, description)
    ]
    return sorted(found, key=lambda match: (match[0].price, match[0].id))


def _readable(offer: Offer) -> list[Description]:
    try:
        return [from_bytes(Description, offer.description)]
    except InvalidValue:
        return []
