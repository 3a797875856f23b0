from __future__ import annotations

from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.receipt import TASK
from ansible_collections.decenter.brokerage.plugins.plugin_utils._action import BrokerageAction


class ActionModule(BrokerageAction):
    task = TASK
