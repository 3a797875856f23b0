#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: reservation
short_description: Reserve units of an offer, or give them back
version_added: 0.1.0
description:
  - Reserves units and locks their whole price in the contract. The seller gets paid from it for the time that it
    delivers, the rest comes back.
  - A price in an ERC-20 token takes an allowance first. The contract is allowed exactly what is due, and nothing once
    it has taken that.
  - A name is used once. The task for a name whose reservation is over fails and asks for another name.
author:
  - Decenter (@decenter)
extends_documentation_fragment:
  - decenter.brokerage.chain
  - decenter.brokerage.chain.contract
  - decenter.brokerage.attributes
options:
  state:
    description:
      - V(present) has the units reserved, for O(duration) in all. A lease that runs for less is extended, as long as
        the offer stands on the terms that it was made on. What O(request) says isn't compared with what an earlier run
        sent, because only the seller can read that.
      - V(absent) cancels a request, which returns the whole escrow, and releases a lease that runs. It is also the way
        to take the escrow back from a seller that never acknowledges.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: The buyer's name for the reservation, 1 to 32 bytes of UTF-8. With the account it identifies it.
    type: str
    required: true
  offer:
    description: The id of the offer. Required if O(state=present).
    type: str
  units:
    description: How many units.
    type: int
    default: 1
  duration:
    description: For how many seconds from the acknowledgement on. Required if O(state=present).
    type: int
  max_cost:
    description:
      - Refuse to reserve, or to extend, if price times units times duration is more than this, in wei or in the
        smallest unit of the offer's token.
    type: int
  request:
    description:
      - What the seller has to know. Sealed, so that only the seller can read it. Required if O(state=present).
    type: dict
    suboptions:
      sealing_key:
        description:
          - The buyer's public X25519 key, 32 bytes in base64, to which the seller seals the access.
          - Follows from O(sealing_private_key) if that is given.
        type: str
      ssh_public_key:
        description: The public key with which the buyer will log in to the machine.
        type: str
        required: true
      vpn:
        description: The VPN that the machine has to join.
        type: dict
        required: true
        suboptions:
          driver:
            description: What kind of VPN it is, such as V(wireguard) or V(zerotier).
            type: str
            required: true
          address:
            description: The machine's address in it, with the prefix length.
            type: str
            required: true
          network:
            description: The network as the role for its hub describes it, with name, subnet, endpoint and identity.
            type: dict
            required: true
  sealing_private_key:
    description:
      - The buyer's private X25519 key. Opens the access, and O(request.sealing_key) follows from it.
        It stays here.
      - 32 bytes in base64, made with C(openssl genpkey -algorithm X25519 -outform DER | tail -c 32 | base64).
    type: str
  wait:
    description:
      - V(acknowledged) waits until the lease runs, and fails if the seller declines or its time is over.
      - Check mode doesn't wait.
    type: str
    choices: [none, acknowledged]
    default: none
  wait_timeout:
    description: Seconds to wait for the acknowledgement.
    type: float
    default: 300.0
"""

EXAMPLES = r"""
- name: Reserve a machine for an hour
  decenter.brokerage.reservation:
    name: korea-1
    offer: "{{ matching.offers[0].id }}"
    duration: 3600
    max_cost: 7200000000000
    request:
      ssh_public_key: "{{ lookup('ansible.builtin.file', '~/.ssh/id_ed25519.pub') }}"
      vpn:
        driver: wireguard
        address: 198.19.0.16/24
        network: "{{ vpn_network }}"
    sealing_private_key: "{{ brokerage_sealing_private_key }}"
    wait: acknowledged
  register: rented
  no_log: true

- name: Keep it for two hours more
  decenter.brokerage.reservation:
    name: korea-1
    offer: "{{ rented.reservation.offer }}"
    duration: 10800
    request: "{{ brokerage_request }}"
    sealing_private_key: "{{ brokerage_sealing_private_key }}"
  no_log: true

- name: Give it back
  decenter.brokerage.reservation:
    name: korea-1
    state: absent
"""

RETURN = r"""
reservation:
  description:
    - The reservation after the task, or as it would be after it in check mode. V(null) if there never was one.
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
from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.reservation import TASK


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
