"""Publish an offer, or take it off the market."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.documents import Description, to_bytes
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import (
    NOBODY,
    Address,
    address,
    offer_id,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.sealing import SealingKey
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import ServiceLevel
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import offer_view

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Node
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have the offer as wanted; returns `offer`."""
    client = _runner.at_contract(node, parameters)
    key = offer_id(client.account, parameters["name"])
    outcome = _runner.converge(
        client,
        look=lambda ledger: (ledger.offers.get(key),),
        plan=lambda ledger: _plan(ledger, client.account, parameters),
        check_mode=check_mode,
    )
    return {**outcome.result(_view), "offer": _view(outcome.after)}


def _plan(ledger: Ledger, seller: Address, parameters: _runner.Parameters) -> plan.Plan[plan.Offers]:
    if parameters["state"] == "absent":
        return plan.retract(ledger, seller, parameters["name"])
    return plan.publish(ledger, seller, [wanted(parameters, parameters["sealing_private_key"])])


def wanted(given: _runner.Parameters, sealing_private_key: str | None) -> plan.WantedOffer:
    """Return the offer that the options, validated, ask for. Raises InvalidValue."""
    return plan.WantedOffer(
        name=given["name"],
        price=given["price"],
        units=given["units"],
        min_duration=given["min_duration"],
        max_duration=given["max_duration"],
        acknowledge_within=given["acknowledge_within"],
        description=to_bytes(_description(given["description"], sealing_private_key)),
        level=ServiceLevel(**given["service_level"]),
        token=address(given["token"], "token") if given["token"] else NOBODY,
        verifier=address(given["verifier"], "verifier") if given["verifier"] else NOBODY,
    )


def _description(given: dict[str, Any], sealing_private_key: str | None) -> Description:
    if sealing_private_key and not given["sealing_key"]:
        given = {**given, "sealing_key": SealingKey.from_base64(sealing_private_key).public()}
    return Description.from_json(given)


def _view(offers: plan.Offers) -> dict[str, Any] | None:
    return offer_view(offers[0]) if offers[0] else None


def _required(kind: str) -> dict[str, Any]:
    return {"type": kind, "required": True}


OFFER: dict[str, Any] = {
    "name": _required("str"),
    "price": {"type": "int"},
    "token": {"type": "str", "no_log": False},
    "units": {"type": "int"},
    "min_duration": {"type": "int"},
    "max_duration": {"type": "int"},
    "acknowledge_within": {"type": "int"},
    "verifier": {"type": "str"},
    "service_level": {
        "type": "dict",
        "apply_defaults": True,
        "options": {
            "availability": {"type": "int", "default": 9900},
            "shortfall_multiple": {"type": "int", "default": 2},
            "receipt_interval": {"type": "int", "default": 3600},
            "claim_window": {"type": "int", "default": 86400},
            "notice": {"type": "int", "default": 3600},
        },
    },
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
}

NEEDED = ("price", "units", "min_duration", "max_duration", "acknowledge_within", "description")

TASK = _runner.Task(
    options={
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **OFFER,
        "sealing_private_key": {"type": "str", "no_log": True},
    },
    required_if=[("state", "present", NEEDED)],
    run=run,
)
