"""What can go wrong at a camera.

CameraError
├── CameraUnreachableError   nothing answers at its address, or not RTSP
├── WrongPasswordError       it refuses the user or the password
└── NoVideoError             it answers, but no picture comes
"""

from __future__ import annotations


class CameraError(Exception):
    """The camera can't be watched now; the message says why and what to do, `state` names it for the health page."""

    state: str


class CameraUnreachableError(CameraError):
    """Nothing answers at the camera's address, or what answers does not speak RTSP."""

    state = "unreachable"


class WrongPasswordError(CameraError):
    """The camera refuses the user name or the password."""

    state = "wrong-password"


class NoVideoError(CameraError):
    """The camera answers, but has no video, or its video has stopped."""

    state = "no-video"
