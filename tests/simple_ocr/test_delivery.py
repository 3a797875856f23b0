from __future__ import annotations

import http.client
import json
import sqlite3
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from simple_ocr.observations import CameraHealth, Observation, Repository, Retention
from simple_ocr.operations import Condition, OperationsServer
from simple_ocr.processor.delivery import Delivery
from simple_ocr.processor.detection import Line
from simple_ocr.processor.errors import SpoolError
from simple_ocr.processor.journal import Journal
from simple_ocr.processor.metrics import Metrics
from simple_ocr.processor.reading import Reading
from simple_ocr.processor.settings import Settings
from simple_ocr.processor.spool import Parcel, Spool

from tests.simple_ocr.camera import RunningRedis
from tests.simple_ocr.test_settings import NEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EXIT = Observation("cam1", "POVO", "EXIT", first_seen=1000, last_seen=1000, count=1)
CORNERS = np.array([[10, 10], [90, 10], [90, 30], [10, 30]], np.float32)
FRAME = np.full((40, 100, 3), 200, np.uint8)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool.sqlite")
    yield spool
    spool.close()


def delivery_to(url: str, spool: Spool) -> Delivery:
    health = CameraHealth("cam1", "POVO", "reading", "", moment=1)
    return Delivery(spool, Repository(url), lambda: health, Metrics("cam1"))


def test_what_was_read_while_redis_was_killed_arrives_once_and_in_order(tmp_path: Path, spool: Spool) -> None:
    redis = RunningRedis(tmp_path)
    delivery = delivery_to(redis.url, spool)
    delivery.start()
    signs = [replace(EXIT, text=f"SIGN {number}", first_seen=number, last_seen=number) for number in range(450)]
    for number, sign in enumerate(signs):
        if number == 150:
            redis.stop()
        if number == 300:
            wait_until(lambda: "does not serve" in delivery.problem)
            redis.start()
        spool.put([Parcel(sign, None)])
        delivery.notify()
    wait_until(lambda: len(spool) == 0)
    delivery.stop(10)
    assert delivery.problem == ""
    repository = Repository(redis.url, retention=Retention(count=10_000, days=36_500))
    assert repository.newest("cam1", 2000) == signs[::-1]
    feed = cast("list[tuple[str, Any]]", repository._redis.xrange("simple_ocr:feed"))
    fed = [json.loads(fields["document"])["text"] for _, fields in feed]
    assert list(dict.fromkeys(fed)) == [sign.text for sign in signs[-len(set(fed)) :]]
    assert repository.health()["cam1"].state == "reading"
    repository.close()
    redis.stop()


def readings(*texts: str) -> list[Reading]:
    return [Reading(text, 90.0, Line(CORNERS)) for text in texts]


def journal(spool: Spool, redis_url: str, **environment: str) -> Journal:
    settings = Settings.from_environment(NEEDED | environment)
    return Journal(settings, spool, delivery_to(redis_url, spool), Metrics("cam1"))


def test_growth_is_written_once_a_second_and_at_the_end(spool: Spool, redis_url: str) -> None:
    book = journal(spool, redis_url)

    def written() -> list[int]:
        return [parcel.observation.count for parcel in spool.oldest()]

    book.see(readings("EXIT"), FRAME, 1000)
    book.see_the_same(1900)
    assert written() == [1]
    book.see_the_same(2000)
    assert written() == [3]
    book.see_the_same(2100)
    book.flush()
    assert written() == [4]


def test_a_picture_leaves_only_where_that_is_asked_for(spool: Spool, redis_url: str) -> None:
    journal(spool, redis_url).see(readings("EXIT"), FRAME, 1000)
    (parcel,) = spool.oldest()
    assert (parcel.picture, parcel.observation.has_picture) == (None, False)
    journal(spool, redis_url, KEEP_PICTURES="yes").see(readings("ENTRY"), FRAME, 2000)
    parcel = spool.oldest()[-1]
    assert parcel.picture is not None
    assert parcel.picture.startswith(b"\xff\xd8")
    assert parcel.observation.has_picture


def test_a_full_disk_is_said_and_what_is_read_meanwhile_is_written_later(
    spool: Spool, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = journal(spool, redis_url)
    put = spool.put

    def full(_parcels: object) -> None:
        raise SpoolError("the disk of the spool takes nothing more") from sqlite3.OperationalError("full")

    monkeypatch.setattr(spool, "put", full)
    for number in range(3):
        with pytest.raises(SpoolError):
            book.see(readings(f"SIGN {number}"), FRAME, 1000 + number)
    book.flush()
    monkeypatch.setattr(spool, "put", put)
    book.see([], FRAME, 3000)
    assert [parcel.observation.text for parcel in spool.oldest()] == ["SIGN 0", "SIGN 1", "SIGN 2"]


def test_operators_are_answered() -> None:
    metrics = Metrics("cam1")
    metrics.frames.inc(3)
    frozen = Condition(False, "frozen", "no picture")
    server = OperationsServer(("127.0.0.1", 0), lambda: Condition(True, "alive", ""), lambda: frozen, metrics.registry)
    server.start()

    def ask(path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    assert ask("/healthz")[0] == 200
    status, body = ask("/readyz")
    assert (status, json.loads(body)["state"]) == (503, "frozen")
    assert 'simple_ocr_frames_total{camera="cam1"} 3.0' in ask("/metrics")[1]
    assert ask("/other")[0] == 404
    server.shutdown()
    server.server_close()
