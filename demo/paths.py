"""Where the demo keeps things."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"


def _xdg(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / default) / "decenter"


CACHE = _xdg("XDG_CACHE_HOME", ".cache")
"""What was built: kept between demos."""

STATE = _xdg("XDG_STATE_HOME", ".local/state")
"""Keys, kubeconfig, stacks of one federation: gone after `make demo-down`."""

LOGS = CACHE / "logs"
"""Outlives the federation, so that a failure can still be read afterwards."""
