"""Pictures from a camera, always the newest one."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Self

# FFmpeg's part of OpenCV reads these when a stream is opened. TCP, since a lost UDP packet smears letters. Nothing is
# buffered. The frame rate is not probed, which would take 2 s. Its own messages would show the password.
os.environ.setdefault(
    "OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp|fflags;nobuffer|flags;low_delay|fpsprobesize;0"
)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")

import cv2

from simple_ocr.processor import rtsp
from simple_ocr.processor.errors import FrozenError, NoVideoError, TooLargeError

if TYPE_CHECKING:
    from types import TracebackType

    from cv2.typing import MatLike

    from simple_ocr.processor.access import CameraAccess

cv2.setNumThreads(1)  # a node may sell one CPU; two threads on it only wait for each other

_OPEN_TIMEOUT_MS = 15_000  # more than any camera needs, less than anyone waits
_FROZEN = 5.0  # seconds without a picture: cameras send several a second
_PARTING = 1.0  # seconds that a reader may take to notice that it is no longer wanted
# FFmpeg keeps up to 16 pictures to decode from; larger ones than 4K would not fit into the memory of an edge node.
_MOST_PIXELS = 4096 * 2304


class Camera:
    """An open camera: a context manager whose thread reads every frame and keeps only the newest.

    A reader slower than the stream would otherwise fall behind by the frames that queue up.
    """

    def __init__(self, access: CameraAccess) -> None:
        """Connect; raises the CameraError that says why the camera can't be watched."""
        self._access = access
        rtsp.check(access)
        self._capture = cv2.VideoCapture(
            access.url_with_login,
            cv2.CAP_FFMPEG,
            [
                *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _OPEN_TIMEOUT_MS),
                *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, _OPEN_TIMEOUT_MS),
                *(cv2.CAP_PROP_N_THREADS, 1),
            ],
        )
        if not self._capture.isOpened():
            raise NoVideoError(
                f"the camera at {access.url} offers video, but its stream does not open: see what it shows elsewhere"
            )
        self._refuse_giants()
        self._changed = threading.Condition()
        self._newest: MatLike | None = None
        self._ended = False
        self._closing = False
        self._thread = threading.Thread(target=self._keep_newest, name="camera", daemon=True)

    def __enter__(self) -> Self:
        """Start to read."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Disconnect. A thread that waits for a frozen camera does so by itself when FFmpeg gives up."""
        self._closing = True
        self._thread.join(_PARTING)

    def next_frame(self) -> MatLike:
        """Wait for a frame newer than the last one returned: BGR, height x width x 3; CameraError when none comes."""
        with self._changed:
            came = self._changed.wait_for(lambda: self._newest is not None or self._ended, _FROZEN)
            if not came:
                raise FrozenError(
                    f"the camera at {self._access.url} has sent no picture for {_FROZEN:.0f} s: "
                    "it is connected again; restart the camera if that does not help"
                )
            if self._newest is None:
                raise NoVideoError(f"the camera at {self._access.url} has stopped sending: it is connected again")
            frame, self._newest = self._newest, None
            return frame

    def _keep_newest(self) -> None:
        while not self._closing and not self._ended:
            is_read, frame = self._capture.read()
            with self._changed:
                if not is_read:
                    self._ended = True
                elif frame.size:
                    self._newest = frame
                self._changed.notify()
        self._capture.release()

    def _refuse_giants(self) -> None:
        width, height = (int(self._capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        if width * height > _MOST_PIXELS:
            self._capture.release()
            raise TooLargeError(
                f"the camera at {self._access.url} sends pictures of {width} x {height}: set it to 4096 x 2304 or less"
            )
