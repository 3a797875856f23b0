"""How offers and reservations look in the results of modules: JSON's types, amounts as whole numbers.

Whole numbers and not strings: Ansible and Python keep them exact and compare them rightly. What reads the results with
64-bit floats has to turn amounts into strings first.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .documents import Description, from_bytes, to_json
from .errors import InvalidValue
from .ids import NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .ids import Address
    from .types import Offer, Reservation


def offer_view(offer: Offer) -> dict[str, Any]:
    """Return the offer as documented under RETURN of offer and offer_info."""
    terms = offer.terms
    return {
        "id": offer.id,
        "seller": terms.seller,
        "name": offer.name,
        "price": offer.price,
        "terms": {
            "token": _somebody(terms.token),
            "verifier": _somebody(terms.verifier),
            "min_duration": terms.min_duration,
            "max_duration": terms.max_duration,
            "acknowledge_within": terms.acknowledge_within,
            "service_level": asdict(terms.level),
        },
        "units": offer.units,
        "reserved": offer.reserved,
        "free": offer.free,
        "description": _description(offer.description),
    }


def reservation_view(reservation: Reservation) -> dict[str, Any]:
    """Return the reservation as documented under RETURN of reservation and reservation_info, nothing sealed in it."""
    return {
        "id": reservation.id,
        "name": reservation.name,
        "state": reservation.state.value,
        "reason": reservation.reason.value if reservation.reason else None,
        "buyer": reservation.buyer,
        "seller": reservation.seller,
        "verifier": _somebody(reservation.terms.verifier),
        "offer": reservation.offer.id,
        "description": _description(reservation.offer.description),
        "token": _somebody(reservation.terms.token),
        "price": reservation.offer.price,
        "units": reservation.units,
        "duration": reservation.duration,
        "service_level": asdict(reservation.terms.level),
        "escrow": reservation.escrow,
        "acknowledge_by": reservation.acknowledge_by,
        "start": reservation.start,
        "end": reservation.end,
        "delivered": reservation.delivered,
        "paid": reservation.paid,
        "refunded": reservation.refunded,
    }


def money_view(amounts: Mapping[Address, int]) -> list[dict[str, Any]]:
    """Return amounts by token as modules show them."""
    return [{"token": _somebody(token), "amount": amount} for token, amount in amounts.items()]


def _somebody(account: Address) -> str | None:
    return None if account == NOBODY else account


def _description(published: bytes) -> dict[str, Any]:
    try:
        return to_json(from_bytes(Description, published))
    except InvalidValue:
        return {}
