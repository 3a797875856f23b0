"""Serve the webserver, and its health, readiness and metrics on a port of their own."""

from __future__ import annotations

import logging
import os
import sys

import uvicorn

from simple_ocr import logs
from simple_ocr.observations import Repository, RepositoryUnreachableError
from simple_ocr.operations import Condition, OperationsServer
from simple_ocr.webserver.app import create_app
from simple_ocr.webserver.metrics import Metrics
from simple_ocr.webserver.settings import Settings

_LAST_ANSWERS = 2  # seconds that open pages get when it stops; they connect again by themselves

log = logging.getLogger("simple_ocr.webserver")


def main() -> None:
    """Serve until told to stop; exits with status 2 and one sentence when a setting is wrong."""
    logs.configure()
    try:
        settings = Settings.from_environment(os.environ)
    except ValueError as error:
        log.error("%s", error)  # noqa: TRY400 - a traceback would hide the sentence
        sys.exit(2)
    metrics = Metrics()
    repository = Repository(settings.repository_url, settings.repository_password)
    OperationsServer(("", settings.operations_port), _alive, lambda: _ready(repository), metrics.registry).start()
    uvicorn.run(
        create_app(settings, metrics),
        host="0.0.0.0",  # noqa: S104 - a container's
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )


def _alive() -> Condition:
    return Condition(True, "alive", "requests are answered")


def _ready(repository: Repository) -> Condition:
    try:
        repository.ping()
    except RepositoryUnreachableError as error:
        return Condition(False, "repository-unreachable", str(error))
    return Condition(True, "serving", "the repository serves")


if __name__ == "__main__":
    main()
