from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from simple_ocr.processor.changes import ChangeDetector

if TYPE_CHECKING:
    from collections.abc import Callable

    from cv2.typing import MatLike


def test_only_a_picture_that_differs_has_changed(picture: Callable[[str, str], MatLike]) -> None:
    changes = ChangeDetector()
    before = picture("GATE 27 CLOSES 14:35", "eng")
    after = picture("GATE 28 CLOSES 14:35", "eng")
    assert changes.has_changed(before)
    noise = np.random.default_rng(7).normal(0, 4, before.shape)
    assert not changes.has_changed(np.clip(before + noise, 0, 255).astype(np.uint8))
    assert changes.has_changed(after)
    assert not changes.has_changed(after)
    assert changes.has_changed(before)


def test_another_resolution_is_a_change(picture: Callable[[str, str], MatLike]) -> None:
    changes = ChangeDetector()
    frame = picture("EXIT", "eng")
    assert changes.has_changed(frame)
    assert changes.has_changed(cv2.resize(frame, (640, 480)))
    assert changes.has_changed(frame[:1, :1])
