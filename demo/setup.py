"""Install what the project stands on: Debian packages, Python packages and npm packages locked by hash.

Runs on the system's Python with its standard library alone, because nothing else is there yet.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from demo.paths import ROOT, VENV
from demo.steps import Step, StepFailedError, run

_DEBIAN = ROOT / "requirements" / "debian.txt"
_PYTHON = ROOT / "requirements" / "development.txt"
_NPM = ROOT / "package-lock.json"


def install() -> None:
    """Bring all three up to date; what is there already costs nothing."""
    _install_debian()
    _install_once(
        VENV / "installed",
        _PYTHON,
        Step("Install Python packages", ["sh", "-ec", _PYTHON_COMMAND], repeat="make setup"),
    )
    _install_once(
        ROOT / "node_modules" / "installed",
        _NPM,
        Step("Install npm packages", ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
    )


# pip needs minutes where uv needs seconds; so pip installs uv, and uv the rest.
_PYTHON_COMMAND = (
    f"{sys.executable} -m venv --clear .venv && "
    ".venv/bin/python -m pip install --disable-pip-version-check --require-hashes --requirement requirements/uv.txt && "
    ".venv/bin/uv pip sync --python .venv/bin/python --require-hashes requirements/development.txt"
)


def _install_debian() -> None:
    wanted = {line for line in _DEBIAN.read_text().splitlines() if line and not line.startswith("#")}
    missing = sorted(wanted - _installed_debian())
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"Install these Debian packages as root, then run the command again: {' '.join(missing)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    run(Step("Update the list of Debian packages", ["apt-get", "update"], environment))
    run(Step("Install Debian packages", ["apt-get", "install", "-y", "--no-install-recommends", *missing], environment))


def _installed_debian() -> set[str]:
    listing = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Package}\n"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {
        package
        for status, _, package in (line.partition(" ") for line in listing.splitlines())
        if status == "installed"
    }


def _install_once(stamp: Path, lock: Path, step: Step) -> None:
    """Run `step` unless `stamp` says that it ended well for this very `lock`."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    run(step)
    stamp.write_text(digest)


if __name__ == "__main__":
    try:
        install()
    except StepFailedError as error:
        sys.exit(str(error))
