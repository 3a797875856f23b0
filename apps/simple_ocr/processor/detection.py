"""Where a picture has text: a segmentation network (PP-OCRv4, DBNet) marks its pixels, and each patch is a line."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import onnxruntime  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from cv2.typing import MatLike
    from numpy.typing import NDArray

# The wheel is there for its file alone: nothing of it is imported, and none of what it would import is installed.
_PACKAGE, _MODEL = "rapidocr_onnxruntime", "models/ch_PP-OCRv4_det_infer.onnx"

_SIDE = 736  # pixels of the longer side, which the network was made for
_STEP = 32  # its pyramid halves the picture five times
_MEAN = np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1)

_LIKELY_TEXT = 0.3  # of a pixel
_LIKELY_LINE = 0.5  # of a patch's mean
_SMALLEST = 3.0  # pixels of a patch in the network's picture
# The network learned patches shrunk by their area over their outline; this gives it back, with room for accents.
_GROWTH = 1.6
_MOST_LINES = 64  # in one picture, the surest of them: a page of print must not hold up the stream


class Line(NamedTuple):
    """The corners of a line of text in a picture, from the upper left clockwise: 4 x 2, in pixels."""

    corners: NDArray[np.float32]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in pixels."""
        upper_left, upper_right, lower_right, lower_left = self.corners
        width = max(np.linalg.norm(upper_right - upper_left), np.linalg.norm(lower_right - lower_left))
        height = max(np.linalg.norm(lower_left - upper_left), np.linalg.norm(lower_right - upper_right))
        return float(width), float(height)


class TextDetector:
    """Finds the lines of text in pictures, in one thread."""

    def __init__(self) -> None:
        """Load the network; FileNotFoundError says which package is missing."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # An arena would keep the memory of the largest picture for ever.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(str(_model()), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def find(self, frame: MatLike) -> list[Line]:
        """Return the lines of a picture (BGR) from its top to its bottom."""
        height, width = frame.shape[:2]
        likely = self._likelihood(frame)
        scale = np.array([width / likely.shape[1], height / likely.shape[0]], np.float32)
        patches, _ = cv2.findContours(
            (likely > _LIKELY_TEXT).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
        )
        scored = sorted(((_mean_inside(likely, patch), index) for index, patch in enumerate(patches)), reverse=True)
        found = (_corners(patches[index]) for score, index in scored if score >= _LIKELY_LINE)
        lines = [Line(corners * scale) for corners in found if corners is not None][:_MOST_LINES]
        return sorted(lines, key=lambda line: (float(line.corners[:, 1].mean()), float(line.corners[:, 0].mean())))

    def _likelihood(self, frame: MatLike) -> NDArray[np.float32]:
        """Return how likely each pixel of the reduced picture is text, 0 to 1."""
        height, width = frame.shape[:2]
        scale = _SIDE / max(height, width)
        size = [max(_STEP, round(length * scale / _STEP) * _STEP) for length in (width, height)]
        smaller = cv2.resize(frame, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        pixels = (cv2.dnn.blobFromImage(smaller, 1 / 255) - _MEAN) / _DEVIATION
        likelihood: NDArray[np.float32] = self._session.run(None, {self._input: pixels})[0][0, 0]
        return likelihood


def _model() -> Path:
    package = find_spec(_PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError(f"the text detection model is missing: install the package {_PACKAGE}")
    return Path(package.submodule_search_locations[0], _MODEL)


def _mean_inside(likely: NDArray[np.float32], patch: MatLike) -> float:
    x, y, width, height = cv2.boundingRect(patch)
    mask = np.zeros((height, width), np.uint8)
    cv2.drawContours(mask, [patch - (x, y)], -1, (1,), cv2.FILLED)
    return cv2.mean(likely[y : y + height, x : x + width], mask)[0]


def _corners(patch: MatLike) -> NDArray[np.float32] | None:
    """Return the corners of the rectangle around a patch, grown; None for a speck."""
    center, (width, height), angle = cv2.minAreaRect(patch)
    if min(width, height) < _SMALLEST:
        return None
    margin = _GROWTH * width * height / (width + height)
    by_x = sorted(cv2.boxPoints((center, (width + margin, height + margin), angle)), key=lambda corner: corner[0])
    (upper_left, lower_left), (upper_right, lower_right) = (
        sorted(pair, key=lambda corner: corner[1]) for pair in (by_x[:2], by_x[2:])
    )
    return np.array([upper_left, upper_right, lower_right, lower_left], np.float32)
