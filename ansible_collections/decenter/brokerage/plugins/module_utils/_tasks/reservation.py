"""Reserve units of an offer, or give them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.documents import (
    Description,
    Request,
    from_bytes,
    to_json,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import ReservationOver
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import offer_id_from, reservation_id
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.sealing import Seal, SealingKey
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Offer, Reservation, State
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import reservation_view

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Client, Node
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have the reservation as wanted; returns `reservation`, with its access where there is one to open."""
    client = _runner.at_contract(node, parameters)
    key = reservation_id(client.account, parameters["name"])
    seal = Seal(node.chain_id, client.contract, key)
    given = parameters["sealing_private_key"]
    sealing_key = SealingKey.from_base64(given) if given else None

    def planned(ledger: Ledger) -> plan.Plan[Reservation | None]:
        if parameters["state"] == "absent":
            return plan.give_back(ledger, client.account, parameters["name"])
        wanted = plan.WantedReservation(
            name=parameters["name"],
            offer=offer_id_from(parameters["offer"]),
            units=parameters["units"],
            duration=parameters["duration"],
            max_cost=parameters["max_cost"],
        )
        request = _request(parameters["request"], sealing_key)
        buyer = plan.Buyer(client.account, client.contract, client.purse)
        return plan.reserve(ledger, buyer, wanted, lambda offer: _sealed(seal, request, offer))

    outcome = _runner.converge(client, lambda ledger: ledger.reservations.get(key), planned, check_mode=check_mode)
    after = outcome.after
    if after and parameters["wait"] == "acknowledged" and parameters["state"] == "present" and not check_mode:
        after = _acknowledged(client, after, parameters["wait_timeout"])
    view = _view(after)
    if view and after and after.access and sealing_key:
        view["access"] = to_json(seal.open_access(after.access, sealing_key))
    return {**outcome.result(_view), "reservation": view}


def _request(given: dict[str, Any], sealing_key: SealingKey | None) -> Request:
    if sealing_key and not given["sealing_key"]:
        given = {**given, "sealing_key": sealing_key.public()}
    return Request.from_json(given)


def _sealed(seal: Seal, request: Request, offer: Offer) -> bytes:
    return seal.close(request, from_bytes(Description, offer.description).sealing_key)


def _acknowledged(client: Client, reservation: Reservation, seconds: float) -> Reservation:
    client.await_answer(reservation, seconds)
    answered = client.ledger().reservation(reservation.id)
    if answered.state is not State.ACTIVE:
        raise ReservationOver(answered.name, answered.state.value)
    return answered


def _view(reservation: Reservation | None) -> dict[str, Any] | None:
    return reservation_view(reservation) if reservation else None


TASK = _runner.Task(
    options={
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "name": {"type": "str", "required": True},
        "offer": {"type": "str"},
        "units": {"type": "int", "default": 1},
        "duration": {"type": "int"},
        "max_cost": {"type": "int"},
        "request": {
            "type": "dict",
            "options": {
                "sealing_key": {"type": "str", "no_log": False},
                "ssh_public_key": {"type": "str", "required": True, "no_log": False},
                "vpn": {
                    "type": "dict",
                    "required": True,
                    "options": {
                        "driver": {"type": "str", "required": True},
                        "address": {"type": "str", "required": True},
                        "network": {"type": "dict", "required": True},
                    },
                },
            },
        },
        "sealing_private_key": {"type": "str", "no_log": True},
        "wait": {"type": "str", "choices": ["none", "acknowledged"], "default": "none"},
        "wait_timeout": {"type": "float", "default": 300.0},
    },
    required_if=[("state", "present", ("offer", "duration", "request"))],
    run=run,
)
