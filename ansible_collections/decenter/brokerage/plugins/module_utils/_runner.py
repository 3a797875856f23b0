"""What all modules and their action plugins share: the chain's options, and the way from options to a result.

A module runs in a process of its own and imports web3 each time; its action plugin runs in the controller, where web3
is imported once a playbook run. Both are shells around `perform`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.client import Client, Node
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import (
    BrokerageError,
    ContractRefused,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import address
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.keys import Key

if TYPE_CHECKING:
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ledger import Ledger
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.plan import Plan
    from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.types import Call

Thing = TypeVar("Thing")
Parameters = Mapping[str, Any]
Result = dict[str, Any]


def _from_environment(name: str) -> tuple[Callable[..., str], list[str]]:
    return (env_fallback, [f"DECENTER_{name}"])


NODE_OPTIONS: Mapping[str, Any] = {
    "rpc_url": {"type": "str", "required": True, "fallback": _from_environment("RPC_URL")},
    "chain_id": {"type": "int", "required": True, "fallback": _from_environment("CHAIN_ID")},
    "private_key": {"type": "str", "no_log": True, "fallback": _from_environment("PRIVATE_KEY")},
    "keystore": {"type": "path", "fallback": _from_environment("KEYSTORE")},
    "keystore_password": {"type": "str", "no_log": True, "fallback": _from_environment("KEYSTORE_PASSWORD")},
    "timeout": {"type": "float", "default": 30.0},
    "confirmations": {"type": "int", "default": 0},
}
CONTRACT_OPTIONS: Mapping[str, Any] = {
    "contract_address": {"type": "str", "required": True, "fallback": _from_environment("CONTRACT_ADDRESS")},
    "from_block": {"type": "int", "default": 0, "fallback": _from_environment("FROM_BLOCK")},
}
_ONE_KEY = [("private_key", "keystore")]


@dataclass(frozen=True)
class Task:
    """What a module does: its options besides the common ones, and the function from them to its result.

    `run` takes the node, the validated options, and whether to look only; it raises BrokerageError.
    """

    options: Mapping[str, Any]
    run: Callable[[Node, Parameters, bool], Result]
    required_if: list[tuple[Any, ...]] = field(default_factory=list)
    mutually_exclusive: list[tuple[str, str]] = field(default_factory=list)

    @property
    def specification(self) -> dict[str, Any]:
        """All that Ansible needs to validate the options."""
        return {
            "argument_spec": {**NODE_OPTIONS, **CONTRACT_OPTIONS, **self.options},
            "required_if": self.required_if,
            "mutually_exclusive": [*_ONE_KEY, *self.mutually_exclusive],
            "required_by": {"keystore": ["keystore_password"]},
        }


def run_module(task: Task) -> None:
    """Be a module."""
    module = AnsibleModule(supports_check_mode=True, **task.specification)
    try:
        result = perform(task, module.params, check_mode=module.check_mode)
    except BrokerageError as error:
        module.fail_json(msg=str(error), error=error_view(error))
    except ImportError as error:
        module.fail_json(msg=missing_required_lib(error.name or str(error)))
    else:
        module.exit_json(**result)


def perform(task: Task, parameters: Parameters, *, check_mode: bool) -> Result:
    """Connect and do the work. Raises BrokerageError."""
    node = Node.connect(
        parameters["rpc_url"],
        parameters["chain_id"],
        key=_key(parameters),
        timeout=parameters["timeout"],
        confirmations=parameters["confirmations"],
    )
    return task.run(node, parameters, check_mode)


def _key(parameters: Parameters) -> Key | None:
    if parameters["private_key"]:
        return Key.from_hex(parameters["private_key"])
    if parameters["keystore"]:
        return Key.from_keystore(parameters["keystore"], parameters["keystore_password"])
    return None


def error_view(error: BrokerageError) -> Result:
    """Return the error for those who decide on it by machine: its class and its data."""
    return {"kind": type(error).__name__, **error.data}


def at_contract(node: Node, parameters: Parameters) -> Client:
    """Find the contract that the options name."""
    contract = address(parameters["contract_address"], "contract_address")
    return Client.connect(node, contract, parameters["from_block"])


@dataclass(frozen=True)
class Outcome(Generic[Thing]):
    """A thing before and after the run; in check mode, as it would be after it."""

    before: Thing
    after: Thing
    changed: bool

    def result(self, view: Callable[[Thing], Any]) -> Result:
        """Return what Ansible shows of a change."""
        return {"changed": self.changed, "diff": {"before": view(self.before), "after": view(self.after)}}


def converge(
    client: Client, look: Callable[[Ledger], Thing], plan: Callable[[Ledger], Plan[Thing]], *, check_mode: bool
) -> Outcome[Thing]:
    """Make what is into what is wanted.

    Args:
        client: the contract.
        look: finds the thing in the ledger.
        plan: plans the way from the ledger to what is wanted.
        check_mode: simulate only.

    """
    # What a killed run has sent may not be in a block yet: only then does the ledger tell of it.
    client.node.await_own()
    planned = plan(client.ledger())
    if check_mode:
        for call in planned.calls:
            if not call.follows:
                client.simulate(call)
    if check_mode or not planned.changed:
        return Outcome(planned.before, planned.after, planned.changed)
    sent = _carry_out(client, plan, planned.calls)
    after = look(client.ledger())
    return Outcome(planned.before if sent else after, after, changed=sent > 0)


def _carry_out(client: Client, plan: Callable[[Ledger], Plan[Thing]], calls: Sequence[Call]) -> int:
    """Send the calls and return how many this run has sent."""
    for sent, call in enumerate(calls):
        try:
            client.simulate(call)
            client.send(call)
        except ContractRefused:
            # Another run of this account may have been faster with the same work.
            if plan(client.ledger()).changed:
                raise
            return sent
    return len(calls)
