"""Each way a camera may refuse, against a socket that answers as told."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest
from simple_ocr.processor import rtsp
from simple_ocr.processor.access import CameraAccess
from simple_ocr.processor.errors import CameraError, CameraUnreachableError, NoVideoError, WrongPasswordError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SDP = "v=0\r\nm=video 0 RTP/AVP 96\r\n"
DIGEST = 'WWW-Authenticate: Digest realm="camera", nonce="abc"\r\n'


@pytest.fixture
def camera() -> Iterator[Callable[..., CameraAccess]]:
    """Serve one connection with the given answers, one for each request, and return how to reach it."""
    listener = socket.create_server(("127.0.0.1", 0))
    requests: list[str] = []
    threads = []

    def serve(answers: tuple[str, ...]) -> None:
        connection, _ = listener.accept()
        with connection:
            for answer in answers:
                requests.append(connection.recv(4096).decode())
                connection.sendall(answer.encode())

    def start(*answers: str) -> CameraAccess:
        thread = threading.Thread(target=serve, args=(answers,))
        thread.start()
        threads.append(thread)
        access = CameraAccess(f"rtsp://127.0.0.1:{listener.getsockname()[1]}/live", "viewer", "secret")
        start.requests = requests  # type: ignore[attr-defined]
        return access

    yield start
    for thread in threads:
        thread.join(timeout=10)
    listener.close()


def answer(status: str, headers: str = "", body: str = "") -> str:
    return f"RTSP/1.0 {status}\r\nCSeq: 1\r\n{headers}Content-Length: {len(body)}\r\n\r\n{body}"


def test_a_camera_that_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CameraUnreachableError, match=r"no camera answers at .*refused"):
        rtsp.check(CameraAccess(f"rtsp://127.0.0.1:{port}/live", "viewer", "secret"))


@pytest.mark.parametrize(
    ("answers", "error", "sentence"),
    [
        (["HTTP/1.1 400 Bad Request\r\n\r\n"], CameraUnreachableError, "does not speak RTSP"),
        ([answer("503 Service Unavailable")], CameraUnreachableError, "answers with status 503"),
        ([answer("401 Unauthorized", DIGEST)] * 2, WrongPasswordError, "refuses user 'viewer'"),
        (
            [answer("401 Unauthorized", 'WWW-Authenticate: Token realm="x"\r\n')],
            CameraUnreachableError,
            "neither Digest",
        ),
        ([answer("404 Not Found")], NoVideoError, "has no stream"),
        ([answer("200 OK", body="v=0\r\nm=audio 0 RTP/AVP 0\r\n")], NoVideoError, "carries no video"),
    ],
)
def test_a_camera_that_refuses(
    camera: Callable[..., CameraAccess], answers: list[str], error: type[CameraError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence) as raised:
        rtsp.check(camera(*answers))
    assert "secret" not in str(raised.value)


def test_a_camera_that_admits_the_user(camera: Callable[..., CameraAccess]) -> None:
    access = camera(answer("401 Unauthorized", DIGEST), answer("200 OK", body=SDP))
    rtsp.check(access)
    _, with_login = camera.requests  # type: ignore[attr-defined]
    assert 'Digest username="viewer", realm="camera", nonce="abc"' in with_login
    assert "secret" not in with_login


def test_a_secret_that_lacks_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("rtsp://127.0.0.1/live\n")
    with pytest.raises(CameraUnreachableError, match=r"cannot read .*username: mount the camera's Secret"):
        CameraAccess.from_directory(tmp_path)


@pytest.mark.parametrize("url", ["http://127.0.0.1/live", "127.0.0.1", "rtsp://"])
def test_an_address_that_is_no_cameras_is_refused(tmp_path: Path, url: str) -> None:
    for name, content in {"url": url, "username": "viewer", "password": "secret"}.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(CameraUnreachableError, match="is no camera's address"):
        CameraAccess.from_directory(tmp_path)


def test_a_password_may_hold_any_character() -> None:
    access = CameraAccess("rtsp://127.0.0.1:8554/live", "viewer", "p@ss/w:rd")
    assert access.url_with_login == "rtsp://viewer:p%40ss%2Fw%3Ard@127.0.0.1:8554/live"
    assert "p@ss" not in repr(access)
