from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  action_group:
    description: Use C(group/decenter.brokerage.chain) in C(module_defaults) to set the options of the chain once.
    support: full
    membership:
      - decenter.brokerage.chain
  check_mode:
    description: Can run in C(check_mode) and says what it would change; the contract is asked whether it would agree.
    support: full
  diff_mode:
    description: Returns the thing before and after, without anything that is sealed.
    support: full
  idempotent:
    description: When run twice in a row with the same arguments, the second invocation changes nothing.
    support: full
"""

    INFO = r"""
attributes:
  action_group:
    description: Use C(group/decenter.brokerage.chain) in C(module_defaults) to set the options of the chain once.
    support: full
    membership:
      - decenter.brokerage.chain
  check_mode:
    description: Reads only, so that check mode makes no difference.
    support: full
  diff_mode:
    description: Changes nothing, so that there is no difference to show.
    support: N/A
  idempotent:
    description: When run twice in a row with the same arguments, the second invocation changes nothing.
    support: full
"""
