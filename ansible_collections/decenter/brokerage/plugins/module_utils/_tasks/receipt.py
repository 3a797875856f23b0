"""Sign receipts from measurements, and keep the best."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import plan, receipts
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import InvalidValue, ReceiptInvalid
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.evidence import Sample
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import reservation_id_from
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.receipts import (
    Domain,
    Receipt,
    SignedReceipt,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.records import Folder, verify

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Client, Node
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Reservation


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:
    """Have the best receipt on file; returns `receipt`, and why a candidate is `refused`."""
    client = _runner.at_contract(node, parameters)
    key = reservation_id_from(parameters["reservation"])
    folder = Folder(Path(parameters["receipts_dir"]))
    ledger = client.ledger()
    reservation, known = ledger.reservation(key), folder.read(key)
    refused: _runner.Result = {}
    try:
        planned = _plan(client, ledger, reservation, known, parameters)
    except ReceiptInvalid as error:
        planned, refused = plan.unchanged(known), {"refused": str(error)}
    if planned.changed and not check_mode:
        folder.write(key, planned.after)
    return {
        "changed": planned.changed,
        "diff": {"before": _view(planned.before), "after": _view(planned.after)},
        "receipt": _view(planned.after)["receipt"],
        **refused,
    }


def _plan(
    client: Client, ledger: Ledger, reservation: Reservation, known: plan.Records, parameters: _runner.Parameters
) -> plan.Plan[plan.Records]:
    if parameters["candidate"] is not None:
        candidate = _candidate(reservation, parameters["candidate"])
        verify(client, reservation, candidate)
        return plan.collect(ledger, reservation, known, candidate)
    if parameters["up"] is None and client.account not in reservation.signers:
        return plan.unchanged(known)
    sample = _sample(ledger, parameters)
    return plan.attest(reservation, client.account, known, sample, lambda receipt: _sign(client, receipt))


def _candidate(reservation: Reservation, given: object) -> SignedReceipt:
    """Read what a stranger wrote: nonsense is a receipt that is worth nothing."""
    try:
        return SignedReceipt.from_json(given) if isinstance(given, Mapping) else receipts.from_text(str(given))
    except InvalidValue as error:
        raise ReceiptInvalid(reservation.id, f"{error.what} has to be {error.rule}") from error


def _sample(ledger: Ledger, parameters: _runner.Parameters) -> Sample | None:
    if parameters["up"] is None:
        return None
    # A chain's clock may run ahead of ours, and it is the chain's that counts.
    at = parameters["at"] if parameters["at"] is not None else max(int(time.time()), ledger.now)
    return Sample.from_json({"at": at, "up": parameters["up"]})


def _sign(client: Client, receipt: Receipt) -> SignedReceipt:
    digest = Domain(client.node.chain_id, client.contract).digest(receipt)
    return SignedReceipt(receipt, client.account, client.node.key.sign_digest(digest))


def _view(records: plan.Records) -> dict[str, Any]:
    return {
        "samples": len(records.samples),
        "receipt": records.receipt.to_json() if records.receipt else None,
    }


TASK = _runner.Task(
    options={
        "reservation": {"type": "str", "required": True},
        "receipts_dir": {"type": "path", "required": True},
        "up": {"type": "bool"},
        "at": {"type": "int"},
        "candidate": {"type": "raw"},
    },
    mutually_exclusive=[("candidate", "up"), ("candidate", "at")],
    run=run,
)
