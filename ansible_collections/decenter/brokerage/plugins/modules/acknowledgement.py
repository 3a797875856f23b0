#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: acknowledgement
short_description: Acknowledge, decline or revoke a reservation of one's offer
version_added: 0.1.0
description:
  - The seller's answer to a reservation. From the acknowledgement on the lease runs and is paid for.
author:
  - Decenter (@decenter)
extends_documentation_fragment:
  - decenter.brokerage.chain
  - decenter.brokerage.chain.contract
  - decenter.brokerage.attributes
options:
  reservation:
    description: The id of the reservation.
    type: str
    required: true
  state:
    description:
      - V(present) has the lease running. What O(access) says isn't compared with what an earlier run sent, because only
        the buyer can read that.
      - V(declined) refuses a request, which returns the whole escrow to the buyer.
      - V(revoked) ends a lease early, once the notice that its terms give is over. What is not delivered is not paid
        for. A lease that ends sooner anyway is left alone.
    type: str
    choices: [present, declined, revoked]
    default: present
  reason:
    description:
      - Why the seller declines or revokes, for all to read. V(request) is for a request that can't be read or served.
    type: str
    choices: [unspecified, capacity, maintenance, hardware, request, receipts_stopped, abuse]
    default: unspecified
  access:
    description:
      - What the buyer has to know of the machine. Sealed, so that only the buyer can read it. Required if
        O(state=present).
    type: dict
    suboptions:
      vpn:
        description: Who the machine is in the VPN.
        type: dict
        required: true
        suboptions:
          identity:
            description: Its WireGuard public key, or its ZeroTier address.
            type: str
            required: true
      ssh:
        description: How to log in.
        type: dict
        required: true
        suboptions:
          user:
            description: The user that the buyer's key is for.
            type: str
            required: true
          host_key:
            description: The machine's public key.
            type: str
            required: true
          port:
            description: The port.
            type: int
            default: 22
      devices:
        description: How to use the devices near the machine. The passwords should be for this reservation only.
        type: list
        elements: dict
        default: []
        suboptions:
          kind:
            description: What it is, as in the offer.
            type: str
            required: true
          name:
            description: Its name, as in the offer.
            type: str
            required: true
          url:
            description: Where it is, as the machine sees it.
            type: str
            required: true
          username:
            description: Who may use it.
            type: str
            required: true
          password:
            description: The password.
            type: str
            required: true
  sealing_private_key:
    description:
      - The seller's private X25519 key. Opens the request, which names the key to seal to.
        Required if O(state=present).
      - 32 bytes in base64, made with C(openssl genpkey -algorithm X25519 -outform DER | tail -c 32 | base64).
    type: str
"""

EXAMPLES = r"""
- name: Hand a machine over
  decenter.brokerage.acknowledgement:
    reservation: "{{ wanted.reservations[0].id }}"
    access:
      vpn:
        identity: "{{ vpn_member.identity }}"
      ssh:
        user: decenter
        host_key: "{{ host_key }}"
      devices:
        - kind: ip-camera
          name: camkor1
          url: rtsp://198.18.40.2:8554/live
          username: "{{ camera_username }}"
          password: "{{ camera_password }}"
    sealing_private_key: "{{ brokerage_sealing_private_key }}"

- name: Refuse a request
  decenter.brokerage.acknowledgement:
    reservation: "{{ wanted.reservations[1].id }}"
    state: declined
    reason: capacity

- name: End the lease of a buyer who signs no receipts any more
  decenter.brokerage.acknowledgement:
    reservation: "{{ rented_id }}"
    state: revoked
    reason: receipts_stopped
"""

RETURN = r"""
reservation:
  description: The reservation after the task, or as it would be after it in check mode.
  returned: success
  type: dict
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
from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.acknowledgement import TASK


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
