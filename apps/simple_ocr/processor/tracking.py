"""Joins what is read from picture after picture into observations."""

from __future__ import annotations

from dataclasses import replace

from simple_ocr.observations import Observation

_PATIENCE_MS = 2000  # a text that a passer-by hides, or that is misread, for less than this is still the same one


class Tracker:
    """The texts that one camera shows now; times are Unix milliseconds and never go back."""

    def __init__(self, camera: str, region: str) -> None:
        self._camera = camera
        self._region = region
        self._shown: dict[str, Observation] = {}
        self._last_read: list[str] = []

    def see(self, texts: list[str], moment: int) -> list[Observation]:
        """Take the texts of one picture and return their observations, grown or new."""
        self._last_read = texts
        self._shown = {t: o for t, o in self._shown.items() if moment - o.last_seen <= _PATIENCE_MS}
        # A text that hangs in two places of the picture is one observation.
        seen = [self._grow(text, moment) for text in dict.fromkeys(texts)]
        self._shown |= {observation.text: observation for observation in seen}
        return seen

    def see_the_same(self, moment: int) -> list[Observation]:
        """Take a picture that shows what the last one showed."""
        return self.see(self._last_read, moment)

    def _grow(self, text: str, moment: int) -> Observation:
        before = self._shown.get(text)
        if before is None:
            return Observation(self._camera, self._region, text, first_seen=moment, last_seen=moment, count=1)
        return replace(before, last_seen=moment, count=before.count + 1)
