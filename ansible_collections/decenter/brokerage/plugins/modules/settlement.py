#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: settlement
short_description: Divide the escrow of reservations that have ended
version_added: 0.1.0
description:
  - Pays the seller for the seconds delivered and refunds the rest to the buyer. Either takes it with
    M(decenter.brokerage.withdrawal).
  - The best receipt in O(receipts_dir) says what was delivered. The seller settles with it at once; anyone does with
    one for every second of the lease, and with any other, or without one, when the claim window is over.
  - Without a receipt everything goes back to the buyer, so the seller waits for the window too.
  - What can't be settled yet is left as it is. A receipt that the contract would refuse counts as none.
author:
  - Decenter (@decenter)
extends_documentation_fragment:
  - decenter.brokerage.chain
  - decenter.brokerage.chain.contract
  - decenter.brokerage.attributes
options:
  reservation:
    description:
      - The id of one reservation, which fails if it can't be settled yet.
        If not given, all that have ended and that the account has a part in.
    type: str
  receipts_dir:
    description: The folder that M(decenter.brokerage.receipt) keeps receipts in.
    type: path
"""

EXAMPLES = r"""
- name: Settle what has ended
  decenter.brokerage.settlement:
    receipts_dir: "{{ brokerage_receipts_dir }}"

- name: Settle one reservation
  decenter.brokerage.settlement:
    reservation: "{{ rented.reservation.id }}"
    receipts_dir: "{{ brokerage_receipts_dir }}"
"""

RETURN = r"""
payments:
  description: What becomes owed to whom by the settlement of RV(reservations), or would in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    account:
      description: The seller or the buyer.
      type: str
      sample: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
    token:
      description: The ERC-20 token. V(null) is ETH.
      type: str
      sample: null
    amount:
      description: In wei, or in the token's smallest unit.
      type: int
      sample: 60000000000
reservations:
  description: The one that was named, or those that had ended, after the task or as they would be in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The reservation's id.
      type: str
      sample: "0x1f3a58f5ed3ad1a3e31ba7e2a6e8f6d6c62a5d9a4c6e4f0b3b1d2c3e4f5a6b79"
    name:
      description: The buyer's name for it.
      type: str
      sample: korea-1
    state:
      description: Where in its life it is. A lease whose end has passed is V(ended), without anybody's doing.
      type: str
      sample: active
    reason:
      description: Why the seller declined or revoked it. V(null) if it did neither.
      type: str
      sample: null
    buyer:
      description: The account that reserved.
      type: str
      sample: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
    seller:
      description: The account that sells.
      type: str
      sample: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
    verifier:
      description: The account whose receipts count like the buyer's. V(null) for none.
      type: str
      sample: null
    offer:
      description: The id of the offer that the units are of.
      type: str
      sample: "0x7465c58f5ed3ad1a3e31ba7e2a6e8f6d6c62a5d9a4c6e4f0b3b1d2c3e4f5a6b7"
    description:
      description: What one unit is, as published. Empty where a stranger published something else.
      type: dict
      sample:
        region: {name: SEOUL-KETI, tier: edge, country: KR, latitude: 37.4, longitude: 127.1}
        unit: {cpus: 2, memory_mib: 2048, disk_gib: 10}
        devices: [{kind: ip-camera, name: camkor1}]
        software: [debian-12]
        sealing_key: 3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=
    token:
      description: The ERC-20 that all amounts are in, in its smallest unit. V(null) is ETH, and amounts are in wei.
      type: str
      sample: null
    price:
      description: For one unit for one second.
      type: int
      sample: 1000000000
    units:
      description: How many units are reserved.
      type: int
      sample: 1
    duration:
      description: For how long, in seconds.
      type: int
      sample: 3600
    service_level:
      description: What the seller promised, as in M(decenter.brokerage.offer).
      type: dict
      sample: {availability: 9900, shortfall_multiple: 2, receipt_interval: 3600, claim_window: 86400, notice: 3600}
    escrow:
      description: What the buyer paid in, price times units times duration.
      type: int
      sample: 3600000000000
    acknowledge_by:
      description: The chain's timestamp from which the seller can't acknowledge any more.
      type: int
      sample: 1795400000
    start:
      description: The chain's timestamp of the acknowledgement, 0 before.
      type: int
      sample: 1795399980
    end:
      description: The chain's timestamp at which the lease stops, 0 before the acknowledgement. A revocation moves it.
      type: int
      sample: 1795403580
    delivered:
      description: The seconds delivered by the receipt that it was settled with, 0 before.
      type: int
      sample: 0
    paid:
      description: What the settlement gave the seller, 0 before.
      type: int
      sample: 0
    refunded:
      description: What the settlement gave back to the buyer, 0 before.
      type: int
      sample: 0
error:
  description: What went wrong, for those who decide on it by machine.
  returned: failure
  type: dict
  contains:
    kind:
      description: The kind of error. All other keys are its data.
      type: str
      sample: NotEnoughUnits
  sample:
    kind: NotEnoughUnits
    wanted: 2
    available: 1
"""

from ansible_collections.decenter.brokerage.plugins.module_utils._runner import run_module
from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.settlement import TASK


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
