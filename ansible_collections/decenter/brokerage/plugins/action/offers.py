from __future__ import annotations

from ansible_collections.decenter.brokerage.plugins.module_utils._tasks.offers import TASK
from ansible_collections.decenter.brokerage.plugins.plugin_utils._action import BrokerageAction


class ActionModule(BrokerageAction):
    task = TASK
