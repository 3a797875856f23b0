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
from simple_ocr.processor.errors import NoVideoError

if TYPE_CHECKING:
    from types import TracebackType

    from cv2.typing import MatLike

    from simple_ocr.processor.access import CameraAccess

_TIMEOUT_MS = 15_000  # more than any camera needs, less than anyone waits


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
                *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _TIMEOUT_MS),
                *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, _TIMEOUT_MS),
                *(cv2.CAP_PROP_N_THREADS, 1),
            ],
        )
        if not self._capture.isOpened():
            raise NoVideoError(
                f"the camera at {access.url} offers video, but its stream does not open: see what it shows elsewhere"
            )
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
        """Disconnect; takes as long as the frame that is being read."""
        self._closing = True
        self._thread.join()
        self._capture.release()

    def next_frame(self) -> MatLike:
        """Wait for a frame newer than the last one returned: BGR, height x width x 3. NoVideoError when none comes."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._ended)
            if self._newest is None:
                raise NoVideoError(f"the camera at {self._access.url} has stopped sending: it is connected again")
            frame, self._newest = self._newest, None
            return frame

    def _keep_newest(self) -> None:
        while not self._closing:
            is_read, frame = self._capture.read()
            with self._changed:
                self._newest = frame if is_read else None
                self._ended = not is_read
                self._changed.notify()
            if not is_read:
                return
