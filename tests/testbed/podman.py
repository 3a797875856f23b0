"""Ask podman about the test bed."""

import json
import subprocess
from typing import Any, Literal

Kind = Literal["container", "network", "volume"]


def podman(*arguments: str) -> str:
    """Return what a command of podman prints."""
    return subprocess.run(["podman", *arguments], capture_output=True, text=True, timeout=60, check=True).stdout


def carrying_label(kind: Kind) -> set[str]:
    """Return the names of what carries the test bed's label."""
    every = ["--all"] if kind == "container" else []
    name = "{{.Names}}" if kind == "container" else "{{.Name}}"
    return set(podman(kind, "ls", *every, "--filter", "label=decenter.testbed", "--format", name).split())


def inspect(kind: Literal["container", "network"], name: str) -> Any:  # noqa: ANN401
    """Return what podman knows of one thing."""
    return json.loads(podman(kind, "inspect", name))[0]
