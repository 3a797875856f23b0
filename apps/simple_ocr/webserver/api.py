"""The JSON API and its description in OpenAPI: `/api/observations`, `.csv`, `/api/cameras`, `/api/texts`."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from simple_ocr.webserver.search import END_OF_TIME, LARGEST_LIMIT, Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.datastructures import QueryParams
    from starlette.requests import Request
    from starlette.responses import Response

    from simple_ocr.observations import Observation, Repository

_USUAL_LIMIT = 50
_COLUMNS = ("id", "camera", "region", "text", "first_seen", "last_seen", "count", "confidence")
# What a spreadsheet would take for a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def query_from(parameters: QueryParams) -> Query:
    """Read a Query; HTTPException with a sentence when it is wrong."""
    return Query(
        words=parameters.get("q", ""),
        camera=parameters.get("camera", ""),
        since=_number(parameters, "since", 0, 0, END_OF_TIME),
        until=_number(parameters, "until", END_OF_TIME, 0, END_OF_TIME),
    )


def document(observation: Observation) -> dict[str, object]:
    """Return an observation as the API shows it."""
    return {"id": observation.identity, **asdict(observation)}


def _observations(request: Request) -> Response:
    repository: Repository = request.app.state.repository
    found = query_from(request.query_params).run(repository, _limit(request))
    return JSONResponse({"observations": [document(observation) for observation in found]})


def _texts(request: Request) -> Response:
    """Answer with what a display needs and no more."""
    repository: Repository = request.app.state.repository
    found = query_from(request.query_params).run(repository, _limit(request))
    left_out = ("id", "confidence", "has_picture")
    short = [{name: value for name, value in document(one).items() if name not in left_out} for one in found]
    return JSONResponse({"texts": short})


def _csv(request: Request) -> Response:
    repository: Repository = request.app.state.repository
    query = query_from(request.query_params)
    repository.ping()  # once the first line is sent, it is too late for a status
    headers = {"Content-Disposition": 'attachment; filename="observations.csv"'}
    return StreamingResponse(_lines(query.all(repository)), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(observations: Iterator[Observation]) -> Iterator[str]:
    yield "\ufeff" + _line(_COLUMNS)  # the mark by which spreadsheets know UTF-8
    for observation in observations:
        shown = document(observation)
        yield _line([_harmless(str(shown[column])) for column in _COLUMNS])


def _line(cells: list[str] | tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


def _cameras(request: Request) -> Response:
    repository: Repository = request.app.state.repository
    health = repository.health()
    cameras = [
        asdict(health[name]) if name in health else {"camera": name, "state": "unknown"}
        for name in repository.cameras()
    ]
    return JSONResponse({"cameras": cameras})


def _limit(request: Request) -> int:
    return _number(request.query_params, "limit", _USUAL_LIMIT, 1, LARGEST_LIMIT)


def _number(parameters: QueryParams, name: str, usual: int, least: int, most: int) -> int:
    text = parameters.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(END_OF_TIME)) and least <= int(text) <= most):
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"{name} is a number from {least} to {most}")
    return int(text)


def _openapi(_request: Request) -> Response:
    return JSONResponse(OPENAPI)


def _schema(**properties: str) -> dict[str, Any]:
    typed = {name: {"type": kind} for name, kind in properties.items()}
    return {"type": "object", "required": list(properties), "properties": typed}


def _operation(summary: str, parameters: tuple[str, ...], content: dict[str, Any]) -> dict[str, Any]:
    return {
        "get": {
            "summary": summary,
            "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in parameters],
            "responses": {
                "200": {"description": "What was asked for, the last seen first.", "content": content},
                "400": {"$ref": "#/components/responses/Error"},
                "401": {"$ref": "#/components/responses/Error"},
                "503": {"$ref": "#/components/responses/Error"},
            },
        }
    }


def _list(name: str, schema: str) -> dict[str, Any]:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}
    return {"application/json": {"schema": {"type": "object", "required": [name], "properties": {name: items}}}}


def _parameter(name: str, description: str, **schema: object) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


_FILTERS = ("camera", "q", "since", "until")
_TEXT = {"camera": "string", "region": "string", "text": "string", "first_seen": "integer", "last_seen": "integer"}
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "simple_ocr", "version": "1", "description": "Texts that cameras see. Times are Unix ms."},
    "security": [{"token": []}, {}],
    "paths": {
        "/api/observations": _operation("Texts", (*_FILTERS, "limit"), _list("observations", "Observation")),
        "/api/observations.csv": _operation("All texts", _FILTERS, {"text/csv": {"schema": {"type": "string"}}}),
        "/api/texts": _operation("Texts, in short", (*_FILTERS, "limit"), _list("texts", "Text")),
        "/api/cameras": _operation("Cameras and their health", (), _list("cameras", "Camera")),
    },
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "parameters": {
            "camera": _parameter("camera", "Only this camera's.", type="string"),
            "q": _parameter("q", "Each word is in the text: Latin ones begin a word, others anywhere.", type="string"),
            "since": _parameter("since", "Last seen then or later.", type="integer", minimum=0),
            "until": _parameter("until", "Last seen then or earlier.", type="integer", minimum=0),
            "limit": _parameter("limit", "At most so many.", type="integer", minimum=1, maximum=LARGEST_LIMIT),
        },
        "schemas": {
            "Observation": _schema(id="string", **_TEXT, count="integer", confidence="integer", has_picture="boolean"),
            "Text": _schema(**_TEXT, count="integer"),
            "Camera": _schema(camera="string", state="string"),
            "Error": _schema(error="string"),
        },
        "responses": {
            "Error": {
                "description": "One sentence that says what is wrong.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            }
        },
    },
}

ROUTES = [
    Route("/api/observations", _observations),
    Route("/api/observations.csv", _csv),
    Route("/api/texts", _texts),
    Route("/api/cameras", _cameras),
    Route("/api/openapi.json", _openapi),
]
