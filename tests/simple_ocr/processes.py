"""Waiting for programs that the tests start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def wait_for_line(log: Path, text: str, process: subprocess.Popen[bytes]) -> None:
    """Return once a line of `log` holds `text`; fails when the process ends first."""
    while not log.exists() or text not in log.read_text():
        assert process.poll() is None, f"the process ended: {log.read_text() if log.exists() else 'without a word'}"
