"""Asks a camera what it offers (RTSP DESCRIBE, RFC 2326), since FFmpeg does not tell its caller why it failed."""

from __future__ import annotations

import base64
import hashlib
import socket
from dataclasses import dataclass
from email.parser import Parser
from typing import TYPE_CHECKING
from urllib.request import parse_http_list, parse_keqv_list

from simple_ocr.processor.errors import CameraUnreachableError, NoVideoError, WrongPasswordError

if TYPE_CHECKING:
    from email.message import Message
    from io import BufferedRWPair

    from simple_ocr.processor.access import CameraAccess

_TIMEOUT = 5.0
_LONGEST_LINE = 8192
_LARGEST_BODY = 65536
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Message
    body: str


def check(access: CameraAccess) -> None:
    """Return if the camera offers video to this user; otherwise raise the CameraError that says why not."""
    try:
        with socket.create_connection(access.address, timeout=_TIMEOUT) as connection:
            stream = connection.makefile("rwb")
            answer = _describe(stream, access, sequence=1)
            if answer.status == _UNAUTHORIZED:
                answer = _describe(stream, access, sequence=2, challenges=answer.headers.get_all("WWW-Authenticate"))
    except (OSError, ValueError) as error:
        raise CameraUnreachableError(f"no camera answers at {access.url}: {error}") from error
    if answer.status in (_UNAUTHORIZED, _FORBIDDEN):
        raise WrongPasswordError(
            f"the camera at {access.url} refuses user {access.username!r}: renew the user and password in its Secret"
        )
    if answer.status == _NOT_FOUND:
        raise NoVideoError(f"the camera has no stream at {access.url}: correct the path of its address")
    if answer.status // 100 != 2:
        raise CameraUnreachableError(f"the camera at {access.url} answers with status {answer.status}")
    if "m=video" not in answer.body:
        raise NoVideoError(f"the stream at {access.url} carries no video: choose another path")


def _describe(
    stream: BufferedRWPair, access: CameraAccess, sequence: int, challenges: list[str] | None = None
) -> _Answer:
    lines = [f"DESCRIBE {access.url} RTSP/1.0", f"CSeq: {sequence}", "Accept: application/sdp"]
    if challenges is not None:
        lines.append(f"Authorization: {_authorization(challenges, access)}")
    stream.write("\r\n".join([*lines, "", ""]).encode())
    stream.flush()
    return _answer(stream)


def _answer(stream: BufferedRWPair) -> _Answer:
    """Read one answer; ValueError when it is not RTSP."""
    status_line = stream.readline(_LONGEST_LINE).decode("latin-1").split(maxsplit=2)
    if len(status_line) < 2 or not status_line[0].startswith("RTSP/") or not status_line[1].isdigit():
        raise ValueError("what listens there does not speak RTSP")
    head = ""
    while (line := stream.readline(_LONGEST_LINE).decode("latin-1")).strip():
        head += line
    headers = Parser().parsestr(head)
    body = stream.read(min(int(headers.get("Content-Length", "0")), _LARGEST_BODY))
    return _Answer(int(status_line[1]), headers, body.decode("utf-8", "replace"))


def _authorization(challenges: list[str], access: CameraAccess) -> str:
    """Answer the strongest challenge; ValueError when it is neither Digest nor Basic."""
    by_scheme = dict(challenge.split(maxsplit=1) for challenge in challenges if " " in challenge)
    if "Digest" in by_scheme:
        challenge = parse_keqv_list(parse_http_list(by_scheme["Digest"]))
        realm, nonce = challenge["realm"], challenge["nonce"]
        secret = _md5(f"{access.username}:{realm}:{access.password}")
        response = _md5(f"{secret}:{nonce}:{_md5(f'DESCRIBE:{access.url}')}")
        return (
            f'Digest username="{access.username}", realm="{realm}", nonce="{nonce}", '
            f'uri="{access.url}", response="{response}"'
        )
    if "Basic" in by_scheme:
        return "Basic " + base64.b64encode(f"{access.username}:{access.password}".encode()).decode()
    raise ValueError(f"the camera asks for a login that is neither Digest nor Basic: {', '.join(challenges)}")


def _md5(text: str) -> str:
    # The protocol's choice, not ours.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
