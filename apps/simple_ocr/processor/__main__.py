"""Watch the camera, read what changes, store what is read; connect again when the camera or the Repository is lost."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from simple_ocr.observations import Repository, RepositoryUnreachableError
from simple_ocr.processor.access import CameraAccess
from simple_ocr.processor.camera import Camera
from simple_ocr.processor.errors import CameraError
from simple_ocr.processor.health import READING, Health, HealthServer
from simple_ocr.processor.outbox import Outbox
from simple_ocr.processor.reading import ChangeDetector, SignReader
from simple_ocr.processor.settings import Settings
from simple_ocr.processor.tracking import Tracker

if TYPE_CHECKING:
    from simple_ocr.observations import Observation

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 15.0

log = logging.getLogger("simple_ocr.processor")


class Processor:
    """One camera's way from picture to Repository."""

    def __init__(self, settings: Settings, health: HealthServer, stopping: threading.Event) -> None:
        self._settings = settings
        self._health = health
        self._stopping = stopping
        self._reader = SignReader(settings.languages)
        self._tracker = Tracker(settings.camera, settings.region)
        self._outbox = Outbox(Repository(settings.repository_url))

    def run(self) -> None:
        """Work until told to stop, waiting longer after each failure in a row."""
        wait = _FIRST_WAIT
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._watch()
            except CameraError as error:
                if time.monotonic() - started > _LONGEST_WAIT:
                    wait = _FIRST_WAIT
                self._report(Health(error.state, str(error)))
                self._stopping.wait(wait)
                wait = min(2 * wait, _LONGEST_WAIT)

    def _watch(self) -> None:
        changes = ChangeDetector()
        with Camera(CameraAccess.from_directory(self._settings.access_directory)) as camera:
            while not self._stopping.is_set():
                frame = camera.next_frame()
                moment = time.time_ns() // 1_000_000
                if changes.has_changed(frame):
                    observations = self._tracker.see(self._reader.read(frame), moment)
                else:
                    observations = self._tracker.see_the_same(moment)
                self._store(observations, moment)

    def _store(self, observations: list[Observation], moment: int) -> None:
        try:
            self._outbox.add(observations, moment)
        except RepositoryUnreachableError as error:
            self._report(Health("repository-unreachable", str(error)))
        if not self._outbox.is_behind:
            self._report(Health(READING, f"reading camera {self._settings.camera}"))
        for observation in observations:
            if observation.count == 1:
                log.info("%s shows %r", observation.camera, observation.text)

    def _report(self, health: Health) -> None:
        if health != self._health.health:
            log.log(logging.INFO if health.state == READING else logging.ERROR, "%s: %s", health.state, health.detail)
        self._health.health = health


def main() -> None:
    """Run the processor; exits with status 2 and one sentence when its settings are wrong."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    try:
        settings = Settings.from_environment(os.environ)
        health = HealthServer(("", settings.health_port))
        processor = Processor(settings, health, stopping)
    except ValueError as error:
        log.error("%s", error)  # noqa: TRY400 - a traceback would hide the sentence
        sys.exit(2)
    health.start()
    processor.run()


if __name__ == "__main__":
    main()
