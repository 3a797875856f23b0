#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: reservation_info
short_description: List the reservations of an account
version_added: 0.1.0
description:
  - Lists reservations, oldest first, and opens what is sealed to the account.
author:
  - Decenter (@decenter)
extends_documentation_fragment:
  - decenter.brokerage.chain
  - decenter.brokerage.chain.contract
  - decenter.brokerage.attributes.info
options:
  account:
    description: Whose reservations. Follows from O(private_key) or O(keystore) if not given.
    type: str
  role:
    description: What the account is in them. If not given, either.
    type: str
    choices: [buyer, seller]
  states:
    description: The states that a reservation may be in. If not given, any.
    type: list
    elements: str
    choices: [requested, active, ended, settled, declined, cancelled]
  offer:
    description: The id of the offer that they are of.
    type: str
  name:
    description: The name that the buyer gave.
    type: str
  sealing_private_key:
    description:
      - The account's private X25519 key. Opens the request if the account is the seller, and the access
        if it is the buyer.
      - 32 bytes in base64, made with C(openssl genpkey -algorithm X25519 -outform DER | tail -c 32 | base64).
    type: str
  wait_timeout:
    description: How many seconds to wait, where there is no such reservation yet, until there is one.
    type: float
    default: 0.0
"""

EXAMPLES = r"""
- name: See who wants to rent
  decenter.brokerage.reservation_info:
    role: seller
    states: [requested]
    sealing_private_key: "{{ brokerage_sealing_private_key }}"
  register: wanted

- name: Find the machines that are rented now
  decenter.brokerage.reservation_info:
    role: buyer
    states: [active]
    sealing_private_key: "{{ brokerage_sealing_private_key }}"
  register: rented
  no_log: true
"""

RETURN = r"""
reservations:
  description: The reservations, oldest first.
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
    request:
      description: What the buyer tells the seller.
      returned: when O(sealing_private_key) is given and opens it, and the account is the seller
      type: dict
      sample:
        sealing_key: 3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=
        ssh_public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI...
        vpn:
          driver: wireguard
          address: 198.19.0.16/24
          network:
            name: decenter
            subnet: 198.19.0.0/24
            endpoint: 198.18.0.10:51820
            identity: 6Fh1rY1bYIh3YDAHjAi0xgeCw0dHcnVjdHVyZWQgeCw=
    request_error:
      description: Why the request can't be used. What is in it is up to the buyer.
      returned: when O(sealing_private_key) is given and doesn't open it, and the account is the seller
      type: str
    access:
      description:
        - What the seller tells the buyer of the machine. It holds passwords, so give the task C(no_log).
      returned: when it is acknowledged, O(sealing_private_key) is given and the account is the buyer
      type: dict
      sample:
        vpn: {identity: 6Fh1rY1bYIh3YDAHjAi0xgeCw0dHcnVjdHVyZWQgeCw=}
        ssh: {user: decenter, host_key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI...", port: 22}
        devices:
          - {kind: ip-camera, name: camkor1, url: "rtsp://198.18.40.2:8554/live", username: viewer, password: VALUE}
    access_error:
      description: Why the access can't be used. What is in it is up to the seller.
      returned: when O(sealing_private_key) is given and doesn't open it, and the account is the buyer
      type: str
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
from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.reservation_info import TASK


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
