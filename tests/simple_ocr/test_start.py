"""The Repository as its image starts it: who may do what."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from simple_ocr.observations import CameraHealth, Observation, Repository, RepositoryUnreachableError

from tests.simple_ocr.processes import wait_for_line

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / "apps/simple_ocr/repository"
PASSWORDS = {"repository": "reads-and-writes", "repository-processor": "writes-only"}
EXIT = Observation("cam1", "POVO", "EXIT", first_seen=1000, last_seen=1000, count=1)


def start(directory: Path, *options: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "SECRETS_DIRECTORY": str(directory),
        "DATA_DIRECTORY": str(directory),
        "CONFIGURATION": str(FOLDER / "redis.conf"),
    }
    return subprocess.Popen(["/bin/sh", FOLDER / "start.sh", *options], env=environment, stderr=subprocess.PIPE)


def test_without_its_passwords_it_does_not_start(tmp_path: Path) -> None:
    with start(tmp_path) as process:
        _, said = process.communicate(timeout=10)
    assert process.returncode == 2
    assert "mount the Secret repository, with a key named password" in said.decode()


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[str]:
    for name, password in PASSWORDS.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "password").write_text(password)
    log = tmp_path / "redis.log"
    paths = ["--logfile", str(log), "--unixsocket", str(tmp_path / "redis.sock")]
    with start(tmp_path, "--port", "0", *paths) as process:
        wait_for_line(log, "ready to accept connections", process)
        arguments = Path(f"/proc/{process.pid}/cmdline").read_text()
        assert not any(password in arguments for password in PASSWORDS.values())
        yield f"{tmp_path}/redis.sock"
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_a_processor_writes_and_reads_nothing(socket: str) -> None:
    stranger = Repository(f"unix://{socket}")
    with pytest.raises(RepositoryUnreachableError, match=r"(?i)authenticat"):
        stranger.put([EXIT])
    processor = Repository(f"unix://processor@{socket}", PASSWORDS["repository-processor"])
    processor.put([EXIT], {EXIT.identity: b"jpeg"})
    processor.tell(CameraHealth("cam1", "POVO", "reading", "", time.time_ns() // 1_000_000))
    for read in (processor.cameras, processor.health, processor.forget_expired):
        with pytest.raises(RepositoryUnreachableError, match="no permissions"):
            read()
    webserver = Repository(f"unix://{socket}", PASSWORDS["repository"])
    assert webserver.newest("cam1", 1) == [EXIT]
    assert webserver.picture("cam1", EXIT.identity) == b"jpeg"
    for repository in (stranger, processor, webserver):
        repository.close()
