#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: offer
short_description: Publish an offer of machines, or take it off the market
version_added: 0.1.0
description:
  - Publishes what one unit is, how many there are and at which terms they can be reserved.
  - Published again with other terms or units, an offer changes for those who reserve from then on. Reservations keep
    the terms that they were made on.
  - M(decenter.brokerage.offers) publishes many at once, for half the gas each.
author:
  - Decenter (@decenter)
extends_documentation_fragment:
  - decenter.brokerage.chain
  - decenter.brokerage.chain.contract
  - decenter.brokerage.attributes
options:
  state:
    description:
      - V(present) has the offer on the market with exactly these terms and units.
      - V(absent) takes it off the market. Reservations of it go on.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: The seller's name for the offer, 1 to 32 bytes of UTF-8. With the account it identifies the offer.
    type: str
    required: true
  price:
    description:
      - For one unit for one second, in wei or in the smallest unit of O(token). Required if O(state=present).
    type: int
  token:
    description:
      - The address of the ERC-20 token that the price is in. ETH if not given.
      - A token that keeps part of a transfer for itself can't be paid in. One whose balances change by themselves
        should not be named either; what they lose is lost to those who are owed it.
    type: str
  units:
    description: How many units there are in all, reserved or free. Required if O(state=present).
    type: int
  min_duration:
    description: The shortest lease, in seconds. Required if O(state=present).
    type: int
  max_duration:
    description: The longest lease, in seconds, extensions included. Required if O(state=present).
    type: int
  acknowledge_within:
    description: Seconds from a reservation in which the seller will acknowledge it. Required if O(state=present).
    type: int
  verifier:
    description:
      - The account of a third party whose receipts count like the buyer's, for when the buyer withholds its own.
        Nobody's if not given.
    type: str
  service_level:
    description: What the seller promises, and what breaking it costs. Receipts decide what was kept.
    type: dict
    suboptions:
      availability:
        description: The share of the time that the units will be there, in basis points from 0 to 10000.
        type: int
        default: 9900
      shortfall_multiple:
        description: How many times its share each second below that costs, from 1 to 10.
        type: int
        default: 2
      receipt_interval:
        description: Seconds in which the buyer measures and signs a receipt at least once.
        type: int
        default: 3600
      claim_window:
        description:
          - Seconds from the end of a lease, up to 2592000, in which the seller alone chooses the receipt to settle
            with. Later anyone settles, and without a receipt all goes back to the buyer.
        type: int
        default: 86400
      notice:
        description: Seconds that a lease goes on when the seller revokes it.
        type: int
        default: 3600
  description:
    description: What one unit is. Everybody can read it. Required if O(state=present).
    type: dict
    suboptions:
      region:
        description: Where it is.
        type: dict
        required: true
        suboptions:
          name:
            description: The region's name; letters, digits and dashes.
            type: str
            required: true
          tier:
            description: How far out it is, such as V(cloud) or V(edge).
            type: str
            required: true
          country:
            description: The country's code of two capital letters (ISO 3166-1).
            type: str
            required: true
          latitude:
            description: Degrees north.
            type: float
            required: true
          longitude:
            description: Degrees east.
            type: float
            required: true
      unit:
        description: The machine.
        type: dict
        required: true
        suboptions:
          cpus:
            description: Number of CPUs.
            type: int
            required: true
          memory_mib:
            description: Memory in MiB.
            type: int
            required: true
          disk_gib:
            description: Disk in GiB.
            type: int
            required: true
      devices:
        description: What the machine is near to.
        type: list
        elements: dict
        default: []
        suboptions:
          kind:
            description: What it is, such as V(ip-camera).
            type: str
            required: true
          name:
            description: Its name.
            type: str
            required: true
      software:
        description: What is installed.
        type: list
        elements: str
        default: []
      sealing_key:
        description:
          - The seller's public X25519 key, 32 bytes in base64, to which buyers seal their requests.
          - Follows from O(sealing_private_key) if that is given.
        type: str
  sealing_private_key:
    description:
      - The seller's private X25519 key, from which O(description.sealing_key) follows. It stays here.
      - 32 bytes in base64, made with C(openssl genpkey -algorithm X25519 -outform DER | tail -c 32 | base64).
    type: str
"""

EXAMPLES = r"""
- name: Publish a machine beside a camera in Seoul
  decenter.brokerage.offer:
    name: seoul-keti
    price: 1000000000
    units: 1
    min_duration: 60
    max_duration: 86400
    acknowledge_within: 300
    service_level:
      availability: 9950
      notice: 600
    description:
      region:
        name: SEOUL-KETI
        tier: edge
        country: KR
        latitude: 37.4
        longitude: 127.1
      unit:
        cpus: 2
        memory_mib: 2048
        disk_gib: 10
      devices:
        - kind: ip-camera
          name: camkor1
      software:
        - debian-12
    sealing_private_key: "{{ brokerage_sealing_private_key }}"

- name: Take it off the market
  decenter.brokerage.offer:
    name: seoul-keti
    state: absent
"""

RETURN = r"""
offer:
  description: The offer after the task, or as it would be after it in check mode. V(null) if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: The offer's id.
      type: str
      sample: "0x7465c58f5ed3ad1a3e31ba7e2a6e8f6d6c62a5d9a4c6e4f0b3b1d2c3e4f5a6b7"
    seller:
      description: The account that sells.
      type: str
      sample: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
    name:
      description: The seller's name for the offer.
      type: str
      sample: seoul-keti
    price:
      description: For one unit for one second, in wei or in the smallest unit of the token.
      type: int
      sample: 1000000000
    terms:
      description: What the seller binds itself to.
      type: dict
      contains:
        token:
          description: The ERC-20 that the price is in. V(null) is ETH.
          type: str
          sample: null
        verifier:
          description: The account whose receipts count like the buyer's. V(null) for none.
          type: str
          sample: null
        min_duration:
          description: The shortest lease, in seconds.
          type: int
          sample: 60
        max_duration:
          description: The longest lease, in seconds, extensions included.
          type: int
          sample: 86400
        acknowledge_within:
          description: Seconds from a reservation in which the seller has to acknowledge it.
          type: int
          sample: 300
        service_level:
          description: What the seller promises, and what breaking it costs.
          type: dict
          sample:
            {availability: 9900, shortfall_multiple: 2, receipt_interval: 3600, claim_window: 86400, notice: 3600}
    units:
      description: How many units there are in all.
      type: int
      sample: 1
    reserved:
      description: How many of them reservations hold.
      type: int
      sample: 0
    free:
      description: How many can be reserved now.
      type: int
      sample: 1
    description:
      description: What one unit is, as published. Empty where a stranger published something else.
      type: dict
      sample:
        region: {name: SEOUL-KETI, tier: edge, country: KR, latitude: 37.4, longitude: 127.1}
        unit: {cpus: 2, memory_mib: 2048, disk_gib: 10}
        devices: [{kind: ip-camera, name: camkor1}]
        software: [debian-12]
        sealing_key: 3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=
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
from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.offer import TASK


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
