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

_HEADING = re.compile(r"^(?:PLAY|TASK|RUNNING HANDLER) \[(?P<title>.*?)\] \**$")
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
    """When a step began and ended (time.monotonic); for a playbook also its headings and how many tasks changed."""

    began: float
    ended: float = 0.0
    headings: list[tuple[str, float]] = field(default_factory=list)
    """Title of each play and task, and when it began, in order."""
    changed: int = 0

    @property
    def seconds(self) -> float:
        """How long the step took."""
        return self.ended - self.began

    def when(self, title: str) -> float:
        """Return when the first play or task of that title began; a role's task is `role : task`."""
        return next(began for heading, began in self.headings if heading.endswith(title))


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


class _Saying:
    """What a playbook tells a person: the message of a task whose name begins with “Say”, up to the empty line."""

    def __init__(self) -> None:
        self._words: list[str] | None = None

    def begin(self, heading: str) -> None:
        self._words = [] if heading.rpartition(" : ")[2].startswith("Say ") else None

    def hear(self, line: str) -> None:
        if self._words is None:
            return
        if line and not (self._words and line.startswith("ok: ")):
            self._words.append(line)
            return
        # ok: [host] => msg: 'YAML, whose quotes are doubled inside'
        _, told, message = " ".join(self._words).partition("=> msg: ")
        if told:
            text = message.strip("'\"").replace("''", "'")
            print(f"            {text}", flush=True)
        # In a loop, another item follows.
        self._words = [line] if line else None


def run(step: Step) -> Outcome:
    """Run `step` to its end and print its name with its seconds, and what it says on the way.

    Raises:
        StepFailedError: the command ended with an error.

    """
    step.log.parent.mkdir(parents=True, exist_ok=True)
    outcome = Outcome(began=time.monotonic())
    saying = _Saying()
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
            saying.hear(line.strip())
            if heading := _HEADING.match(line.rstrip()):
                progress.doing(heading["title"])
                saying.begin(heading["title"])
                outcome.headings.append((heading["title"], time.monotonic()))
            elif recap := _RECAP.match(line):
                outcome.changed += int(recap["changed"])
    outcome.ended = time.monotonic()
    if process.returncode:
        raise StepFailedError(step, process.returncode)
    print(f"  {outcome.seconds:6.1f} s  {step.name}", flush=True)
    return outcome
