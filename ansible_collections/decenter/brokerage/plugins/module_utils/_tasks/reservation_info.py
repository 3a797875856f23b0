"""List the reservations of an account, and open what is sealed to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.documents import to_json
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import Unsealable
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import Address, address, offer_id_from
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.sealing import Seal, SealingKey
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.views import reservation_view

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Node
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Reservation


def run(node: Node, parameters: _runner.Parameters, check_mode: bool) -> _runner.Result:  # noqa: ARG001 (reads only)
    """Return `reservations`, oldest first."""
    client = _runner.at_contract(node, parameters)
    account = address(parameters["account"], "account") if parameters["account"] else client.account
    given = parameters["sealing_private_key"]
    sealing_key = SealingKey.from_base64(given) if given else None
    found: list[Reservation] = []
    for ledger in client.ledgers(parameters["wait_timeout"]):
        found = [each for each in ledger.reservations.values() if _wanted(each, account, parameters)]
        if found:
            break
    return {
        "changed": False,
        "reservations": [
            {
                **reservation_view(each),
                **_opened(each, account, Seal(node.chain_id, client.contract, each.id), sealing_key),
            }
            for each in found
        ],
    }


def _wanted(reservation: Reservation, account: Address, parameters: _runner.Parameters) -> bool:
    accounts = {"buyer": reservation.buyer, "seller": reservation.seller}
    role, states = parameters["role"], parameters["states"]
    offer, name = parameters["offer"], parameters["name"]
    return (
        (account == accounts[role] if role else account in accounts.values())
        and (states is None or reservation.state.value in states)
        and (offer is None or reservation.offer.id == offer_id_from(offer))
        and (name is None or reservation.name == name)
    )


def _opened(reservation: Reservation, account: Address, seal: Seal, sealing_key: SealingKey | None) -> _runner.Result:
    """Open what is for the account, or say why that can't be: a stranger's nonsense mustn't hide the rest."""
    opened: _runner.Result = {}
    if sealing_key and account == reservation.seller:
        try:
            opened["request"] = to_json(seal.open_request(reservation.request, sealing_key))
        except Unsealable as error:
            opened["request_error"] = str(error)
    if sealing_key and account == reservation.buyer and reservation.access:
        try:
            opened["access"] = to_json(seal.open_access(reservation.access, sealing_key))
        except Unsealable as error:
            opened["access_error"] = str(error)
    return opened


TASK = _runner.Task(
    options={
        "account": {"type": "str"},
        "role": {"type": "str", "choices": ["buyer", "seller"]},
        "states": {
            "type": "list",
            "elements": "str",
            "choices": ["requested", "active", "ended", "settled", "declined", "cancelled"],
        },
        "offer": {"type": "str"},
        "name": {"type": "str"},
        "sealing_private_key": {"type": "str", "no_log": True},
        "wait_timeout": {"type": "float", "default": 0.0},
    },
    run=run,
)
