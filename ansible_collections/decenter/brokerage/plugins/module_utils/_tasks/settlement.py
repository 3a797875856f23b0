"""Divide the escrow of what has ended."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import (
    Address,
    ReservationId,
    reservation_id_from,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.records import Folder
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Reservation, State
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import money_view, reservation_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Client, Node
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have it settled; returns `reservations`, and `payments`: what becomes owed to whom."""
    client = _runner.at_contract(node, parameters)
    client.node.await_own()
    named = parameters["reservation"]
    chosen = [reservation_id_from(named)] if named else _ended(client)
    folder = Folder(Path(parameters["receipts_dir"])) if parameters["receipts_dir"] else None

    def look(ledger: Ledger) -> tuple[Reservation, ...]:
        return tuple(ledger.reservation(each) for each in chosen)

    def planned(ledger: Ledger) -> plan.Plan[tuple[Reservation, ...]]:
        reservations = look(ledger)
        best = folder.valid(client, reservations) if folder else {}
        settlement = plan.settle(ledger, client.account, reservations, best)
        return plan.insist(settlement) if named else settlement

    outcome = _runner.converge(client, look, planned, check_mode=check_mode)
    return {
        **outcome.result(lambda each: {"reservations": _views(each)}),
        "reservations": _views(outcome.after),
        "payments": _payments(outcome.after),
    }


def _ended(client: Client) -> list[ReservationId]:
    return [
        each.id
        for each in client.ledger().reservations.values()
        if each.state is State.ENDED and client.account in (each.buyer, each.seller)
    ]


def _payments(reservations: Iterable[Reservation]) -> list[_runner.Result]:
    owed: dict[Address, Counter[Address]] = {}
    for each in reservations:
        for account, amount in ((each.seller, each.paid), (each.buyer, each.refunded)):
            owed.setdefault(account, Counter())[each.terms.token] += amount
    return [{"account": account, **money} for account, amounts in owed.items() for money in money_view(+amounts)]


def _views(reservations: tuple[Reservation, ...]) -> list[_runner.Result]:
    return [reservation_view(each) for each in reservations]


TASK = _runner.Task(options={"reservation": {"type": "str"}, "receipts_dir": {"type": "path"}}, run=run)
