from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from decenter_camera import scene
from simple_ocr.processor import detection
from simple_ocr.processor.detection import TextDetector
from simple_ocr.processor.reading import TextReader, printable

from tests.federation.reading import character_error_rate

if TYPE_CHECKING:
    from collections.abc import Callable

    from cv2.typing import MatLike

    Picture = Callable[[str, str], MatLike]


def test_a_language_that_is_not_installed_is_named() -> None:
    with pytest.raises(ValueError, match="has no tlh: install tesseract-ocr-<language>"):
        TextReader("eng+tlh")


def test_a_missing_model_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "_PACKAGE", "no_such_package")
    with pytest.raises(FileNotFoundError, match="install the package no_such_package"):
        TextDetector()


@pytest.fixture(scope="module")
def english() -> TextReader:
    return TextReader("eng")


@pytest.mark.parametrize("shape", [(720, 1280), (1, 1), (4, 4000)])
def test_a_picture_without_text_has_none(english: TextReader, shape: tuple[int, int]) -> None:
    assert english.read(np.full((*shape, 3), 127, np.uint8)) == []


@pytest.mark.parametrize(
    ("raw", "clean"),
    [("EXIT\x00\x1b[31m", "EXIT [31m"), ("a\u202eb", "a b"), (" 비상구\n 2층 ", "비상구 2층"), ("🚧 ok", "🚧 ok")],
)
def test_control_characters_never_leave_the_reader(raw: str, clean: str) -> None:
    assert printable(raw) == clean


@pytest.mark.parametrize("language", ["eng", "kor"])
def test_known_signs_are_read(language: str, picture: Picture) -> None:
    reader = TextReader(language)
    texts = scene.known_texts(language)[::3]
    readings = [reader.read(_as_if_filmed(picture(text, language))) for text in texts]
    read = [" ".join(reading.text for reading in found) for found in readings]
    rates = [character_error_rate(text, seen) for text, seen in zip(texts, read, strict=True)]
    assert fmean(rates) <= 0.02, dict(zip(texts, read, strict=True))
    assert all(50 < reading.confidence <= 100 for found in readings for reading in found)


def test_a_tilted_sign_is_straightened(english: TextReader, picture: Picture) -> None:
    turn = cv2.getRotationMatrix2D((640, 360), 14, 1.0)
    tilted = cv2.warpAffine(picture("EMERGENCY EXIT", "eng"), turn, (1280, 720))
    (reading,) = english.read(tilted)
    assert reading.text == "EMERGENCY EXIT"
    width, height = reading.line.size
    assert width > 6 * height


def _as_if_filmed(frame: MatLike) -> MatLike:
    """Noise, then blocks of compression."""
    noise = np.random.default_rng(7).normal(0, 4, frame.shape)
    noisy = np.clip(frame + noise, 0, 255).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 70])
    decoded = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded
