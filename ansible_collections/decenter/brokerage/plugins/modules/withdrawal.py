#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: withdrawal
short_description: Take what the market owes
version_added: 0.1.0
description:
  - Sends all that settlements, refusals and cancellations credited to the account from the contract to the account, a
    transaction for each token.
author:
  - Decenter (@decenter)
extends_documentation_fragment:
  - decenter.brokerage.chain
  - decenter.brokerage.chain.contract
  - decenter.brokerage.attributes
options:
  token:
    description: The ERC-20 token to take, or V(ETH). If not given, whatever is owed.
    type: str
"""

EXAMPLES = r"""
- name: Withdraw what is owed
  decenter.brokerage.withdrawal:
  register: income

- name: Withdraw a token
  decenter.brokerage.withdrawal:
    token: "0x5fbdb2315678afecb367f032d93f642f64180aa3"
"""

RETURN = r"""
account:
  description: The account.
  returned: success
  type: str
  sample: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
withdrawn:
  description: What the task takes out, or would take out in check mode. Gas is paid apart.
  returned: success
  type: list
  elements: dict
  contains:
    token:
      description: The ERC-20 token. V(null) is ETH.
      type: str
      sample: null
    amount:
      description: In wei, or in the token's smallest unit.
      type: int
      sample: 60000000000
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
from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.withdrawal import TASK


def main() -> None:
    run_module(TASK)


if __name__ == "__main__":
    main()
