"""Run one long command: show that it is alive, keep its output, say what to do when it fails."""

import re
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from demo.paths import LOGS, ROOT

_HEADING = re.compile(r"^(PLAY|TASK|RUNNING HANDLER) \[(?P<title>.*?)\] \**$")
_RECAP = re.compile(r"^(?P<host>\S+)\s+: ok=\d+\s+changed=(?P<changed>\d+)")
_QUIET_SECONDS = 20
_TAIL_LINES = 25


@dataclass(frozen=True)
class Step:
    """A command with a name that a person understands.

    `repeat` is what that person types to run it again, where this differs from the command itself.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    repeat: str | None = None

    @property
    def log(self) -> Path:
        """The file that keeps the command's output, the last run's only."""
        return LOGS / (re.sub(r"\W+", "-", self.name.lower()).strip("-") + ".log")


@dataclass
class Outcome:
    """What a finished step took, in seconds; for a playbook also each play's share and the number of changed tasks."""

    seconds: float = 0.0
    plays: dict[str, float] = field(default_factory=dict)
    changed: int = 0


class StepFailedError(Exception):
    """A command ended with an error. Its text names the step, the log and the command to repeat it."""

    def __init__(self, step: Step, returncode: int) -> None:
        """`returncode` is the command's own, negative for a signal."""
        lines = step.log.read_text(errors="replace").splitlines()
        tail = "\n".join(f"    {line}" for line in lines[-_TAIL_LINES:])
        super().__init__(
            f"{tail}\nStep “{step.name}” failed (exit code {returncode}).\n"
            f"  log:    {step.log}\n  repeat: {step.repeat or shlex.join(step.command)}"
        )
        self.step = step
        self.output = "\n".join(lines)


class _Progress:
    """One line for a terminal, rewritten each second; for a file, a line whenever nothing was said for a while."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._started = self._spoken = time.monotonic()
        self._doing = ""
        self._done = threading.Event()
        self._live = sys.stdout.isatty()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> "_Progress":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        if self._live:
            sys.stdout.write("\r\x1b[K")

    def doing(self, what: str) -> None:
        self._doing = what

    def _tell(self) -> None:
        while not self._done.wait(1):
            now = time.monotonic()
            line = f"  {now - self._started:6.0f} s  {self._name}: {self._doing}"
            if self._live:
                sys.stdout.write(f"\r\x1b[K{line[:118]}")
                sys.stdout.flush()
            elif now - self._spoken >= _QUIET_SECONDS:
                print(line, flush=True)
                self._spoken = now


def run(step: Step) -> Outcome:
    """Run `step` to its end and print its name with its seconds.

    Raises:
        StepFailedError: the command ended with an error.
    """
    step.log.parent.mkdir(parents=True, exist_ok=True)
    outcome = Outcome()
    started = play_started = time.monotonic()
    play = ""
    with (
        _Progress(step.name) as progress,
        step.log.open("w") as log,
        subprocess.Popen(
            step.command,
            cwd=ROOT,
            env=step.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        for line in process.stdout:
            log.write(line)
            log.flush()
            if heading := _HEADING.match(line.rstrip()):
                progress.doing(heading["title"])
                if heading[1] == "PLAY":
                    now = time.monotonic()
                    if play:
                        outcome.plays[play] = now - play_started
                    play, play_started = heading["title"], now
            elif recap := _RECAP.match(line):
                outcome.changed += int(recap["changed"])
    ended = time.monotonic()
    if play:
        outcome.plays[play] = ended - play_started
    outcome.seconds = ended - started
    if process.returncode:
        raise StepFailedError(step, process.returncode)
    print(f"  {outcome.seconds:6.1f} s  {step.name}", flush=True)
    return outcome
