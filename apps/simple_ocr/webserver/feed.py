"""`/events`: what is seen from now on, as server-sent events, each the row of the page that shows it."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

from redis import RedisError
from redis.asyncio import Redis
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from simple_ocr.observations import FEED, Observation
from simple_ocr.webserver.api import query_from

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from simple_ocr.webserver.search import Query

_POSITION = re.compile(r"\d+-\d+")
_BLOCK_MS = 1_000  # then a comment is sent, so that proxies keep the connection and a lost reader is noticed
_AT_ONCE = 100
_RETRY = 1.0
_MOST_FOLLOWERS = 100


class Feed:
    """Follows the Repository's stream of changes for each page that is open."""

    def __init__(self, url: str, password: str | None, render: Callable[[Observation], str]) -> None:
        self.followers = 0
        self._is_stopping = False
        self._url = url
        self._password = password
        self._render = render

    def stop(self) -> None:
        """Let go of the pages within a second, so that the process can end; they come back by themselves."""
        self._is_stopping = True

    async def follow(self, request: Request) -> Response:
        """Answer a page; one that comes back goes on where it was (Last-Event-ID)."""
        if self.followers >= _MOST_FOLLOWERS:
            raise HTTPException(503, f"{_MOST_FOLLOWERS} pages follow already: close one")
        query = query_from(request.query_params)
        position = request.headers.get("last-event-id", "")
        if not _POSITION.fullmatch(position):
            position = await run_in_threadpool(request.app.state.repository.feed_position)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(query, position), media_type="text/event-stream", headers=headers)

    async def _events(self, query: Query, start: str) -> AsyncIterator[str]:
        position = start
        self.followers += 1
        try:
            async with Redis.from_url(self._url, password=self._password, decode_responses=True) as redis:
                yield f"retry: 1000\nid: {position}\n\n"
                while not self._is_stopping:
                    try:
                        streams: Any = await redis.xread({FEED: position}, count=_AT_ONCE, block=_BLOCK_MS)
                    except RedisError:
                        yield "event: trouble\ndata: the repository does not serve\n\n"
                        await asyncio.sleep(_RETRY)
                        continue
                    yield ": still here\n\n"
                    for position, fields in _entries(streams):
                        observation = Observation(**json.loads(fields["document"]))
                        if query.covers(observation):
                            yield self._event(position, observation)
        finally:
            self.followers -= 1

    def _event(self, position: str, observation: Observation) -> str:
        lines = "".join(f"data: {line}\n" for line in self._render(observation).splitlines())
        return f"id: {position}\nevent: observation\n{lines}\n"


def _entries(streams: list[tuple[str, list[tuple[str, dict[str, str]]]]]) -> list[tuple[str, dict[str, str]]]:
    return [entry for _, entries in streams for entry in entries]
