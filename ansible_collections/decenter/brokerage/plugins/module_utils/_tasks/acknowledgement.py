"""Acknowledge, decline or revoke a reservation of one's offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.documents import Access
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import NotTheSeller
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import reservation_id_from
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.sealing import Seal, SealingKey
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Reason
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import reservation_view

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Node
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Reservation


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have the reservation as wanted; returns `reservation`."""
    client = _runner.at_contract(node, parameters)
    key = reservation_id_from(parameters["reservation"])
    seal = Seal(node.chain_id, client.contract, key)
    reason = Reason(parameters["reason"])

    def sealed(reservation: Reservation) -> bytes:
        request = seal.open_request(reservation.request, SealingKey.from_base64(parameters["sealing_private_key"]))
        return seal.close(Access.from_json(parameters["access"]), request.sealing_key)

    def planned(ledger: Ledger) -> plan.Plan[Reservation]:
        reservation = ledger.reservation(key)
        if reservation.seller != client.account:
            raise NotTheSeller(client.account, reservation.seller)
        if parameters["state"] == "declined":
            return plan.decline(reservation, reason)
        if parameters["state"] == "revoked":
            return plan.revoke(ledger, reservation, reason)
        return plan.acknowledge(ledger, reservation, sealed)

    outcome = _runner.converge(client, lambda ledger: ledger.reservation(key), planned, check_mode=check_mode)
    return {**outcome.result(reservation_view), "reservation": reservation_view(outcome.after)}


TASK = _runner.Task(
    options={
        "reservation": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "declined", "revoked"], "default": "present"},
        "reason": {"type": "str", "choices": [each.value for each in Reason], "default": Reason.UNSPECIFIED.value},
        "access": {
            "type": "dict",
            "options": {
                "vpn": {
                    "type": "dict",
                    "required": True,
                    "options": {"identity": {"type": "str", "required": True}},
                },
                "ssh": {
                    "type": "dict",
                    "required": True,
                    "options": {
                        "user": {"type": "str", "required": True},
                        "host_key": {"type": "str", "required": True, "no_log": False},
                        "port": {"type": "int", "default": 22},
                    },
                },
                "devices": {
                    "type": "list",
                    "elements": "dict",
                    "default": [],
                    "options": {
                        "kind": {"type": "str", "required": True},
                        "name": {"type": "str", "required": True},
                        "url": {"type": "str", "required": True},
                        "username": {"type": "str", "required": True},
                        "password": {"type": "str", "required": True, "no_log": True},
                    },
                },
            },
        },
        "sealing_private_key": {"type": "str", "no_log": True},
    },
    required_if=[("state", "present", ("access", "sealing_private_key"))],
    run=run,
)
