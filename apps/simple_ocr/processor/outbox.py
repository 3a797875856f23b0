"""Keeps observations until the Repository has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simple_ocr.observations import Observation, Repository

_INTERVAL_MS = 1000
_LARGEST_BACKLOG = 10_000


class Outbox:
    """Sends a new observation at once and its growth once a second; what could not be sent is kept and sent later.

    `is_behind` is true from a failure to send until the next success.
    """

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._waiting: dict[str, Observation] = {}
        self._next_try = 0
        self.is_behind = False

    def add(self, observations: list[Observation], moment: int) -> None:
        """Take observations at a moment (Unix ms); RepositoryUnreachableError when they have to wait."""
        for observation in observations:
            self._waiting[observation.identity] = observation
        while len(self._waiting) > _LARGEST_BACKLOG:
            del self._waiting[next(iter(self._waiting))]
        has_new = any(observation.count == 1 for observation in observations)
        if self._waiting and (has_new or moment >= self._next_try):
            self._next_try = moment + _INTERVAL_MS
            self.is_behind = True
            self._repository.put(self._waiting.values())
            self._waiting.clear()
            self.is_behind = False
