"""Watch the camera, read what changes, keep what is read; connect again when the camera is lost."""

from __future__ import annotations

import logging
import os
import random
import signal
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

from simple_ocr import logs
from simple_ocr.environment import secret_in
from simple_ocr.observations import CameraHealth, Repository
from simple_ocr.operations import Condition, OperationsServer
from simple_ocr.processor.access import CameraAccess
from simple_ocr.processor.bandwidth import received_from
from simple_ocr.processor.camera import Camera
from simple_ocr.processor.changes import ChangeDetector
from simple_ocr.processor.delivery import Delivery
from simple_ocr.processor.errors import CameraError, ProcessorError, SpoolError
from simple_ocr.processor.journal import Journal
from simple_ocr.processor.metrics import Metrics
from simple_ocr.processor.reading import TextReader
from simple_ocr.processor.settings import Settings
from simple_ocr.processor.spool import Spool

if TYPE_CHECKING:
    from cv2.typing import MatLike

READING = "reading"
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 15.0
_LONGEST_PICTURE = 60.0  # seconds without a sign of life, after which a restart is better
_LAST_DELIVERY = 3.0
_BYTES_EVERY = 1.0

log = logging.getLogger("simple_ocr.processor")


class Processor:
    """One camera's way from picture to spool; `delivery` takes it on from there."""

    def __init__(self, settings: Settings, stopping: threading.Event) -> None:
        """Load everything; ValueError or SpoolError says what is missing."""
        self.metrics = Metrics(settings.camera)
        self._settings = settings
        self._stopping = stopping
        self._state, self._detail = "starting", "no picture has been read yet"
        self._alive = time.monotonic()
        self._reader = TextReader(settings.languages)
        self._spool = Spool(settings.spool_file)
        password = secret_in(settings.password_file)
        repository = Repository(settings.repository_url, password)
        self._delivery = Delivery(self._spool, repository, self._health, self.metrics)
        self._journal = Journal(settings, self._spool, self._delivery, self.metrics)

    def run(self) -> None:
        """Work until told to stop, waiting longer after each failure in a row."""
        self._delivery.start()
        wait = _FIRST_WAIT
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._watch()
            except CameraError as error:
                self.metrics.reconnections.inc()
                if time.monotonic() - started > _LONGEST_WAIT:
                    wait = _FIRST_WAIT
                self._report(error.state, str(error))
                self._alive = time.monotonic()
                # Cameras of one region come back together; their processors shall not knock together.
                self._stopping.wait(wait * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
                wait = min(2 * wait, _LONGEST_WAIT)
        self._journal.flush()
        self._delivery.stop(_LAST_DELIVERY)
        self._spool.close()

    def alive(self) -> Condition:
        """Tell whether the loop goes round: a camera that is away is no reason to restart."""
        silent = time.monotonic() - self._alive
        return Condition(silent < _LONGEST_PICTURE, "alive", f"last sign of life {silent:.0f} s ago")

    def ready(self) -> Condition:
        """Tell whether pictures are read and what is read arrives."""
        if self._state == READING and self._delivery.problem:
            return Condition(False, "repository-unreachable", self._delivery.problem)
        return Condition(self._state == READING, self._state, self._detail)

    def _watch(self) -> None:
        changes = ChangeDetector()
        access = CameraAccess.from_directory(self._settings.access_directory)
        with Camera(access) as camera:
            video = _Received(access)
            while not self._stopping.is_set():
                frame = camera.next_frame()
                moment = time.time_ns() // 1_000_000
                self._alive = time.monotonic()
                self.metrics.frames.inc()
                self._take(frame, moment, has_changed=changes.has_changed(frame))
                self.metrics.video_bytes.inc(video.more())

    def _take(self, frame: MatLike, moment: int, *, has_changed: bool) -> None:
        try:
            if has_changed:
                with self.metrics.reading.time():
                    readings = self._reader.read(frame)
                self._journal.see(readings, frame, moment)
            else:
                self.metrics.skipped.inc()
                self._journal.see_the_same(moment)
        except SpoolError as error:
            self._report(error.state, str(error))
        else:
            self._report(READING, f"reading camera {self._settings.camera}")

    def _report(self, state: str, detail: str) -> None:
        self.metrics.is_reading.set(state == READING)
        if (state, detail) != (self._state, self._detail):
            level = logging.INFO if state == READING else logging.ERROR
            log.log(level, detail, extra={"fields": {"camera": self._settings.camera, "state": state}})
        self._state, self._detail = state, detail

    def _health(self) -> CameraHealth:
        return CameraHealth(
            self._settings.camera,
            self._settings.region,
            self._state,
            self._detail,
            moment=time.time_ns() // 1_000_000,
            frames=self.metrics.value("frames_total"),
            skipped=self.metrics.value("frames_skipped_total"),
            waiting=len(self._spool),
            video_bytes=self.metrics.value("video_bytes_total"),
            sent_bytes=self.metrics.value("sent_bytes_total"),
        )


class _Received:
    """The growth of the bytes that one camera has sent, looked up once a second."""

    def __init__(self, access: CameraAccess) -> None:
        host, port = access.address
        self._address = (socket.gethostbyname(host), port)
        self._total = 0
        self._next = 0.0

    def more(self) -> int:
        """Return the bytes since the last look."""
        if time.monotonic() < self._next:
            return 0
        self._next = time.monotonic() + _BYTES_EVERY
        before, self._total = self._total, received_from(self._address)
        return max(0, self._total - before)


def main() -> None:
    """Run the processor; exits with status 2 and one sentence when its settings are wrong."""
    logs.configure()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        settings = Settings.from_environment(os.environ)
        processor = Processor(settings, stopping)
    except (ValueError, FileNotFoundError, ProcessorError) as error:
        log.error("%s", error)  # noqa: TRY400 - a traceback would hide the sentence
        sys.exit(2)
    address = ("", settings.operations_port)
    OperationsServer(address, processor.alive, processor.ready, processor.metrics.registry).start()
    processor.run()


if __name__ == "__main__":
    main()
