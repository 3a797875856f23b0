"""Joins what is read from picture after picture into observations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simple_ocr.observations import Observation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simple_ocr.processor.reading import Reading

_PATIENCE_MS = 2000  # a text that a passer-by hides, or that is misread, for less than this is still the same one
_MEMORY_MS = 60_000  # how long what a camera showed is remembered while no picture comes


class Tracker:
    """The texts that one camera shows now; times are Unix milliseconds and never go back.

    Only the time in which pictures came counts as absence: a text that hangs there when a lost camera, or this very
    process, comes back within a minute is still the same observation.
    """

    def __init__(self, camera: str, region: str, shown: Iterable[Observation] = ()) -> None:
        """Go on from `shown`, what an earlier process knew."""
        self._camera = camera
        self._region = region
        self._shown = {observation.text: observation for observation in shown}
        self._absent = dict.fromkeys(self._shown, 0)
        self._moment = max((observation.last_seen for observation in self._shown.values()), default=0)
        self._last_read: list[Reading] = []

    def see(self, readings: list[Reading], moment: int) -> list[Observation]:
        """Take what was read in one picture and return its observations, grown or new."""
        self._last_read = readings
        self._forget(moment)
        best: dict[str, float] = {}
        for reading in readings:
            # A text that hangs in two places of the picture is one observation.
            best[reading.text] = max(reading.confidence, best.get(reading.text, 0.0))
        seen = [self._grow(text, confidence, moment) for text, confidence in best.items()]
        for observation in seen:
            self._shown[observation.text] = observation
            self._absent[observation.text] = 0
        return seen

    def see_the_same(self, moment: int) -> list[Observation]:
        """Take a picture that shows what the last one showed."""
        return self.see(self._last_read, moment)

    def _forget(self, moment: int) -> None:
        gap = moment - self._moment
        self._moment = moment
        absence = gap if gap <= _PATIENCE_MS else _PATIENCE_MS + 1 if gap > _MEMORY_MS else 0
        self._absent = {text: absent + absence for text, absent in self._absent.items()}
        for text in [text for text, absent in self._absent.items() if absent > _PATIENCE_MS]:
            del self._shown[text], self._absent[text]

    def _grow(self, text: str, confidence: float, moment: int) -> Observation:
        before = self._shown.get(text)
        if before is None:
            return Observation(self._camera, self._region, text, moment, moment, 1, round(confidence))
        return replace(
            before, last_seen=moment, count=before.count + 1, confidence=max(before.confidence, round(confidence))
        )
