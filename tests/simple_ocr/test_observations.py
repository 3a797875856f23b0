from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from simple_ocr.observations import Observation, Repository, RepositoryUnreachableError
from simple_ocr.processor.outbox import Outbox

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
    assert repository.newest("cam1", 2) == [seen[3], seen[2]]
    assert repository.newest("cam1", 10) == [seen[3], seen[2], seen[1]]


def test_what_could_not_be_sent_is_sent_later(repository: Repository, tmp_path: Path) -> None:
    outbox = Outbox(Repository(f"unix://{tmp_path}/none.sock"))
    with pytest.raises(RepositoryUnreachableError):
        outbox.add([EXIT], 1000)
    grown = replace(EXIT, last_seen=1500, count=2)
    outbox.add([grown], 1500)
    assert outbox.is_behind
    outbox._repository = repository
    outbox.add([], 2000)
    assert not outbox.is_behind
    assert repository.newest("cam1", 10) == [grown]


def test_growth_is_sent_once_a_second(repository: Repository) -> None:
    outbox = Outbox(repository)
    outbox.add([EXIT], 1000)
    outbox.add([replace(EXIT, last_seen=1900, count=10)], 1900)
    assert repository.newest("cam1", 10) == [EXIT]
    outbox.add([replace(EXIT, last_seen=2000, count=11)], 2000)
    assert repository.newest("cam1", 10) == [replace(EXIT, last_seen=2000, count=11)]
