"""Divide the escrow of what has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import (
    ReservationId,
    reservation_id_from,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Reservation, State
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import reservation_view

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Client, Node
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have it settled; returns `reservations`, and in wei what their escrow became: `paid` and `refunded`."""
    client = _runner.at_contract(node, parameters)
    client.node.await_own()
    chosen = [reservation_id_from(parameters["reservation"])] if parameters["reservation"] else _ended(client)

    def look(ledger: Ledger) -> tuple[Reservation, ...]:
        return tuple(ledger.reservation(each) for each in chosen)

    outcome = _runner.converge(client, look, lambda ledger: plan.settle(look(ledger)), check_mode=check_mode)
    return {
        **outcome.result(lambda each: {"reservations": _view(each)}),
        "reservations": _view(outcome.after),
        "paid": sum(each.paid for each in outcome.after),
        "refunded": sum(each.refunded for each in outcome.after),
    }


def _ended(client: Client) -> list[ReservationId]:
    return [
        each.id
        for each in client.ledger().reservations.values()
        if each.state is State.ENDED and client.account in (each.buyer, each.seller)
    ]


def _view(reservations: tuple[Reservation, ...]) -> list[_runner.Result]:
    return [reservation_view(each) for each in reservations]


TASK = _runner.Task(options={"reservation": {"type": "str"}}, run=run)
