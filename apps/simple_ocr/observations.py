"""What a camera was seen to show, and the Redis that keeps it: the one thing that processor and webserver share."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

import redis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_CAMERAS = "simple_ocr:cameras"
_HEALTH = "simple_ocr:health"
FEED = "simple_ocr:feed"
_FEED_LENGTH = 1000  # events: whoever follows and was away for longer reads the newest observations instead
_PAGE = 500
_MS_A_DAY = 86_400_000


@dataclass(frozen=True)
class Observation:
    """One text, seen by one camera without a break. Times in Unix ms, `count` in frames, `confidence` in percent."""

    camera: str
    region: str
    text: str
    first_seen: int
    last_seen: int
    count: int
    confidence: int = 0
    has_picture: bool = False

    @property
    def identity(self) -> str:
        """Stays the same while the observation grows, so that storing it again replaces it."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return f"{self.first_seen}-{digest[:12]}"


@dataclass(frozen=True)
class CameraHealth:
    """How a camera was when its processor last said so, at `moment` (Unix ms); counts are since that process began."""

    camera: str
    region: str
    state: str
    detail: str
    moment: int
    frames: int = 0
    skipped: int = 0
    waiting: int = 0
    video_bytes: int = 0
    sent_bytes: int = 0


@dataclass(frozen=True)
class Retention:
    """What is kept of each camera: this many observations, none older than so many days."""

    count: int = 10_000
    days: int = 30


class RepositoryUnreachableError(Exception):
    """Redis does not answer, or refuses; the message says which and at what address."""


class Repository:
    """Observations in Redis. A Redis out of reach or in error raises RepositoryUnreachableError, and nothing else."""

    def __init__(self, url: str, password: str | None = None, retention: Retention | None = None) -> None:
        """Use the Redis at `url` (redis://host:port/database)."""
        self._url = url
        self._retention = retention or Retention()
        self._redis = redis.Redis.from_url(
            url, password=password, decode_responses=True, socket_timeout=5, socket_connect_timeout=5
        )
        self._sent_bytes = 0
        pool = self._redis.connection_pool
        pool.connection_class = _counting(pool.connection_class, self)

    def put(self, observations: Iterable[Observation], pictures: Mapping[str, bytes] | None = None) -> None:
        """Store observations, each in place of its own earlier state, and JPEGs of some by identity.

        Nothing is read: a processor's account may not.
        """
        batch = list(observations)
        try:
            with self._redis.pipeline(transaction=True) as pipeline:
                for observation in batch:
                    pipeline.sadd(_CAMERAS, observation.camera)
                    pipeline.zadd(_index(observation.camera), {observation.identity: observation.last_seen})
                    document = json.dumps(asdict(observation), ensure_ascii=False)
                    pipeline.hset(_documents(observation.camera), observation.identity, document)
                    pipeline.xadd(FEED, {"document": document}, maxlen=_FEED_LENGTH, approximate=True)
                    if picture := (pictures or {}).get(observation.identity):
                        pipeline.hset(_pictures(observation.camera), observation.identity, picture)
                pipeline.execute()
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def newest(self, camera: str, limit: int) -> list[Observation]:
        """Return at most `limit` observations of a camera, the last seen first; none for an unknown camera."""
        try:
            return self._documents(
                camera, cast("list[str]", self._redis.zrange(_index(camera), 0, limit - 1, desc=True))
            )
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def between(self, camera: str, since: int, until: int) -> Iterator[Observation]:
        """Yield a camera's observations last seen from `since` to `until` (Unix ms, both included), the last first."""
        start = 0
        try:
            while identities := cast(
                "list[str]",
                self._redis.zrange(_index(camera), until, since, desc=True, byscore=True, offset=start, num=_PAGE),
            ):
                yield from self._documents(camera, identities)
                start += _PAGE
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def picture(self, camera: str, identity: str) -> bytes | None:
        """Return the JPEG of an observation, or None: pictures are kept only where that was asked for."""
        try:
            # decode_responses is for texts.
            with redis.Redis(connection_pool=self._redis.connection_pool) as binary:
                command = ("HGET", _pictures(camera), identity)
                return cast("bytes | None", binary.execute_command(*command, NEVER_DECODE=True))
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def cameras(self) -> list[str]:
        """Return the names of the cameras that have observations or a processor, sorted."""
        try:
            known = cast("set[str]", self._redis.smembers(_CAMERAS)) | set(
                cast("list[str]", self._redis.hkeys(_HEALTH))
            )
            return sorted(known)
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def tell(self, health: CameraHealth) -> None:
        """Store how a camera is."""
        try:
            self._redis.hset(_HEALTH, health.camera, json.dumps(asdict(health)))
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def health(self) -> dict[str, CameraHealth]:
        """Return how each camera was when its processor last said so."""
        try:
            told = cast("dict[str, str]", self._redis.hgetall(_HEALTH))
        except redis.RedisError as error:
            raise self._unreachable(error) from error
        return {camera: CameraHealth(**json.loads(document)) for camera, document in told.items()}

    def feed_position(self) -> str:
        """Return where the feed of changes ends now, to follow it from there."""
        try:
            newest = cast("list[tuple[str, Any]]", self._redis.xrevrange(FEED, count=1))
            return newest[0][0] if newest else "0-0"
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def forget_expired(self) -> None:
        """Forget what is past its retention, also of cameras that nothing is read from any more."""
        try:
            for camera in cast("set[str]", self._redis.smembers(_CAMERAS)):
                self._forget(camera)
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def ping(self) -> None:
        """Return if Redis serves."""
        try:
            self._redis.ping()
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def take_sent_bytes(self) -> int:
        """Return how many bytes went to Redis since this was last asked."""
        sent, self._sent_bytes = self._sent_bytes, 0
        return sent

    def count_sent(self, length: int) -> None:
        """Count bytes on their way to Redis."""
        self._sent_bytes += length

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _documents(self, camera: str, identities: list[str]) -> list[Observation]:
        documents = cast("list[Any]", self._redis.hmget(_documents(camera), identities)) if identities else []
        # One that was forgotten between the two calls has no document any more.
        return [Observation(**json.loads(document)) for document in documents if document]

    def _forget(self, camera: str) -> None:
        index = _index(camera)
        oldest_kept = time.time_ns() // 1_000_000 - self._retention.days * _MS_A_DAY
        too_old = cast("list[str]", self._redis.zrange(index, 0, oldest_kept, byscore=True))
        too_many = cast("list[str]", self._redis.zrange(index, 0, -self._retention.count - 1))
        if not (gone := {*too_old, *too_many}):
            return
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.zrem(index, *gone)
            pipeline.hdel(_documents(camera), *gone)
            pipeline.hdel(_pictures(camera), *gone)
            pipeline.execute()

    def _unreachable(self, error: redis.RedisError) -> RepositoryUnreachableError:
        return RepositoryUnreachableError(f"the repository at {self._url} does not serve: {error}")


def _counting(connection_class: type[Any], repository: Repository) -> type[Any]:
    class Counting(connection_class):  # type: ignore[misc]
        def send_packed_command(self, command: bytes | Iterable[bytes], check_health: bool = True) -> None:
            parts = [command] if isinstance(command, bytes) else list(command)
            repository.count_sent(sum(len(part) for part in parts))
            super().send_packed_command(parts, check_health)

    return Counting


def _index(camera: str) -> str:
    return f"simple_ocr:index:{camera}"


def _documents(camera: str) -> str:
    return f"simple_ocr:observations:{camera}"


def _pictures(camera: str) -> str:
    return f"simple_ocr:pictures:{camera}"
