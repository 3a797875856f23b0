"""Texts in a picture: find the lines, straighten each, read it with Tesseract."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

# Tesseract's threads wait for each other more than they read: one is 5 times faster here.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

import cv2
import numpy as np
import tesserocr  # type: ignore[import-untyped]

from simple_ocr.processor.detection import TextDetector

if TYPE_CHECKING:
    from cv2.typing import MatLike

    from simple_ocr.processor.detection import Line

_DEBIAN_DATA = "/usr/share/tesseract-ocr/5/tessdata"

_HEIGHT = 64  # pixels of a straightened line
_LOW_HEIGHT = 40  # for letters that are thin or blurred: Tesseract's network sees its lines 36 pixels high
_MARGIN = 8
_DOTS_PER_INCH = 150  # Tesseract guesses badly, and refuses what it takes for tiny
_SURE = 85.0  # percent: such a line is not read a second time
_LEAST_CONFIDENCE = 35.0
_NARROWEST_SPACE = 0.2  # of a line's height
_DARKEST, _LIGHTEST = 2, 98  # percentiles that become black and white


class Reading(NamedTuple):
    """What a line says, how sure that is (0 to 100), and where it stands in its picture."""

    text: str
    confidence: float
    line: Line


class _Word(NamedTuple):
    text: str
    left: int
    right: int


class TextReader:
    """Reads the texts in a picture; `languages` is what Tesseract takes, such as `eng` or `kor+eng`."""

    def __init__(self, languages: str) -> None:
        """Load models and languages; ValueError names languages that are not installed."""
        data = os.environ.get("TESSDATA_PREFIX", _DEBIAN_DATA)
        missing = {name for name in languages.split("+") if not Path(data, f"{name}.traineddata").exists()}
        if missing:
            raise ValueError(f"{data} has no {', '.join(sorted(missing))}: install tesseract-ocr-<language>")
        self._detector = TextDetector()
        # In this process, since the program takes 0.3 s to start and a line 0.01 s to read.
        self._tesseract = tesserocr.PyTessBaseAPI(path=data, lang=languages, psm=tesserocr.PSM.SINGLE_LINE)

    def read(self, frame: MatLike) -> list[Reading]:
        """Return what the lines of a picture (BGR) say, from its top to its bottom; those without text are left out."""
        readings = (self._read_line(frame, line) for line in self.find(frame))
        return [reading for reading in readings if reading.text and reading.confidence >= _LEAST_CONFIDENCE]

    def find(self, frame: MatLike) -> list[Line]:
        """Return where a picture (BGR) has lines of text, from its top to its bottom."""
        return self._detector.find(frame)

    def _read_line(self, frame: MatLike, line: Line) -> Reading:
        """Read as it is, then in black and white, then smaller, until one is sure; else the surest."""
        grey = _dark_on_light(straightened(frame, line, _HEIGHT))
        reading = self._recognize(grey, line)
        if reading.confidence < _SURE:
            reading = max(reading, self._recognize(_black_on_white(grey), line), key=lambda r: r.confidence)
        if reading.confidence < _SURE:
            smaller = _dark_on_light(straightened(frame, line, _LOW_HEIGHT))
            reading = max(reading, self._recognize(smaller, line), key=lambda r: r.confidence)
        return reading

    def _recognize(self, grey: MatLike, line: Line) -> Reading:
        padded = cv2.copyMakeBorder(grey, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_REPLICATE)
        height, width = padded.shape
        self._tesseract.SetImageBytes(padded.tobytes(), width, height, 1, width)
        self._tesseract.SetSourceResolution(_DOTS_PER_INCH)
        self._tesseract.Recognize()
        words = self._words()
        text = words[0].text if words else ""
        for left, right in pairwise(words):
            text += (" " if _are_apart(left, right, padded) else "") + right.text
        return Reading(printable(text), float(self._tesseract.MeanTextConf()), line)

    def _words(self) -> list[_Word]:
        level = tesserocr.RIL.WORD
        words: list[_Word] = []
        for item in tesserocr.iterate_level(self._tesseract.GetIterator(), level):
            if not item.Empty(level) and (text := item.GetUTF8Text(level).strip()):
                left, _, right, _ = item.BoundingBox(level)
                words.append(_Word(text, left, right))
        return words


def straightened(frame: MatLike, line: Line, height: int) -> MatLike:
    """Cut a line out of a picture and turn it level, `height` pixels high."""
    shape = line.size
    width = max(height // 4, round(shape[0] / shape[1] * height))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(line.corners, target)
    return cv2.warpPerspective(frame, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def printable(text: str) -> str:
    """Keep what can be shown on one line: no control characters, none that turn the direction of writing."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _dark_on_light(line: MatLike) -> MatLike:
    """Grey letters on a lighter ground, whose contrast is as wide as can be: a line has more ground than letters."""
    grey = cv2.cvtColor(line, cv2.COLOR_BGR2GRAY)
    darkest, lightest = np.percentile(grey, [_DARKEST, _LIGHTEST])
    spread = (grey - darkest) * (255 / max(lightest - darkest, 1))
    clear: MatLike = np.clip(spread, 0, 255).astype(np.uint8)
    binary = _black_on_white(clear)
    return cv2.bitwise_not(clear) if np.count_nonzero(binary) < binary.size / 2 else clear


def _black_on_white(grey: MatLike) -> MatLike:
    _, binary = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return binary


def _are_apart(left: _Word, right: _Word, grey: MatLike) -> bool:
    """Whether there is a space between two words: Tesseract puts one between most syllables of Hangul."""
    if (left.text + right.text).isascii():
        return True
    middles = slice((left.left + left.right) // 2, (right.left + right.right) // 2)
    letters = _black_on_white(grey)[_MARGIN:-_MARGIN, middles]
    is_empty = np.concatenate(([False], letters.mean(axis=0) > 245, [False]))
    edges = np.flatnonzero(np.diff(is_empty))
    widest = int(np.max(edges[1::2] - edges[::2], initial=0))
    return widest >= int(_NARROWEST_SPACE * letters.shape[0])
