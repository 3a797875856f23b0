"""What an operator asks of a service over HTTP: `/healthz`, `/readyz` and `/metrics`, on a port of their own."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Condition:
    """Whether something is as it should be; one word for its state, and a sentence."""

    is_good: bool
    state: str
    detail: str


class OperationsServer(ThreadingHTTPServer):
    """Answers 200 or 503 with a Condition as JSON: `alive` says whether to restart, `ready` whether it works."""

    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        alive: Callable[[], Condition],
        ready: Callable[[], Condition],
        registry: CollectorRegistry,
    ) -> None:
        super().__init__(address, _Handler)
        self.conditions = {"/healthz": alive, "/readyz": ready}
        self.registry = registry

    def start(self) -> None:
        """Serve in a thread of its own until the process ends."""
        threading.Thread(target=self.serve_forever, name="operations", daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    server: OperationsServer
    timeout = 10

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(self.server.registry))
        elif condition := self.server.conditions.get(self.path):
            result = condition()
            status = HTTPStatus.OK if result.is_good else HTTPStatus.SERVICE_UNAVAILABLE
            self._answer(status, "application/json", json.dumps(asdict(result)).encode())
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: a probe comes every few seconds."""
