"""Publish many offers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import offer_id
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import offer_view
from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.offer import NEEDED, OFFER, wanted

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Node


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have the offers as wanted; returns `offers`, in the order in which they were given."""
    client = _runner.at_contract(node, parameters)
    all_wanted = [wanted(each, parameters["sealing_private_key"]) for each in parameters["offers"]]
    keys = [offer_id(client.account, each.name) for each in all_wanted]
    outcome = _runner.converge(
        client,
        look=lambda ledger: tuple(ledger.offers.get(key) for key in keys),
        plan=lambda ledger: plan.publish(ledger, client.account, all_wanted),
        check_mode=check_mode,
    )
    return {**outcome.result(lambda offers: {"offers": _views(offers)}), "offers": _views(outcome.after)}


def _views(offers: plan.Offers) -> list[dict[str, Any] | None]:
    return [offer_view(offer) if offer else None for offer in offers]


TASK = _runner.Task(
    options={
        "offers": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {**OFFER, **{name: {**OFFER[name], "required": True} for name in NEEDED}},
        },
        "sealing_private_key": {"type": "str", "no_log": True},
    },
    run=run,
)
