"""Writes down what is read: new texts at once, their growth once a second."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2

from simple_ocr.processor.errors import SpoolError
from simple_ocr.processor.reading import straightened
from simple_ocr.processor.spool import Parcel
from simple_ocr.processor.tracking import Tracker

if TYPE_CHECKING:
    from cv2.typing import MatLike

    from simple_ocr.observations import Observation
    from simple_ocr.processor.delivery import Delivery
    from simple_ocr.processor.metrics import Metrics
    from simple_ocr.processor.reading import Reading
    from simple_ocr.processor.settings import Settings
    from simple_ocr.processor.spool import Spool

_INTERVAL_MS = 1000
_MOST_IN_MEMORY = 1000  # while the disk is full
_PICTURE_HEIGHT, _PICTURE_QUALITY = 48, 60

log = logging.getLogger("simple_ocr.journal")


class Journal:
    """Joins readings into observations and keeps them in the spool, or in memory while the disk is full."""

    def __init__(self, settings: Settings, spool: Spool, delivery: Delivery, metrics: Metrics) -> None:
        """Go on from what an earlier process wrote down."""
        self._tracker = Tracker(settings.camera, settings.region, spool.shown())
        self._keeps_pictures = settings.keeps_pictures
        self._spool = spool
        self._delivery = delivery
        self._metrics = metrics
        self._unwritten: dict[str, Parcel] = {}
        self._next_write = 0

    def see(self, readings: list[Reading], frame: MatLike, moment: int) -> None:
        """Take what was read in a picture at a moment (Unix ms); SpoolError when it can't be written down."""
        observations = self._tracker.see(readings, moment)
        pictures = {}
        if self._keeps_pictures:
            pictures = {reading.text: _picture(frame, reading) for reading in readings}
        self._keep(observations, pictures, moment)

    def see_the_same(self, moment: int) -> None:
        """Take a picture that shows what the last one showed; SpoolError as `see`."""
        self._keep(self._tracker.see_the_same(moment), {}, moment)

    def flush(self) -> None:
        """Write down everything, if the disk takes it."""
        try:
            self._write()
        except SpoolError:
            log.exception("%d observations are lost", len(self._unwritten))

    def _keep(self, observations: list[Observation], pictures: dict[str, bytes], moment: int) -> None:
        for observation in observations:
            before = self._unwritten.pop(observation.identity, None)
            picture = pictures.get(observation.text) or (before.picture if before else None)
            kept = replace(observation, has_picture=self._keeps_pictures)
            self._unwritten[observation.identity] = Parcel(kept, picture)
            if observation.count == 1:
                self._metrics.observations.inc()
                fields = {"camera": observation.camera, "text": observation.text, "confidence": observation.confidence}
                log.info("a text appeared", extra={"fields": fields})
        while len(self._unwritten) > _MOST_IN_MEMORY:
            del self._unwritten[next(iter(self._unwritten))]
        has_new = any(observation.count == 1 for observation in observations)
        if self._unwritten and (has_new or moment >= self._next_write):
            self._next_write = moment + _INTERVAL_MS
            self._write()

    def _write(self) -> None:
        self._spool.put(self._unwritten.values())
        self._unwritten.clear()
        self._delivery.notify()
        self._metrics.waiting.set(len(self._spool))


def _picture(frame: MatLike, reading: Reading) -> bytes:
    crop = straightened(frame, reading.line, _PICTURE_HEIGHT)
    _, jpeg = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, _PICTURE_QUALITY])
    return jpeg.tobytes()
