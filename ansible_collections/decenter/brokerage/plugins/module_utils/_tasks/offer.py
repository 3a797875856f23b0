"""Publish an offer, or take it off the market."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.documents import Description, to_bytes
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import Address, offer_id
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.sealing import SealingKey
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import offer_view

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Node
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Offer


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have the offer as wanted; returns `offer`."""
    client = _runner.at_contract(node, parameters)
    key = offer_id(client.account, parameters["name"])
    outcome = _runner.converge(
        client,
        look=lambda ledger: ledger.offers.get(key),
        plan=lambda ledger: _plan(ledger, client.account, parameters),
        check_mode=check_mode,
    )
    return {**outcome.result(_view), "offer": _view(outcome.after)}


def _plan(ledger: Ledger, seller: Address, parameters: _runner.Parameters) -> plan.Plan[Offer | None]:
    if parameters["state"] == "absent":
        return plan.retract(ledger, seller, parameters["name"])
    wanted = plan.WantedOffer(
        name=parameters["name"],
        price=parameters["price"],
        units=parameters["units"],
        min_duration=parameters["min_duration"],
        max_duration=parameters["max_duration"],
        acknowledge_within=parameters["acknowledge_within"],
        description=to_bytes(_description(parameters)),
    )
    return plan.publish(ledger, seller, wanted)


def _description(parameters: _runner.Parameters) -> Description:
    given = dict(parameters["description"])
    if parameters["sealing_private_key"] and not given["sealing_key"]:
        given["sealing_key"] = SealingKey.from_base64(parameters["sealing_private_key"]).public()
    return Description.from_json(given)


def _view(offer: Offer | None) -> dict[str, Any] | None:
    return offer_view(offer) if offer else None


def _required(kind: str) -> dict[str, Any]:
    return {"type": kind, "required": True}


TASK = _runner.Task(
    options={
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "name": _required("str"),
        "price": {"type": "int"},
        "units": {"type": "int"},
        "min_duration": {"type": "int"},
        "max_duration": {"type": "int"},
        "acknowledge_within": {"type": "int"},
        "description": {
            "type": "dict",
            "options": {
                "region": {
                    "type": "dict",
                    "required": True,
                    "options": {
                        "name": _required("str"),
                        "tier": _required("str"),
                        "country": _required("str"),
                        "latitude": _required("float"),
                        "longitude": _required("float"),
                    },
                },
                "unit": {
                    "type": "dict",
                    "required": True,
                    "options": {
                        "cpus": _required("int"),
                        "memory_mib": _required("int"),
                        "disk_gib": _required("int"),
                    },
                },
                "devices": {
                    "type": "list",
                    "elements": "dict",
                    "default": [],
                    "options": {"kind": _required("str"), "name": _required("str")},
                },
                "software": {"type": "list", "elements": "str", "default": []},
                "sealing_key": {"type": "str", "no_log": False},
            },
        },
        "sealing_private_key": {"type": "str", "no_log": True},
    },
    required_if=[
        (
            "state",
            "present",
            ("price", "units", "min_duration", "max_duration", "acknowledge_within", "description"),
        )
    ],
    run=run,
)
