#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment
short_description: Put the market contract on a chain
version_added: 0.1.0
description:
  - Deploys the ResourceExchangeBroker that this collection is made for, unless it is there. Anyone may, once for all.
  - It has the same address on every chain. CREATE2 makes that of its code alone, through the deterministic deployment
    proxy at C(0x4e59b44847b379578588920ca78fbf26c0b4956c). Where a chain has no proxy yet, the task brings it, which
    takes 0.01 of the chain's currency and a node that takes a transaction without replay protection (EIP-155).
  - Whatever is at the address has to be the code of a known release, before anything is sent to it and after.
author:
  - Decenter (@decenter)
extends_documentation_fragment:
  - decenter.brokerage.chain
  - decenter.brokerage.attributes
options:
  contract_address:
    description:
      - Where the contract is already, if that isn't its usual address. The task fails if it isn't there.
      - If not given, the environment variable E(DECENTER_CONTRACT_ADDRESS) is used.
    type: str
  from_block:
    description:
      - The block that it was deployed in, if O(contract_address) is given.
      - If not given, the environment variable E(DECENTER_FROM_BLOCK) is used.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Put the market on the chain
  decenter.brokerage.deployment:
    rpc_url: http://198.18.0.2:8545
    chain_id: 31337
    private_key: "{{ deployer_private_key }}"
  register: market
"""

RETURN = r"""
contract_address:
  description: Where the contract is.
  returned: success
  type: str
  sample: "0x5fbdb2315678afecb367f032d93f642f64180aa3"
from_block:
  description: The block that it came with, V(0) where this run did not deploy it.
  returned: success
  type: int
  sample: 1
chain_id:
  description: The chain.
  returned: success
  type: int
  sample: 31337
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
from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.deployment import TASK


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
