#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: offer_info
short_description: List the offers on the market that meet requirements
version_added: 0.1.0
description:
  - Lists offers, cheapest first.
  - An offer whose description isn't of the documented form is left out.
author:
  - Decenter (@decenter)
extends_documentation_fragment:
  - decenter.brokerage.chain
  - decenter.brokerage.chain.contract
  - decenter.brokerage.attributes.info
options:
  seller:
    description: Lists the offers of this account only, those without a free unit included.
    type: str
  requirements:
    description: What an offer has to have. Without it, every offer is listed.
    type: dict
    suboptions:
      device:
        description: The name of a device that the machine has to be near to.
        type: str
      region:
        description: The name of the region.
        type: str
      country:
        description: The country's code of two capital letters.
        type: str
      tier:
        description: The region's tier.
        type: str
      cpus:
        description: Number of CPUs, at least.
        type: int
      memory_mib:
        description: Memory in MiB, at least.
        type: int
      disk_gib:
        description: Disk in GiB, at least.
        type: int
      token:
        description: The ERC-20 token that the price has to be in. ETH if not given.
        type: str
      max_price:
        description: For one unit for one second at most, in wei or in the smallest unit of O(requirements.token).
        type: int
      availability:
        description: The share of the time that the seller promises, in basis points, at least.
        type: int
      seller:
        description: The account that sells.
        type: str
      units:
        description: Number of free units, at least.
        type: int
        default: 1
      duration:
        description: Seconds for which the offer has to be for rent.
        type: int
"""

EXAMPLES = r"""
- name: List all offers
  decenter.brokerage.offer_info:
  register: market

- name: Look for a machine beside a camera
  decenter.brokerage.offer_info:
    requirements:
      device: camkor1
      cpus: 2
      max_price: 2000000000
      duration: 3600
  register: matching
"""

RETURN = r"""
offers:
  description: The offers, cheapest first.
  returned: success
  type: list
  elements: dict
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
from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.offer_info import TASK


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
