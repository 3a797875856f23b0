"""Take what is owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Node


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have nothing owed to the account; returns `amount`, the wei that this run takes out."""
    client = _runner.at_contract(node, parameters)
    outcome = _runner.converge(
        client,
        look=lambda ledger: ledger.owed.get(client.account, 0),
        plan=lambda ledger: plan.withdraw(ledger, client.account),
        check_mode=check_mode,
    )
    return {
        **outcome.result(lambda owed: {"owed": owed}),
        "account": client.account,
        "amount": outcome.before - outcome.after,
    }


TASK = _runner.Task(options={}, run=run)
