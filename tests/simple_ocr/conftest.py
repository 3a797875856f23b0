"""A Redis of one's own, and pictures of signs."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from decenter_camera import scene
from simple_ocr.observations import Repository, Retention

from tests.simple_ocr.processes import wait_for_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cv2.typing import MatLike


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a redis-server that listens on a socket of its own."""
    program = shutil.which("redis-server")
    assert program, "install Debian's redis-server"
    directory = tmp_path_factory.mktemp("redis")
    socket = directory / "redis.sock"
    log = directory / "redis.log"
    options = ["--port", "0", "--unixsocket", socket, "--dir", directory, "--save", "", "--logfile", log]
    server = subprocess.Popen([program, *map(str, options)])
    try:
        wait_for_line(log, "ready to accept connections", server)
        yield f"unix://{socket}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def repository(redis_url: str) -> Iterator[Repository]:
    """Give an empty Repository that keeps three observations of a camera."""
    repository = Repository(redis_url, retention=Retention(count=3, days=36_500))
    repository._redis.flushdb()
    yield repository
    repository.close()


@pytest.fixture(scope="session")
def picture() -> Callable[[str, str], MatLike]:
    """Draw what a camera sees while its sign shows a text in a language."""
    return lambda text, language: cv2.cvtColor(np.asarray(scene.render(text, language)), cv2.COLOR_RGB2BGR)
