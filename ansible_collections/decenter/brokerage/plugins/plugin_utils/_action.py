"""The action plugins' common half: a module's work, done in the controller."""

from __future__ import annotations

from typing import Any, ClassVar

# Loaded in the controller, once a playbook run: the fork of each task inherits it, and a second is saved each time.
import web3  # noqa: F401
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase

from ansible_collections.decenter.brokerage.plugins.module_utils import _runner
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import BrokerageError


class BrokerageAction(ActionBase):  # type: ignore[misc]
    """Does `task` without a module, a connection or a temporary folder."""

    task: ClassVar[_runner.Task]

    _supports_check_mode = True
    _supports_async = False
    _requires_connection = False
    TRANSFERS_FILES = False

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Validate the options, do the work, and return its result."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        specification = dict(self.task.specification)
        validation = ArgumentSpecValidator(specification.pop("argument_spec"), **specification).validate(
            self._task.args
        )
        if validation.error_messages:
            return {**result, "failed": True, "msg": _option_fault(validation)}
        try:
            done = _runner.perform(self.task, validation.validated_parameters, check_mode=self._task.check_mode)
        except BrokerageError as error:
            return {**result, "failed": True, "msg": str(error), "error": _runner.error_view(error)}
        return {**result, **done}


def _option_fault(validation: ValidationResult) -> str:
    unsupported = any(isinstance(error, UnsupportedError) for error in validation.errors)
    message = "; ".join(validation.error_messages)
    # As for a module, an option that is a secret mustn't show up in the complaint about it.
    return str(remove_values(f"Unsupported options: {message}" if unsupported else message, validation._no_log_values))
