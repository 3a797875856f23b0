"""A real camera on loopback, and a processor that watches it."""

from __future__ import annotations

import base64
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import decenter_camera
from decenter_camera import scene

from tests.simple_ocr.processes import wait_for_line

if TYPE_CHECKING:
    from collections.abc import Sequence

ADMIN_PASSWORD = "camera-admin"  # noqa: S105 a camera of the tests' own
USER, USER_PASSWORD = "buyer", "password1"
# The camera, whose scene is drawn as ever and then brought to another size.
_CAMERA = """
from decenter_camera import scene
draw, drawn, size = scene.render, (scene.WIDTH, scene.HEIGHT), {size}
def render(*what):
    scene.WIDTH, scene.HEIGHT = drawn
    image = draw(*what).resize(size)
    scene.WIDTH, scene.HEIGHT = size
    return image
scene.render = render
scene.WIDTH, scene.HEIGHT = size
from decenter_camera.__main__ import main
main()
"""
APPS = Path(__file__).parents[2] / "apps"


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass
class RunningCamera:
    """The test bed's camera as a process; its users outlive a restart."""

    directory: Path
    language: str = "eng"
    seconds_per_text: float = 4.0
    rtsp_port: int = field(default_factory=free_port)
    admin_port: int = field(default_factory=free_port)
    size: tuple[int, int] = (scene.WIDTH, scene.HEIGHT)

    def __post_init__(self) -> None:
        (self.directory / "admin_password").write_text(ADMIN_PASSWORD)
        self.start()
        self.administer("PUT", f"/users/{USER}", {"password": USER_PASSWORD})

    def start(self) -> None:
        """Start the camera and wait until it listens."""
        log = self.directory / "camera.log"
        options: dict[str, object] = {
            "--language": self.language,
            "--admin-password-file": self.directory / "admin_password",
            "--state-directory": self.directory,
            "--address": "127.0.0.1",
            "--rtsp-port": self.rtsp_port,
            "--admin-port": self.admin_port,
            "--seconds-per-text": self.seconds_per_text,
        }
        # GStreamer's bindings belong to Debian's Python, not to the environment that runs the tests.
        command = [
            "/usr/bin/python3",
            "-c",
            _CAMERA.format(size=self.size),
            *(str(word) for pair in options.items() for word in pair),
        ]
        environment = os.environ | {"PYTHONPATH": str(Path(decenter_camera.__file__).parents[1])}
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        wait_for_line(log, "camera: rtsp://", self.process)

    def stop(self) -> None:
        """End the camera."""
        self.process.kill()
        self.process.wait()

    def administer(self, method: str, path: str, document: dict[str, str] | None = None) -> int:
        """Speak to the camera's administration."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=30)
        login = base64.b64encode(f"admin:{ADMIN_PASSWORD}".encode()).decode()
        connection.request(method, path, json.dumps(document or {}), {"Authorization": f"Basic {login}"})
        status = connection.getresponse().status
        connection.close()
        return status


@dataclass
class RunningRedis:
    """A redis-server on a socket in `directory`, with its append-only file."""

    directory: Path

    def __post_init__(self) -> None:
        self.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"unix://{self.directory}/redis.sock"

    def start(self) -> None:
        """Start it, and wait until it serves what its file holds."""
        program = shutil.which("redis-server")
        assert program, "install Debian's redis-server"
        log = self.directory / "redis.log"
        log.unlink(missing_ok=True)
        paths = ["--dir", str(self.directory), "--unixsocket", f"{self.directory}/redis.sock", "--logfile", str(log)]
        self.process = subprocess.Popen([program, "--port", "0", "--save", "", "--appendonly", "yes", *paths])
        wait_for_line(log, "ready to accept connections", self.process)

    def stop(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()


@dataclass
class RunningProcessor:
    """A processor as a process of its own, with its spool and its Secret in `directory`."""

    directory: Path
    rtsp_port: int
    repository_url: str
    camera: str = "cam1"
    languages: str = "eng"
    environment: Sequence[tuple[str, str]] = ()
    operations_port: int = field(default_factory=free_port)
    cpus: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        url = f"rtsp://127.0.0.1:{self.rtsp_port}/live"
        for name, content in {"url": url, "username": USER, "password": USER_PASSWORD}.items():
            (self.directory / name).write_text(content)
        self.start()

    def start(self) -> None:
        """Start the processor; it says by `/readyz` when it reads."""
        environment = os.environ | {
            "PYTHONPATH": str(APPS),
            "CAMERA": self.camera,
            "REGION": "POVO",
            "LANGUAGES": self.languages,
            "REPOSITORY_URL": self.repository_url,
            "ACCESS_DIRECTORY": str(self.directory),
            "SPOOL_DIRECTORY": str(self.directory),
            "OPERATIONS_PORT": str(self.operations_port),
            **dict(self.environment),
        }
        self.log = self.directory / "processor.log"
        with self.log.open("ab") as output:
            command = [sys.executable, "-m", "simple_ocr.processor"]
            self.process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        if self.cpus:
            os.sched_setaffinity(self.process.pid, self.cpus)

    def stop(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()

    def ask(self, path: str) -> tuple[int, str]:
        """Return status and body of `/healthz`, `/readyz` or `/metrics`; status 0 while nothing listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.operations_port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def state(self) -> str:
        """Return the state that `/readyz` names, or nothing while it does not answer."""
        status, body = self.ask("/readyz")
        document: dict[str, Any] = json.loads(body) if status else {}
        return str(document.get("state", ""))

    def resident_mib(self) -> float:
        """Return the memory that the process holds, in MiB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise ProcessLookupError(f"the processor ended: see {self.log}")
