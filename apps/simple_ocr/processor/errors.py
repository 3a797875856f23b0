"""What can go wrong in a processor.

ProcessorError
├── CameraError
│   ├── CameraUnreachableError   the camera is gone: nothing answers at its address, or not RTSP
│   ├── WrongPasswordError       it refuses the user or the password
│   ├── NoVideoError             it answers, but what it offers is no video, or its video has ended
│   ├── FrozenError              the connection stands, but no new picture comes
│   └── TooLargeError            its pictures need more memory than there is
└── SpoolError                   what is read can't be written to the disk
"""

from __future__ import annotations


class ProcessorError(Exception):
    """The processor can't do its work now; the message says why and what to do, `state` names it for operators."""

    state: str


class CameraError(ProcessorError):
    """The camera can't be watched now."""


class CameraUnreachableError(CameraError):
    """Nothing answers at the camera's address, or what answers does not speak RTSP."""

    state = "unreachable"


class WrongPasswordError(CameraError):
    """The camera refuses the user name or the password."""

    state = "wrong-password"


class NoVideoError(CameraError):
    """The camera answers, but what it offers is no video, or its video has ended."""

    state = "no-video"


class FrozenError(CameraError):
    """The connection to the camera stands, but no new picture comes."""

    state = "frozen"


class TooLargeError(CameraError):
    """The camera's pictures need more memory than a processor has."""

    state = "too-large"


class SpoolError(ProcessorError):
    """The disk takes nothing more, or can't be read."""

    state = "disk"
