"""Put the contract on a chain."""

from __future__ import annotations

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import (
    Deployment,
    Node,
    deploy,
    find_deployment,
    simulate_deployment,
)


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have the contract on the chain; returns `contract_address`, `from_block` and `chain_id`."""
    before = _find(node, parameters)
    if before is None and check_mode:
        simulate_deployment(node)
    after = before or (None if check_mode else deploy(node))
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
    return find_deployment(node)


def _view(deployment: Deployment | None) -> _runner.Result:
    if deployment is None:
        return {}
    return {"contract_address": deployment.contract, "from_block": deployment.from_block}


TASK = _runner.Task(
    options={"contract_address": {**_runner.CONTRACT_OPTIONS["contract_address"], "required": False}}, run=run
)
