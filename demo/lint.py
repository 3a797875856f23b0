"""Check style and types; each check is a step with a log of its own."""

import os
import sys

from demo.paths import ROOT, VENV
from demo.steps import Step, StepFailedError, run

_BIN = VENV / "bin"
_FORGE = ROOT / "node_modules/@foundry-rs/forge-linux-amd64/bin/forge"
# The lookups of ansible-lint for a newer version of itself and of collections need a network that CI may lack.
_OFFLINE = os.environ | {"PATH": f"{_BIN}:{os.environ['PATH']}", "NO_COLOR": "1"}

CHECKS = (
    Step("Lint: ruff check", [f"{_BIN}/ruff", "check", "."]),
    Step("Lint: ruff format", [f"{_BIN}/ruff", "format", "--check", "."]),
    Step("Lint: mypy", [f"{_BIN}/mypy"]),
    Step("Lint: yamllint", [f"{_BIN}/yamllint", "--strict", "."]),
    Step("Lint: ansible-lint", [f"{_BIN}/ansible-lint", "--offline", "--strict"], _OFFLINE),
    Step("Lint: forge fmt", [str(_FORGE), "fmt", "--root", "contracts", "--check"]),
)


def main() -> int:
    """Run every check, also after one has failed. Return the number of failed ones."""
    failed = 0
    for check in CHECKS:
        try:
            run(check)
        except StepFailedError as error:
            print(error)
            failed += 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
