"""Texts in a picture: find the signs, crop each, read it with Tesseract."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

# Tesseract's threads wait for each other more than they read: one is 5 times faster here.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

import cv2
import numpy as np
import tesserocr  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from cv2.typing import MatLike

_DEBIAN_DATA = "/usr/share/tesseract-ocr/5/tessdata"

_THUMBNAIL_WIDTH = 320
_PIXEL_DIFFERENCE = 10  # grey levels; below is noise of the camera or the codec
_PIXELS_DIFFERENT = 2

_SMALLEST_SIGN = 0.005  # of the picture
_LARGEST_SIGN = 0.6
_LEAST_RECTANGULAR = 0.8  # share of its bounding box that a sign's outline fills
_FEWEST_GLYPHS = 2
_GLYPH_HEIGHTS = (0.15, 0.85)  # of the sign
_READING_HEIGHT = 120  # pixels: letters of some 60, which is what Tesseract was trained on
_LEAST_CONFIDENCE = 60.0  # percent


_NARROWEST_SPACE = 0.18  # of a line's height with its margins


class _Word(NamedTuple):
    text: str
    confidence: float
    left: int
    right: int
    starts_line: bool


class Box(NamedTuple):
    """A rectangle in a picture, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def contains(self, other: Box) -> bool:
        """Whether `other` is another box and lies wholly in this one."""
        return (
            self != other
            and self.x <= other.x
            and self.y <= other.y
            and self.x + self.width >= other.x + other.width
            and self.y + self.height >= other.y + other.height
        )


class ChangeDetector:
    """Tells, for a fraction of the cost of reading, whether a picture shows something new."""

    def __init__(self) -> None:
        self._last: MatLike | None = None

    def has_changed(self, frame: MatLike) -> bool:
        """Compare with the last frame that had changed; that one, not the last seen, so that slow changes add up."""
        scale = _THUMBNAIL_WIDTH / frame.shape[1]
        small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        thumbnail = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        if self._last is not None and self._last.shape == thumbnail.shape:
            different = cv2.absdiff(thumbnail, self._last) > _PIXEL_DIFFERENCE
            if np.count_nonzero(different) <= _PIXELS_DIFFERENT:
                return False
        self._last = thumbnail
        return True


class SignReader:
    """Reads the signs in a picture; `languages` is what Tesseract takes, such as `eng` or `kor+eng`."""

    def __init__(self, languages: str) -> None:
        """Load the languages; ValueError names those that are not installed."""
        data = os.environ.get("TESSDATA_PREFIX", _DEBIAN_DATA)
        missing = {name for name in languages.split("+") if not Path(data, f"{name}.traineddata").exists()}
        if missing:
            raise ValueError(f"{data} has no {', '.join(sorted(missing))}: install tesseract-ocr-<language>")
        # In this process, since the program takes 0.4 s to start and a sign 0.03 s to read.
        self._tesseract = tesserocr.PyTessBaseAPI(path=data, lang=languages, psm=tesserocr.PSM.SINGLE_BLOCK)

    def read(self, frame: MatLike) -> list[str]:
        """Return the text of each sign, from the top of the picture to its bottom; signs without text are left out."""
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        texts = (self._read_sign(_cut(grey, sign)) for sign in find_signs(grey))
        return [text for text in texts if text]

    def _read_sign(self, sign: MatLike) -> str:
        writing = _writing(sign)
        words = [] if writing is None else self._words(writing)
        if writing is None or not words or fmean(word.confidence for word in words) < _LEAST_CONFIDENCE:
            return ""
        joined = words[0].text
        for left, right in pairwise(words):
            joined += (" " if _are_apart(left, right, writing) else "") + right.text
        return joined

    def _words(self, writing: MatLike) -> list[_Word]:
        height, width = writing.shape
        self._tesseract.SetImageBytes(writing.tobytes(), width, height, 1, width)
        self._tesseract.Recognize()
        level = tesserocr.RIL.WORD
        words: list[_Word] = []
        for item in tesserocr.iterate_level(self._tesseract.GetIterator(), level):
            if item.Empty(level):
                continue
            left, _, right, _ = item.BoundingBox(level)
            starts_line = item.IsAtBeginningOf(tesserocr.RIL.TEXTLINE)
            words.append(_Word(item.GetUTF8Text(level).strip(), item.Confidence(level), left, right, starts_line))
        return [word for word in words if word.text]


def find_signs(grey: MatLike) -> list[Box]:
    """Find the boards with writing on them: the innermost rectangles that hold shapes of the size of letters."""
    edges = cv2.dilate(cv2.Canny(grey, 40, 120), np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    picture = grey.shape[0] * grey.shape[1]
    rectangles = set()
    for contour in contours:
        box = Box(*cv2.boundingRect(contour))
        area = box.width * box.height
        is_of_size = _SMALLEST_SIGN * picture <= area <= _LARGEST_SIGN * picture
        if is_of_size and cv2.contourArea(contour) >= _LEAST_RECTANGULAR * area:
            rectangles.add(box)
    boards = [box for box in rectangles if _count_glyphs(_cut(grey, box)) >= _FEWEST_GLYPHS]
    innermost = [box for box in boards if not any(box.contains(other) for other in boards)]
    return sorted(innermost, key=lambda box: (box.y, box.x))


def _cut(picture: MatLike, box: Box) -> MatLike:
    return picture[box.y : box.y + box.height, box.x : box.x + box.width]


def _count_glyphs(board: MatLike) -> int:
    lowest, highest = (share * board.shape[0] for share in _GLYPH_HEIGHTS)
    shapes, _ = _shapes_inside(_dark_on_light(board))
    return sum(lowest <= shape.height <= highest and shape.width < board.shape[1] / 2 for shape in shapes.values())


def _shapes_inside(binary: MatLike) -> tuple[dict[int, Box], MatLike]:
    """Return the black shapes that don't touch the edge, where its frame and corners are, and the map of labels."""
    height, width = binary.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.bitwise_not(binary))
    boxes = enumerate(Box(*(int(number) for number in row[:4])) for row in stats)
    shapes = {
        label: box
        for label, box in boxes
        if box.x > 0 and box.y > 0 and box.x + box.width < width and box.y + box.height < height
    }
    return shapes, labels


def _writing(sign: MatLike) -> MatLike | None:
    """Cut a sign to its letters: black on white, a third of their height as margin; None when it has none."""
    shapes, labels = _shapes_inside(_dark_on_light(sign))
    if not shapes:
        return None
    ink = np.where(np.isin(labels, list(shapes)), np.uint8(0), np.uint8(255))
    x, y, width, height = cv2.boundingRect(cv2.bitwise_not(ink))
    margin = height // 3
    padded = cv2.copyMakeBorder(
        ink[y : y + height, x : x + width], margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(255,)
    )
    scale = _READING_HEIGHT / padded.shape[0]
    return cv2.resize(padded, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _are_apart(left: _Word, right: _Word, writing: MatLike) -> bool:
    """Whether there is a space between two words: Tesseract puts one between most syllables of Hangul."""
    if right.starts_line or (left.text + right.text).isascii():
        return True
    middles = slice((left.left + left.right) // 2, (right.left + right.right) // 2)
    is_empty = np.concatenate(([False], writing[:, middles].min(axis=0) > 127, [False]))
    edges = np.flatnonzero(np.diff(is_empty))
    widest = int(np.max(edges[1::2] - edges[::2], initial=0))
    return widest >= int(_NARROWEST_SPACE * writing.shape[0])


def _dark_on_light(grey: MatLike) -> MatLike:
    """Black letters on white: a board has more ground than letters."""
    _, binary = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return cv2.bitwise_not(binary) if np.count_nonzero(binary) < binary.size / 2 else binary
