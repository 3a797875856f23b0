"""The pages: `/` and its parts `/cameras` and `/events`, `/login`, `/pictures`, and the API."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simple_ocr.observations import Repository, RepositoryUnreachableError
from simple_ocr.webserver import api
from simple_ocr.webserver.access import COOKIE, Guard, Token
from simple_ocr.webserver.feed import Feed
from simple_ocr.webserver.metrics import Metrics, RequestCounter
from simple_ocr.webserver.search import Query

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from simple_ocr.observations import CameraHealth
    from simple_ocr.webserver.settings import Settings

_HERE = Path(__file__).parent
_SHOWN = 60
_SILENT_MS = 15_000  # three heartbeats of a processor
_HOUSEKEEPING = 60.0
_MONTH = 30 * 24 * 3600
_PERIODS = {"": "any time", "900": "15 minutes", "3600": "an hour", "86400": "a day", "604800": "a week"}

log = logging.getLogger("simple_ocr.webserver")


def create_app(settings: Settings, metrics: Metrics | None = None) -> Starlette:
    """Make the application."""
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=select_autoescape(), undefined=StrictUndefined
    )
    templates.filters |= {"clock": _clock, "iso": _iso, "size": _size}
    row = templates.get_template("row.html")
    feed = Feed(settings.repository_url, settings.repository_password, lambda seen: row.render(observation=seen))
    metrics = metrics or Metrics()
    metrics.followers.set_function(lambda: feed.followers)
    app = Starlette(
        routes=[
            Route("/", _page),
            Route("/cameras", _cameras),
            Route("/events", feed.follow),
            Route("/login", _login, methods=["GET", "POST"]),
            Route("/pictures/{camera}/{identity}.jpg", _picture),
            *api.ROUTES,
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ],
        middleware=[
            Middleware(RequestCounter, metrics=metrics),
            Middleware(_SecurityHeaders),
            Middleware(Guard, access=settings.access),
        ],
        exception_handlers={RepositoryUnreachableError: _unreachable, HTTPException: _refused},
        lifespan=_housekeeping,
    )
    app.state.settings = settings
    app.state.repository = Repository(settings.repository_url, settings.repository_password, settings.retention)
    app.state.templates = templates
    app.state.feed = feed
    return app


def _page(request: Request) -> Response:
    repository: Repository = request.app.state.repository
    parameters = request.query_params
    period = parameters.get("period", "")
    if period not in _PERIODS:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"period is one of {', '.join(filter(None, _PERIODS))} (seconds)")
    query = api.query_from(parameters)
    since = _now() - int(period) * 1000 if period else query.since
    filtered = {"q": query.words, "camera": query.camera, "since": str(since) if since else ""}
    return _render(
        request,
        "page.html",
        observations=Query(query.words, query.camera, since, query.until).run(repository, _SHOWN),
        query=query,
        period=period,
        periods=_PERIODS,
        filters={name: value for name, value in filtered.items() if value},
        **_camera_cards(repository),
    )


def _cameras(request: Request) -> Response:
    return _render(request, "cameras.html", **_camera_cards(request.app.state.repository))


def _camera_cards(repository: Repository) -> dict[str, object]:
    names, health = repository.cameras(), repository.health()
    newest = {name: next(iter(repository.newest(name, 1)), None) for name in names}
    states = {name: _state(health.get(name)) for name in names}
    return {"cameras": names, "health": health, "newest": newest, "states": states}


def _state(health: CameraHealth | None) -> str:
    """Return one word: a processor that has gone away can't say so itself."""
    if health is None or _now() - health.moment > _SILENT_MS:
        return "silent"
    return health.state


async def _login(request: Request) -> Response:
    access = request.app.state.settings.access
    if not isinstance(access, Token):
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    if request.method == "GET":
        return _render(request, "login.html", is_wrong=False)
    form = await request.form(max_files=0, max_fields=2)
    if not access.matches(str(form.get("token", ""))):
        log.warning("a wrong token was tried", extra={"fields": {"from": request.client and request.client.host}})
        await asyncio.sleep(1)  # whoever guesses shall not guess fast
        answer = _render(request, "login.html", is_wrong=True)
        answer.status_code = HTTPStatus.UNAUTHORIZED
        return answer
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    is_secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    answer.set_cookie(COOKIE, access.session, _MONTH, httponly=True, samesite="strict", secure=is_secure)
    return answer


def _picture(request: Request) -> Response:
    repository: Repository = request.app.state.repository
    jpeg = repository.picture(request.path_params["camera"], request.path_params["identity"])
    if jpeg is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "no picture is kept of this text: pictures stay in their region")
    return Response(jpeg, media_type="image/jpeg")


def _render(request: Request, template: str, **context: object) -> Response:
    html = request.app.state.templates.get_template(template).render(context)
    return HTMLResponse(html)


@asynccontextmanager
async def _housekeeping(app: Starlette) -> AsyncIterator[None]:
    """Forget every minute what is past its retention."""

    async def forget() -> None:
        while True:
            try:
                await run_in_threadpool(app.state.repository.forget_expired)
            except RepositoryUnreachableError as error:
                log.warning(str(error))
            await asyncio.sleep(_HOUSEKEEPING)

    task = asyncio.create_task(forget())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    app.state.repository.close()


def _now() -> int:
    return time.time_ns() // 1_000_000


def _clock(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%H:%M:%S")


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")


def _size(count: int) -> str:
    """Bytes for people."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


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
                    (b"content-security-policy", _POLICY),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                    (b"cache-control", b"no-cache"),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)


_POLICY = b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
