"""Which observations somebody asks for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simple_ocr.observations import Observation, Repository

LARGEST_LIMIT = 1000
END_OF_TIME = 2**53 - 1  # the largest number that JSON and Redis hold exactly
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Query:
    """Words, a camera (or any), and a time: last seen from `since` to `until`, in Unix milliseconds."""

    words: str = ""
    camera: str = ""
    since: int = 0
    until: int = END_OF_TIME

    def covers(self, observation: Observation) -> bool:
        """Return whether an observation is one of those asked for."""
        return (
            self.camera in ("", observation.camera)
            and self.since <= observation.last_seen <= self.until
            and matches(self.words, observation.text)
        )

    def run(self, repository: Repository, limit: int) -> list[Observation]:
        """Return at most `limit` of those asked for, the last seen first; RepositoryUnreachableError."""
        return list(islice(self.all(repository), limit))

    def all(self, repository: Repository) -> Iterator[Observation]:
        """Yield all those asked for, the last seen first; RepositoryUnreachableError."""
        cameras = [self.camera] if self.camera else repository.cameras()
        found = (repository.between(camera, self.since, self.until) for camera in cameras)
        newest_first = merge(*found, key=lambda observation: -observation.last_seen)
        return (observation for observation in newest_first if matches(self.words, observation.text))


def matches(words: str, text: str) -> bool:
    """Return whether each of the words is in a text.

    A Latin one begins one of the text's words, in capitals or not. Others, such as Korean ones, which carry their
    particles with them, may stand anywhere, also across a space.
    """
    plain = _plain(text)
    beginnings, run_together = _WORD.findall(plain), "".join(plain.split())
    return all(
        any(beginning.startswith(word) for beginning in beginnings) if word.isascii() else word in run_together
        for word in _WORD.findall(_plain(words))
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
