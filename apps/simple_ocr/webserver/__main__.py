"""Serve the webserver, and its health, readiness and metrics on a port of their own."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

import uvicorn

from simple_ocr import logs
from simple_ocr.observations import Repository, RepositoryUnreachableError
from simple_ocr.operations import Condition, OperationsServer
from simple_ocr.webserver.app import create_app
from simple_ocr.webserver.metrics import Metrics
from simple_ocr.webserver.settings import Settings

if TYPE_CHECKING:
    from types import FrameType

    from simple_ocr.webserver.feed import Feed

_LAST_ANSWERS = 3  # seconds that open pages get when it stops; they connect again by themselves

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
    app = create_app(settings, metrics)
    config = uvicorn.Config(
        app,
        host="0.0.0.0",  # noqa: S104 - a container's
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    _Server(config, app.state.feed).run()


class _Server(uvicorn.Server):
    """Lets go of the pages that follow as soon as it is told to stop."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal."""
        self._feed.stop()
        super().handle_exit(sig, frame)


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
