"""Run a module as Ansible would, in a process that a test can kill: python -m tests.brokerage.module NOUN < OPTIONS."""

from __future__ import annotations

import json
import sys
from importlib import import_module

from ansible.module_utils.testing import patch_module_args

from ansible_collections.decenter.brokerage.plugins import modules

if __name__ == "__main__":
    with patch_module_args(json.load(sys.stdin)):
        import_module(f"{modules.__name__}.{sys.argv[1]}").main()
