"""The whole way from a real RTSP server to the Repository."""

from __future__ import annotations

import base64
import http.client
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import decenter_camera
import pytest
from decenter_camera import scene
from simple_ocr.processor.access import CameraAccess
from simple_ocr.processor.camera import Camera
from simple_ocr.processor.errors import NoVideoError, WrongPasswordError
from simple_ocr.processor.reading import TextReader

from tests.simple_ocr.processes import wait_for_line

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.hosts

ADMIN = "camera-admin"
RTSP_PORT, ADMIN_PORT = 18654, 18680


@dataclass(frozen=True)
class Administrator:
    """Speaks to the camera's administration."""

    password: str

    def __call__(self, method: str, path: str, document: dict[str, str] | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", ADMIN_PORT, timeout=30)
        login = base64.b64encode(f"admin:{self.password}".encode()).decode()
        body = None if document is None else json.dumps(document)
        connection.request(method, path, body, {"Authorization": f"Basic {login}"})
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture(scope="module")
def administrator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administrator]:
    """Run a camera with an English sign and give its administrator."""
    directory = tmp_path_factory.mktemp("camera")
    password = directory / "admin_password"
    password.write_text(ADMIN)
    log = directory / "log"
    options = {
        "--language": "eng",
        "--admin-password-file": str(password),
        "--state-directory": str(directory),
        "--address": "127.0.0.1",
        "--rtsp-port": str(RTSP_PORT),
        "--admin-port": str(ADMIN_PORT),
    }
    # GStreamer's bindings belong to Debian's Python, not to the environment that runs the tests.
    command = ["/usr/bin/python3", "-m", "decenter_camera", *(word for pair in options.items() for word in pair)]
    environment = os.environ | {"PYTHONPATH": str(Path(decenter_camera.__file__).parents[1])}
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        wait_for_line(log, "camera: rtsp://", server)
        yield Administrator(ADMIN)
    finally:
        server.terminate()
        server.wait()


def access(password: str) -> CameraAccess:
    return CameraAccess(f"rtsp://127.0.0.1:{RTSP_PORT}/live", "buyer", password)


def test_a_stranger_administers_nothing(administrator: Administrator) -> None:
    assert Administrator("guess")("PUT", "/users/buyer", {"password": "password1"}) == 401
    assert Administrator("guess")("DELETE", "/users/buyer") == 401
    assert administrator("PUT", "/users/buyer", {"word": "password1"}) == 400
    assert administrator("PUT", "/users/buyer", {"password": "short"}) == 400
    assert administrator("DELETE", "/users/buyer") == 404


def test_a_wrong_password_is_refused(administrator: Administrator) -> None:
    assert administrator("PUT", "/users/buyer", {"password": "password1"}) == 201
    with pytest.raises(WrongPasswordError, match="refuses user 'buyer'"):
        Camera(access("password2"))
    assert administrator("DELETE", "/users/buyer") == 204


def test_a_user_watches_until_their_password_is_void(administrator: Administrator) -> None:
    administrator("PUT", "/users/buyer", {"password": "password1"})
    reader = TextReader("eng")
    with Camera(access("password1")) as camera:
        (reading,) = reader.read(camera.next_frame())
        assert reading.text in scene.known_texts("eng")
        assert administrator("DELETE", "/users/buyer") == 204
        with pytest.raises(NoVideoError, match="has stopped sending"):
            _watch_to_the_end(camera)
    with pytest.raises(WrongPasswordError):
        Camera(access("password1"))


def _watch_to_the_end(camera: Camera) -> None:
    for _ in range(1000):
        camera.next_frame()


def test_a_user_who_comes_back_at_once_is_served(administrator: Administrator) -> None:
    administrator("PUT", "/users/buyer", {"password": "password1"})
    for _ in range(3):
        with Camera(access("password1")) as camera:
            assert camera.next_frame().shape == (scene.HEIGHT, scene.WIDTH, 3)
