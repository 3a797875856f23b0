"""The pages: `/`, `/cards` (the part of it that is renewed), `/api/texts`, `/healthz`."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simple_ocr.observations import RepositoryUnreachableError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from simple_ocr.observations import Observation, Repository

_HERE = Path(__file__).parent
_SHOWN = 8
_LARGEST_LIMIT = 1000
_LIVE_MS = 10_000


def create_app(repository: Repository) -> Starlette:
    """Make the application over a Repository."""
    app = Starlette(
        routes=[
            Route("/", _page),
            Route("/cards", _cards),
            Route("/api/texts", _texts),
            Route("/healthz", _healthz),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ],
        middleware=[Middleware(_SecurityHeaders)],
        exception_handlers={RepositoryUnreachableError: _unreachable, HTTPException: _refused},
    )
    app.state.repository = repository
    app.state.templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=select_autoescape(), undefined=StrictUndefined
    )
    app.state.templates.filters["clock"] = _clock
    return app


def _page(request: Request) -> Response:
    return _render(request, "page.html")


def _cards(request: Request) -> Response:
    return _render(request, "cards.html")


def _texts(request: Request) -> Response:
    repository: Repository = request.app.state.repository
    camera = request.query_params.get("camera")
    limit = _limit(request.query_params.get("limit", "50"))
    cameras = [camera] if camera else repository.cameras()
    observations = [observation for name in cameras for observation in repository.newest(name, limit)]
    observations.sort(key=lambda observation: observation.last_seen, reverse=True)
    return JSONResponse({"texts": [_short(observation) for observation in observations[:limit]]})


def _short(observation: Observation) -> dict[str, object]:
    return {name: value for name, value in asdict(observation).items() if name != "confidence"}


def _healthz(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


def _render(request: Request, template: str) -> Response:
    repository: Repository = request.app.state.repository
    cameras = {name: repository.newest(name, _SHOWN) for name in repository.cameras()}
    now = time.time_ns() // 1_000_000
    live = {name for name, shown in cameras.items() if shown and _is_live(shown[0], now)}
    return HTMLResponse(request.app.state.templates.get_template(template).render(cameras=cameras, live=live))


def _is_live(observation: Observation, now: int) -> bool:
    return now - observation.last_seen < _LIVE_MS


def _clock(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%H:%M:%S")


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _LARGEST_LIMIT:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"limit is a number from 1 to {_LARGEST_LIMIT}")
    return int(text)


def _unreachable(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, HTTPStatus.SERVICE_UNAVAILABLE)


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    return JSONResponse({"error": error.detail}, error.status_code)


class _SecurityHeaders:
    """Lets a page load nothing but its own files, whatever a sign may say."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'"),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                    (b"cache-control", b"no-cache"),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)
