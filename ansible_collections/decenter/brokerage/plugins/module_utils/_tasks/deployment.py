"""Put the contract on a chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import deployment
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.deployment import Deployment

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Node


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have the contract on the chain; returns `contract_address`, `from_block` and `chain_id`."""
    before = _find(node, parameters)
    if before is None and check_mode:
        deployment.simulate(node)
    after = before or (Deployment(deployment.contract_address(), 0) if check_mode else deployment.deploy(node))
    return {
        "changed": before is None,
        "diff": {"before": _view(before), "after": _view(after)},
        "chain_id": node.chain_id,
        **_view(after),
    }


def _find(node: Node, parameters: _runner.Parameters) -> Deployment | None:
    if parameters["contract_address"]:
        return Deployment(_runner.at_contract(node, parameters).contract, parameters["from_block"])
    node.await_own()
    return deployment.find(node)


def _view(found: Deployment | None) -> _runner.Result:
    if found is None:
        return {}
    return {"contract_address": found.contract, "from_block": found.from_block}


TASK = _runner.Task(
    options={"contract_address": {**_runner.CONTRACT_OPTIONS["contract_address"], "required": False}}, run=run
)
