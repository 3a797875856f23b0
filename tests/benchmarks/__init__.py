"""Programs that measure. They find the project's packages where pytest does."""

import sys
import tomllib

from demo.paths import ROOT

_OPTIONS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
sys.path[:0] = [str(ROOT / folder) for folder in _OPTIONS["pythonpath"]]
