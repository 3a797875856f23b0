"""Kill a playbook at a moment that matters."""

import os
import signal
import subprocess
import time
from collections.abc import Callable

from demo.ledger import account, connect
from demo.paths import ROOT
from demo.storyboard import Phase


def kill_when(phase: Phase, moment: Callable[[], bool], timeout: float = 180) -> None:
    """Start `phase` and kill it, with all its processes, as soon as `moment` is there.

    Raises:
        AssertionError: the phase ended, or time was up, before the moment came.

    """
    step = phase.step()
    deadline = time.monotonic() + timeout
    with subprocess.Popen(
        step.command,
        cwd=ROOT,
        env=step.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            while not moment():
                assert process.poll() is None, f"“{phase.name}” ended before the moment to kill it"
                assert time.monotonic() < deadline, f"“{phase.name}” did not come to the moment to kill it"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def transaction_is_pending(party: str) -> Callable[[], bool]:
    """Return the question whether `party` has sent a transaction that is in no block yet."""
    node = connect().node
    sender = node.checksummed(account(party))
    count = node.web3.eth.get_transaction_count
    return lambda: count(sender, "pending") > count(sender, "latest")
