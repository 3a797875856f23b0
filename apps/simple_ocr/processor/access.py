"""How to reach a camera: the three files of its Secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from simple_ocr.processor.errors import CameraUnreachableError

if TYPE_CHECKING:
    from pathlib import Path

_RTSP_PORT = 554


@dataclass(frozen=True)
class CameraAccess:
    """The camera's address (rtsp://host:port/path, no user in it) and who may watch it."""

    url: str
    username: str
    password: str = field(repr=False)

    @classmethod
    def from_directory(cls, directory: Path) -> CameraAccess:
        """Read `url`, `username` and `password`, one file each; CameraUnreachableError when one is missing."""
        try:
            url, username, password = (
                (directory / name).read_text(encoding="utf-8").strip() for name in ("url", "username", "password")
            )
        except OSError as error:
            raise CameraUnreachableError(
                f"cannot read {error.filename}: mount the camera's Secret at {directory}"
            ) from error
        if urlsplit(url).scheme != "rtsp" or not urlsplit(url).hostname:
            raise CameraUnreachableError(
                f"{url!r} in {directory / 'url'} is no camera's address: write rtsp://host:port/path"
            )
        return cls(url, username, password)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the camera."""
        parts = urlsplit(self.url)
        return str(parts.hostname), parts.port or _RTSP_PORT

    @property
    def url_with_login(self) -> str:
        """The address with user and password in it, as FFmpeg wants it; never to be logged."""
        login = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}"
        return self.url.replace("rtsp://", f"rtsp://{login}@", 1)
