"""List offers that meet requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import NOBODY, address
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.select import Requirements, select
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import offer_view

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Node


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:  # noqa: ARG001 (reads only)
    """Return `offers`, cheapest first."""
    wanted = dict(parameters["requirements"] or {})
    if parameters["seller"]:
        wanted["seller"] = parameters["seller"]
    if wanted.get("seller"):
        wanted["seller"] = address(wanted["seller"], "seller")
    if parameters["requirements"]:
        wanted["token"] = address(wanted["token"], "token") if wanted["token"] else NOBODY
    offers = _runner.at_contract(node, parameters).ledger().offers.values()
    return {"changed": False, "offers": [offer_view(offer) for offer, _ in select(offers, Requirements(**wanted))]}


TASK = _runner.Task(
    options={
        "seller": {"type": "str"},
        "requirements": {
            "type": "dict",
            "options": {
                "device": {"type": "str"},
                "region": {"type": "str"},
                "country": {"type": "str"},
                "tier": {"type": "str"},
                "cpus": {"type": "int"},
                "memory_mib": {"type": "int"},
                "disk_gib": {"type": "int"},
                "token": {"type": "str", "no_log": False},
                "max_price": {"type": "int"},
                "availability": {"type": "int"},
                "seller": {"type": "str"},
                "units": {"type": "int", "default": 1},
                "duration": {"type": "int"},
            },
        },
    },
    run=run,
)
