from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from decenter_camera import scene
from simple_ocr.processor.reading import ChangeDetector, SignReader

from tests.federation.reading import character_error_rate

if TYPE_CHECKING:
    from collections.abc import Callable

    from cv2.typing import MatLike

    Picture = Callable[[str, str], MatLike]


def test_a_language_that_is_not_installed_is_named() -> None:
    with pytest.raises(ValueError, match="has no tlh: install tesseract-ocr-<language>"):
        SignReader("eng+tlh")


def test_a_picture_without_a_sign_has_no_text() -> None:
    assert SignReader("eng").read(np.full((720, 1280, 3), 127, np.uint8)) == []


@pytest.mark.parametrize("language", ["eng", "kor"])
def test_known_signs_are_read(language: str, picture: Picture) -> None:
    reader = SignReader(language)
    texts = scene.known_texts(language)
    read = [" ".join(reader.read(_as_if_filmed(picture(text, language)))) for text in texts]
    rates = [character_error_rate(text, seen) for text, seen in zip(texts, read, strict=True)]
    assert fmean(rates) <= 0.05, dict(zip(texts, read, strict=True))


def _as_if_filmed(frame: MatLike) -> MatLike:
    """Noise, then blocks of compression."""
    noise = np.random.default_rng(7).normal(0, 4, frame.shape)
    noisy = np.clip(frame + noise, 0, 255).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 70])
    decoded = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded


def test_only_a_picture_that_differs_has_changed(picture: Picture) -> None:
    changes = ChangeDetector()
    before = picture("GATE 27 CLOSES 14:35", "eng")
    after = picture("GATE 28 CLOSES 14:35", "eng")
    assert changes.has_changed(before)
    assert not changes.has_changed(_as_if_filmed(before))
    assert changes.has_changed(after)
    assert not changes.has_changed(after)
    assert changes.has_changed(before)
