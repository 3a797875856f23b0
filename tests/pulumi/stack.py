"""A stack of simple_ocr as `pulumi` runs it: with the stand-ins, its own back end and its own home."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.pulumi.control_plane import program

CHECKOUT = Path(__file__).parents[2]
STAND_INS = CHECKOUT / "ansible_collections/decenter/testbed/roles/pulumi_plugins/files"
LAUNCHERS = {
    "pulumi-language-python": "language_python",
    "pulumi-resource-kubernetes": "kubernetes_provider",
}
SECONDS = 300


@dataclass(frozen=True)
class Stack:
    """The stack `test` under `directory`, on the cluster of `kubeconfig`."""

    directory: Path
    kubeconfig: Path

    @classmethod
    def made_in(cls, directory: Path, kubeconfig: Path) -> "Stack":
        """Lay out the folders and make the stack."""
        for name in ("backend", "bin"):
            (directory / name).mkdir()
        project = {"name": "simple-ocr", "runtime": "python", "main": str(CHECKOUT / "pulumi/simple_ocr")}
        (directory / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        for name, module in LAUNCHERS.items():
            launcher = directory / "bin" / name
            launcher.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m pulumi_stand_ins {module} "$@"\n')
            launcher.chmod(0o755)
        stack = cls(directory, kubeconfig)
        stack.pulumi("stack", "select", "--create", "test")
        return stack

    def configure(self, **values: object) -> None:
        """Write the stack's configuration, keeping what Pulumi itself has put there."""
        path = self.directory / "Pulumi.test.yaml"
        settings = yaml.safe_load(path.read_text()) or {}
        settings["config"] = {f"simple-ocr:{key}": value for key, value in values.items()}
        settings["config"]["kubernetes:kubeconfig"] = str(self.kubeconfig)
        path.write_text(yaml.safe_dump(settings))

    def up(self) -> dict[str, int]:
        """Bring the cluster to what is declared, and return how many resources that made, changed or left."""
        self.pulumi("up", "--yes", "--skip-preview", "--stack", "test")
        return self.changes()

    def changes(self) -> dict[str, int]:
        """Return what the last operation did, as the back end remembers it."""
        changes: dict[str, int] = self._last()["resourceChanges"]
        return changes

    def output(self, name: str) -> str:
        """Return an output of the stack."""
        return self.pulumi("stack", "output", name, "--stack", "test").stdout.strip()

    def pulumi(self, *arguments: str, succeeds: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `pulumi` and return what it said; failure, or success where `succeeds` is false, fails the test."""
        environment = {
            "HOME": str(self.directory),
            "PATH": f"{self.directory / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": f"{STAND_INS}:{CHECKOUT / 'pulumi'}",
            "PULUMI_HOME": str(self.directory / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.directory / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        run = subprocess.run(
            [program("pulumi"), *arguments, "--non-interactive", "--color=never"],
            cwd=self.directory,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert (run.returncode == 0) is succeeds, run.stdout + run.stderr
        return run

    def _last(self) -> dict[str, Any]:
        history: list[dict[str, Any]] = json.loads(
            self.pulumi("stack", "history", "--json", "--page-size", "1", "--stack", "test").stdout
        )
        return history[0]
