"""What a camera was seen to show, and the Redis that keeps it: the one thing that processor and webserver share."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

import redis

if TYPE_CHECKING:
    from collections.abc import Iterable

_CAMERAS = "simple_ocr:cameras"
_KEPT = 10_000


@dataclass(frozen=True)
class Observation:
    """One text, seen by one camera without a break. Times are Unix milliseconds; `count` is in frames."""

    camera: str
    region: str
    text: str
    first_seen: int
    last_seen: int
    count: int

    @property
    def identity(self) -> str:
        """Stays the same while the observation grows, so that storing it again replaces it."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return f"{self.first_seen}-{digest[:12]}"


class RepositoryUnreachableError(Exception):
    """Redis does not answer, or refuses; the message says which and at what address."""


class Repository:
    """Observations in Redis. A Redis out of reach or in error raises RepositoryUnreachableError, and nothing else."""

    def __init__(self, url: str, kept: int = _KEPT) -> None:
        """Use the Redis at `url` (redis://host:port/database) and keep the `kept` newest observations of a camera."""
        self._url = url
        self._kept = kept
        self._redis = redis.Redis.from_url(url, decode_responses=True, socket_timeout=5, socket_connect_timeout=5)

    def put(self, observations: Iterable[Observation]) -> None:
        """Store observations, each in place of its own earlier state."""
        batch = list(observations)
        try:
            with self._redis.pipeline(transaction=True) as pipeline:
                for observation in batch:
                    pipeline.sadd(_CAMERAS, observation.camera)
                    pipeline.zadd(_index(observation.camera), {observation.identity: observation.last_seen})
                    document = json.dumps(asdict(observation), ensure_ascii=False)
                    pipeline.hset(_documents(observation.camera), observation.identity, document)
                pipeline.execute()
            for camera in {observation.camera for observation in batch}:
                self._forget_oldest(camera)
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def newest(self, camera: str, limit: int) -> list[Observation]:
        """Return at most `limit` observations of a camera, the last seen first; none for an unknown camera."""
        try:
            identities = cast("list[str]", self._redis.zrange(_index(camera), 0, limit - 1, desc=True))
            documents = self._redis.hmget(_documents(camera), identities) if identities else []
        except redis.RedisError as error:
            raise self._unreachable(error) from error
        # One that was forgotten between the two calls has no document any more.
        return [Observation(**json.loads(document)) for document in cast("list[Any]", documents) if document]

    def cameras(self) -> list[str]:
        """Return the names of the cameras that were ever observed, sorted."""
        try:
            return sorted(cast("set[str]", self._redis.smembers(_CAMERAS)))
        except redis.RedisError as error:
            raise self._unreachable(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _forget_oldest(self, camera: str) -> None:
        oldest = cast("list[str]", self._redis.zrange(_index(camera), 0, -self._kept - 1))
        if not oldest:
            return
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.zrem(_index(camera), *oldest)
            pipeline.hdel(_documents(camera), *oldest)
            pipeline.execute()

    def _unreachable(self, error: redis.RedisError) -> RepositoryUnreachableError:
        return RepositoryUnreachableError(f"the repository at {self._url} does not serve: {error}")


def _index(camera: str) -> str:
    return f"simple_ocr:index:{camera}"


def _documents(camera: str) -> str:
    return f"simple_ocr:observations:{camera}"
