"""What the chain says of this federation: who was paid how much, who has how much."""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Client, Node
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import Address, address
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Reservation, State
from demo.paths import STATE

_PARTIES = {"buyer": "provider-a", "seller": "provider-b"}


@dataclass(frozen=True)
class Statement:
    """A settled reservation: amounts in wei, seconds from acknowledgement to release and those of them delivered."""

    reservation: str
    buyer: str
    seller: str
    elapsed: int
    delivered: int
    paid: int
    refunded: int


def connect() -> Client:
    """Connect to the market that this federation's chain.yml names; raises BrokerageError."""
    chain = yaml.safe_load((STATE / "chain.yml").read_text())
    node = Node.connect(chain["rpc_url"], chain["chain_id"])
    return Client.connect(node, address(chain["contract_address"]), chain["from_block"])


def account(party: str) -> Address:
    """Return the account of the `buyer` or the `seller`."""
    return address((STATE / "keys" / _PARTIES[party] / "account.address").read_text().strip())


def reservations() -> Sequence[Reservation]:
    """Return all reservations, oldest first."""
    return list(connect().ledger().reservations.values())


def statement() -> Sequence[Statement]:
    """Return a line for each settled reservation, oldest first."""
    return [
        Statement(r.name, r.buyer, r.seller, r.elapsed, r.delivered, r.paid, r.refunded)
        for r in reservations()
        if r.state is State.SETTLED
    ]


def balances() -> dict[str, int]:
    """Return what buyer, seller and contract have on the chain, in wei."""
    client = connect()
    accounts = {party: account(party) for party in _PARTIES} | {"contract": client.contract}
    return {name: client.node.balance(holder) for name, holder in accounts.items()}
