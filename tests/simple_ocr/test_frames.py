"""A camera's pictures as FFmpeg may hand them over, without a camera."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from simple_ocr.processor import camera, rtsp
from simple_ocr.processor.access import CameraAccess
from simple_ocr.processor.camera import Camera
from simple_ocr.processor.errors import FrozenError, NoVideoError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cv2.typing import MatLike

ACCESS = CameraAccess("rtsp://127.0.0.1/live", "viewer", "secret")
PICTURE = np.zeros((720, 1280, 3), np.uint8)


class Capture:
    """Plays cv2.VideoCapture: `size` is what it promises, `frames` what it gives, then it ends or hangs."""

    def __init__(self, frames: list[MatLike], size: tuple[int, int] = (1280, 720), *, hangs: bool = False) -> None:
        self.frames = frames
        self.size = size
        self.hangs = hangs
        self.is_opened = True
        self.released = threading.Event()

    def isOpened(self) -> bool:  # noqa: N802 OpenCV's name
        return self.is_opened

    def get(self, name: int) -> float:
        return float(self.size[name == cv2.CAP_PROP_FRAME_HEIGHT])

    def read(self) -> tuple[bool, MatLike | None]:
        if self.frames:
            return True, self.frames.pop(0)
        if self.hangs:
            self.released.wait(5)
        return False, None

    def release(self) -> None:
        self.released.set()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[Capture], Camera]:
    def open_(capture: Capture) -> Camera:
        monkeypatch.setattr(rtsp, "check", lambda _access: None)
        monkeypatch.setattr(cv2, "VideoCapture", lambda *_: capture)
        return Camera(ACCESS)

    return open_


def test_a_stream_that_does_not_open_is_no_video(opened: Callable[[Capture], Camera]) -> None:
    capture = Capture([])
    capture.is_opened = False
    with pytest.raises(NoVideoError, match="its stream does not open"):
        opened(capture)


def test_pictures_of_8k_are_refused_before_they_fill_the_memory(opened: Callable[[Capture], Camera]) -> None:
    capture = Capture([], (7680, 4320))
    with pytest.raises(TooLargeError, match="sends pictures of 7680 x 4320: set it to 4096 x 2304 or less"):
        opened(capture)
    assert capture.released.is_set()


def test_a_picture_of_no_size_is_none(opened: Callable[[Capture], Camera]) -> None:
    with opened(Capture([np.zeros((0, 0, 3), np.uint8), PICTURE], hangs=True)) as watched:
        assert watched.next_frame().shape == (720, 1280, 3)


def test_a_stream_that_ends_is_told_from_one_that_is_frozen(
    opened: Callable[[Capture], Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "_FROZEN", 0.2)
    monkeypatch.setattr(camera, "_PARTING", 0.1)
    with opened(Capture([])) as watched, pytest.raises(NoVideoError, match="has stopped sending"):
        watched.next_frame()
    capture = Capture([PICTURE], hangs=True)
    with opened(capture) as watched:
        watched.next_frame()
        with pytest.raises(FrozenError, match="has sent no picture for"):
            watched.next_frame()
    capture.released.set()


def test_the_newest_picture_is_given_to_a_slow_reader(opened: Callable[[Capture], Camera]) -> None:
    frames: list[MatLike] = [np.full((8, 8, 3), shade, np.uint8) for shade in range(100)]
    capture = Capture(frames, hangs=True)
    with opened(capture) as watched:
        while capture.frames:
            pass
        assert watched.next_frame()[0, 0, 0] >= 98
    capture.released.set()
