"""Takes what waits in the spool to the Repository, in order, for as long as it takes."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from simple_ocr.observations import CameraHealth, Repository, RepositoryUnreachableError
from simple_ocr.processor.errors import SpoolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simple_ocr.processor.metrics import Metrics
    from simple_ocr.processor.spool import Parcel, Spool

_FIRST_WAIT, _LONGEST_WAIT = 0.25, 5.0
_HEARTBEAT = 5.0

log = logging.getLogger("simple_ocr.delivery")


class Delivery:
    """A thread that sends what waits, strikes it out once it has arrived, and tells how the camera is.

    What was sent but not struck out when the process died is sent again and replaces itself. `problem` is the
    sentence that says why nothing can be sent now, or empty.
    """

    def __init__(
        self, spool: Spool, repository: Repository, health: Callable[[], CameraHealth], metrics: Metrics
    ) -> None:
        self.problem = ""
        self._spool = spool
        self._repository = repository
        self._health = health
        self._metrics = metrics
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._told: tuple[float, str] = (0.0, "")
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def notify(self) -> None:
        """Say that something waits: it is sent at once."""
        self._ready.set()

    def stop(self, seconds: float) -> None:
        """Deliver what still waits, for at most `seconds`, and end; what is left goes with the next process."""
        self._stopping.set()
        self._ready.set()
        self._thread.join(seconds)
        self._repository.close()

    def _run(self) -> None:
        wait = _FIRST_WAIT
        while True:
            stopping = self._stopping.is_set()
            try:
                self._send_all()
                self._tell_health()
            except (RepositoryUnreachableError, SpoolError) as error:
                self._report(str(error))
                if self._stopping.wait(wait):
                    return
                wait = min(2 * wait, _LONGEST_WAIT)
                continue
            self._report("")
            wait = _FIRST_WAIT
            if stopping:
                return
            self._ready.wait(_HEARTBEAT / 5)
            self._ready.clear()

    def _send_all(self) -> None:
        while batch := self._spool.oldest():
            self._send(batch)
        self._metrics.waiting.set(0)

    def _send(self, batch: list[Parcel]) -> None:
        pictures = {parcel.observation.identity: parcel.picture for parcel in batch if parcel.picture}
        self._repository.put([parcel.observation for parcel in batch], pictures)
        self._spool.delivered(batch)
        self._metrics.sent_bytes.inc(self._repository.take_sent_bytes())
        now = time.time()
        for parcel in batch:
            self._metrics.lag.observe(max(0.0, now - parcel.observation.last_seen / 1000))

    def _tell_health(self) -> None:
        health = self._health()
        moment, state = self._told
        if time.monotonic() - moment >= _HEARTBEAT or health.state != state:
            self._repository.tell(health)
            self._told = time.monotonic(), health.state

    def _report(self, problem: str) -> None:
        if problem and not self.problem:
            log.error(problem)
        if self.problem and not problem:
            log.info("the repository serves again: all that waited is there")
        self.problem = problem
