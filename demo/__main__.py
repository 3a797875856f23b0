"""`python -m demo up | down | build`: the storyboard, from an empty machine to text in Italy, and back."""

import argparse
import sys
import time
from collections.abc import Iterable

from demo import application, storyboard
from demo.ledger import Statement, statement
from demo.paths import LOGS, STATE
from demo.steps import Outcome, StepFailedError, run

_NEXT = f"""\
The federation is running.
  Texts of both cameras   {application.ADDRESS}
  A's cluster             kubectl --kubeconfig {STATE}/kubeconfig get nodes
  Logs                    {LOGS}
Try next:
  make demo               again: every playbook finds its work done
  make demo-down          release, settle, withdraw, reclaim, remove
"""


def build() -> None:
    """Build and cache all that the test bed is made of."""
    run(storyboard.BUILD.step())


def up() -> None:
    """Play the storyboard to its end; what was played before changes nothing."""
    taken: list[tuple[str, float]] = []
    build()
    _play([storyboard.TEST_BED, *storyboard.ITALY], taken)
    _wait_for_text("cam1", taken)
    _play([*storyboard.MARKET, *storyboard.KOREA], taken)
    _wait_for_text("camkor1", taken)
    print()
    for name, seconds in taken:
        print(f"  {seconds:6.1f} s  {name}")
    print(f"  {sum(seconds for _, seconds in taken):6.1f} s  in all\n\n{_NEXT}")


def down() -> None:
    """End the federation as its parties would, say who was paid how much, and remove the test bed."""
    last_word = ""
    if storyboard.is_up():
        _play(storyboard.PARTING, [])
        last_word = _in_words(statement())
    _play([storyboard.TEST_BED_DOWN], [])
    print(last_word or "  No federation was running: nobody was paid.")


def _play(phases: Iterable[storyboard.Phase], taken: list[tuple[str, float]]) -> list[Outcome]:
    outcomes = []
    for phase in phases:
        outcome = run(phase.step())
        taken.append((phase.name, outcome.seconds))
        outcomes.append(outcome)
    return outcomes


def _wait_for_text(camera: str, taken: list[tuple[str, float]]) -> None:
    started = time.monotonic()
    text = application.wait_for_text(camera, since=application.now()).text
    taken.append((f"First text of {camera}", time.monotonic() - started))
    print(f"  {taken[-1][1]:6.1f} s  First text of {camera}: {text}", flush=True)


def _in_words(lines: Iterable[Statement]) -> str:
    return "\n".join(
        f"  {line.reservation}: the seller {line.seller} was paid {line.paid} wei for "
        f"{line.delivered} of {line.elapsed} s, "
        f"the buyer {line.buyer} got {line.refunded} wei back."
        for line in lines
    )


def main() -> int:
    """Parse the one argument and run it; a failure is told in words, with exit code 1."""
    verbs = {"build": build, "up": up, "down": down}
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("verb", choices=verbs)
    try:
        verbs[parser.parse_args().verb]()
    except (StepFailedError, TimeoutError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
