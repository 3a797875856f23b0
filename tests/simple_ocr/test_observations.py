from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from simple_ocr.environment import secret_in
from simple_ocr.observations import (
    CameraHealth,
    Observation,
    Repository,
    RepositoryUnreachableError,
    Retention,
)

if TYPE_CHECKING:
    from pathlib import Path

EXIT = Observation("cam1", "POVO", "EXIT", first_seen=1000, last_seen=1000, count=1)
STATION = Observation("camkor1", "SEOUL-KETI", "서울역 3번 출구", first_seen=1000, last_seen=1000, count=1)


def test_a_repository_out_of_reach_is_named(tmp_path: Path) -> None:
    repository = Repository(f"unix://{tmp_path}/none.sock")
    with pytest.raises(RepositoryUnreachableError, match=r"none\.sock does not serve"):
        repository.put([EXIT])
    with pytest.raises(RepositoryUnreachableError):
        repository.newest("cam1", 1)
    with pytest.raises(RepositoryUnreachableError):
        repository.cameras()
    with pytest.raises(RepositoryUnreachableError):
        list(repository.between("cam1", 0, 1))
    with pytest.raises(RepositoryUnreachableError):
        repository.picture("cam1", EXIT.identity)
    with pytest.raises(RepositoryUnreachableError):
        repository.tell(CameraHealth("cam1", "POVO", "reading", "", 0))
    with pytest.raises(RepositoryUnreachableError):
        repository.health()
    with pytest.raises(RepositoryUnreachableError):
        repository.feed_position()
    with pytest.raises(RepositoryUnreachableError):
        repository.forget_expired()
    with pytest.raises(RepositoryUnreachableError):
        repository.ping()


def test_a_password_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot read .*password: mount the Secret that holds it"):
        secret_in(tmp_path / "password")
    (tmp_path / "password").write_text("secret\n")
    assert secret_in(tmp_path / "password") == "secret"
    assert secret_in(None) is None


def test_an_unknown_camera_has_no_observations(repository: Repository) -> None:
    assert repository.newest("cam9", 10) == []
    assert repository.cameras() == []


def test_observations_come_back_by_camera(repository: Repository) -> None:
    repository.put([EXIT, STATION])
    assert repository.cameras() == ["cam1", "camkor1"]
    assert repository.newest("cam1", 10) == [EXIT]
    assert repository.newest("camkor1", 10) == [STATION]


def test_an_observation_that_grew_takes_its_own_place(repository: Repository) -> None:
    grown = replace(EXIT, last_seen=1500, count=6)
    repository.put([EXIT])
    repository.put([grown])
    assert repository.newest("cam1", 10) == [grown]


def test_the_last_seen_come_first_and_the_oldest_are_forgotten(repository: Repository) -> None:
    seen = [replace(EXIT, first_seen=moment, last_seen=moment) for moment in (1000, 2000, 3000, 4000)]
    for observation in seen:
        repository.put([observation])
    repository.forget_expired()
    assert repository.newest("cam1", 2) == [seen[3], seen[2]]
    assert repository.newest("cam1", 10) == [seen[3], seen[2], seen[1]]


def test_the_old_are_forgotten_with_their_pictures(redis_url: str, repository: Repository) -> None:
    now = time.time_ns() // 1_000_000
    young = replace(EXIT, first_seen=now, last_seen=now)
    repository.put([EXIT, young], {EXIT.identity: b"jpeg", young.identity: b"\xff\xd8"})
    assert repository.picture("cam1", EXIT.identity) == b"jpeg"
    Repository(redis_url, retention=Retention(days=1)).forget_expired()
    assert repository.newest("cam1", 10) == [young]
    assert repository.picture("cam1", EXIT.identity) is None
    assert repository.picture("cam1", young.identity) == b"\xff\xd8"


def test_observations_of_a_time_come_back_last_seen_first(redis_url: str, repository: Repository) -> None:
    everything = Repository(redis_url, retention=Retention(count=10_000, days=36_500))
    seen = [replace(EXIT, first_seen=moment, last_seen=moment) for moment in range(1200)]
    everything.put(seen)
    assert list(repository.between("cam1", 100, 1100)) == seen[1100:99:-1]
    assert list(repository.between("cam9", 0, 1100)) == []


def test_the_health_of_a_camera_is_the_last_that_was_told(repository: Repository) -> None:
    frozen = CameraHealth("cam2", "POVO", "frozen", "no picture", 2000)
    repository.tell(CameraHealth("cam2", "POVO", "reading", "", 1000))
    repository.tell(frozen)
    assert repository.health() == {"cam2": frozen}
    assert repository.cameras() == ["cam2"]


def test_bytes_on_their_way_are_counted(repository: Repository) -> None:
    repository.take_sent_bytes()
    repository.put([EXIT])
    assert 300 < repository.take_sent_bytes() < 1500
    assert repository.take_sent_bytes() == 0
