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
    description: Wei for one unit for one second. Required if O(state=present).
    type: int
  units:
    description: How many units there are in all, reserved or free. Required if O(state=present).
    type: int
  min_duration:
    description: The shortest lease, in seconds. Required if O(state=present).
    type: int
  max_duration:
    description: The longest lease, in seconds. Required if O(state=present).
    type: int
  acknowledge_within:
    description: Seconds from a reservation in which the seller will acknowledge it. Required if O(state=present).
    type: int
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
    terms:
      description: What the seller binds itself to.
      type: dict
      contains:
        price:
          description: Wei for one unit for one second.
          type: int
          sample: 1000000000
        min_duration:
          description: The shortest lease, in seconds.
          type: int
          sample: 60
        max_duration:
          description: The longest lease, in seconds.
          type: int
          sample: 86400
        acknowledge_within:
          description: Seconds from a reservation in which the seller has to acknowledge it.
          type: int
          sample: 300
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
