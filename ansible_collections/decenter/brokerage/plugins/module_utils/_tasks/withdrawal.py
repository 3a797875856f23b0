"""Take what is owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import NOBODY, Address, address
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import money_view

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Node
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have nothing owed to the account; returns `withdrawn`, what this run takes out."""
    client = _runner.at_contract(node, parameters)
    token = _token(parameters["token"])

    def look(ledger: Ledger) -> dict[Address, int]:
        return {each: amount for each, amount in ledger.owed_to(client.account).items() if token in (None, each)}

    outcome = _runner.converge(
        client, look, lambda ledger: plan.withdraw(ledger, client.account, token), check_mode=check_mode
    )
    taken = {each: amount - outcome.after.get(each, 0) for each, amount in outcome.before.items()}
    return {
        **outcome.result(lambda owed: {"owed": money_view(owed)}),
        "account": client.account,
        "withdrawn": money_view({each: amount for each, amount in taken.items() if amount}),
    }


def _token(given: str | None) -> Address | None:
    if given == "ETH":
        return NOBODY
    return address(given, "token") if given else None


TASK = _runner.Task(options={"token": {"type": "str", "no_log": False}}, run=run)
