"""Whether a picture shows anything new, for a fraction of the cost of reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from cv2.typing import MatLike

_WIDTH = 320  # of the thumbnails that are compared; one digit of 15-pixel text still shows
_DIFFERENCE = 10  # grey levels; below is noise of the camera or the codec
_PIXELS = 2


class ChangeDetector:
    """Compares pictures with the last one that had changed, not the last seen, so that slow changes add up."""

    def __init__(self) -> None:
        self._last: MatLike | None = None

    def has_changed(self, frame: MatLike) -> bool:
        """Return whether a picture (BGR) differs from the last for which this was true; the first one does."""
        scale = _WIDTH / frame.shape[1]
        size = (_WIDTH, max(1, round(frame.shape[0] * scale)))
        thumbnail = cv2.cvtColor(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        if self._last is not None and self._last.shape == thumbnail.shape:
            different = cv2.absdiff(thumbnail, self._last) > _DIFFERENCE
            if np.count_nonzero(different) <= _PIXELS:
                return False
        self._last = thumbnail
        return True
