"""How offers and reservations look in the results of modules: JSON's types, amounts as whole numbers of wei.

Whole numbers and not strings: Ansible and Python keep them exact and compare them rightly. What reads the results with
64-bit floats has to turn amounts into strings first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .documents import Description, from_bytes, to_json
from .errors import InvalidValue

if TYPE_CHECKING:
    from .types import Offer, Reservation


def offer_view(offer: Offer) -> dict[str, Any]:
    """Return the offer as documented under RETURN of offer and offer_info."""
    terms = offer.terms
    return {
        "id": offer.id,
        "seller": terms.seller,
        "name": terms.name,
        "terms": {
            "price": terms.price,
            "min_duration": terms.min_duration,
            "max_duration": terms.max_duration,
            "acknowledge_within": terms.acknowledge_within,
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
        "buyer": reservation.buyer,
        "seller": reservation.seller,
        "offer": reservation.offer,
        "description": _description(reservation.description),
        "price": reservation.price,
        "units": reservation.units,
        "duration": reservation.duration,
        "escrow": reservation.escrow,
        "acknowledge_by": reservation.acknowledge_by,
        "start": reservation.start,
        "end": reservation.end,
        "paid": reservation.paid,
        "refunded": reservation.refunded,
    }


def _description(published: bytes) -> dict[str, Any]:
    try:
        return to_json(from_bytes(Description, published))
    except InvalidValue:
        return {}
