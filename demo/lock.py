"""Compile the locks: exact versions with hashes and no download address."""

import os

from demo.paths import VENV
from demo.steps import Step, run

_COMPILE = (
    f"{VENV}/bin/uv pip compile --python-version 3.11 --upgrade --generate-hashes "
    "--no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet"
)
_EVERYTHING = "pyproject.toml --all-extras --group test --group processor --group webserver"
# A group alone, without pyproject.toml: images and provers need nothing of the project's own.
LOCKS = {"development": _EVERYTHING} | {
    group: f"--group {group}" for group in ("processor", "webserver", "slither", "halmos")
}

if __name__ == "__main__":
    for name, selection in LOCKS.items():
        command = f"{_COMPILE} {selection} --output-file requirements/{name}.txt".split()
        run(Step(f"Lock {name}", command, dict(os.environ)))
