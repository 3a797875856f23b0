#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: receipt
short_description: Sign receipts of a lease from measurements, and keep the best
version_added: 0.1.0
description:
  - A receipt says for how many seconds of a lease the machine was there. It costs nothing until one settles the lease;
    the best is the one with most seconds, so that each replaces the last.
  - Run by the buyer, or by the verifier that the terms name, it adds a measurement, signs a receipt for all of them and
    keeps both in O(receipts_dir). A machine that is up vouches for the seconds since the measurement before, or since
    the start of the lease, at most the terms' receipt interval; one that is down for none.
  - Once the lease is over nobody can measure. What was seen last then holds until its end, at most for an interval.
  - Run by anyone with a O(candidate), it keeps that if it is better than the one on file.
  - Nothing is sent to the chain.
author:
  - Decenter (@decenter)
extends_documentation_fragment:
  - decenter.brokerage.chain
  - decenter.brokerage.chain.contract
  - decenter.brokerage.attributes
attributes:
  check_mode:
    description: Can run in C(check_mode) and says what would be on file.
    support: full
  idempotent:
    description: A measurement of another second is another measurement. Without O(up), a second run changes nothing.
    support: partial
options:
  reservation:
    description: The id of the reservation.
    type: str
    required: true
  receipts_dir:
    description:
      - The folder for receipts. The receipt is C(<reservation>.json), and the measurements under it are
        C(<reservation>.jsonl), a line each. Both are worth a backup. One folder serves one contract on one chain.
    type: path
    required: true
  up:
    description: Whether the machine is up, as measured now. If not given, nothing is measured.
    type: bool
  at:
    description:
      - The timestamp of the measurement. If not given, it is now by the controller's clock or the chain's, whichever is
        later.
    type: int
  candidate:
    description: A receipt from elsewhere, as text or as a dictionary. Nothing in it is trusted.
    type: raw
"""

EXAMPLES = r"""
- name: Measure, and sign
  decenter.brokerage.receipt:
    reservation: "{{ rented.id }}"
    receipts_dir: "{{ brokerage_receipts_dir }}"
    up: "{{ node_is_ready }}"
  register: attested

- name: Sign for the rest of a lease that is over
  decenter.brokerage.receipt:
    reservation: "{{ rented.id }}"
    receipts_dir: "{{ brokerage_receipts_dir }}"

- name: Keep the receipt that the buyer left on the machine
  decenter.brokerage.receipt:
    reservation: "{{ sold.id }}"
    receipts_dir: "{{ brokerage_receipts_dir }}"
    candidate: "{{ found.stdout }}"
"""

RETURN = r"""
receipt:
  description: The best receipt after the task, or as it would be after it in check mode. V(null) if there is none.
  returned: success
  type: dict
  contains:
    reservation:
      description: The id of the reservation.
      type: str
      sample: "0x1f3a58f5ed3ad1a3e31ba7e2a6e8f6d6c62a5d9a4c6e4f0b3b1d2c3e4f5a6b79"
    until:
      description: The chain's timestamp up to which it counts.
      type: int
      sample: 1795403580
    delivered:
      description: The seconds until then in which the machine was there.
      type: int
      sample: 3600
    evidence:
      description:
        - The Merkle root of the measurements, by keccak-256 as in RFC 6962. A leaf is the timestamp in eight bytes and
          V(1) or V(0) in one.
      type: str
      sample: "0x7465c58f5ed3ad1a3e31ba7e2a6e8f6d6c62a5d9a4c6e4f0b3b1d2c3e4f5a6b7"
    signature:
      description: The signer's, of the EIP-712 struct C(Receipt).
      type: str
      sample: 0x...
    signer:
      description: The buyer or the verifier.
      type: str
      sample: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
refused:
  description: Why O(candidate) is worth nothing, in a sentence.
  returned: when it is
  type: str
  sample: >-
    The receipt of reservation 0x1f3a58f5ed3ad1a3e31ba7e2a6e8f6d6c62a5d9a4c6e4f0b3b1d2c3e4f5a6b79 is worth nothing (its
    signature is not its signer's): ask its signer for another.
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
from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.receipt import TASK


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
