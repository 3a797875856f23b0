"""Says over HTTP whether the processor reads its camera, and if not, why."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

READING = "reading"


@dataclass(frozen=True)
class Health:
    """One word for the state, and a sentence."""

    state: str = "starting"
    detail: str = "no picture has been read yet"


class HealthServer(ThreadingHTTPServer):
    """Answers GET /healthz: 200 while pictures are read and stored, 503 otherwise; always with the state as JSON."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, _Handler)
        self.health = Health()

    def start(self) -> None:
        """Serve in a thread of its own until the process ends."""
        threading.Thread(target=self.serve_forever, name="health", daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    server: HealthServer
    timeout = 10

    def do_GET(self) -> None:
        if self.path != "/healthz":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        health = self.server.health
        body = json.dumps(asdict(health)).encode()
        self.send_response(HTTPStatus.OK if health.state == READING else HTTPStatus.SERVICE_UNAVAILABLE)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: a probe comes every few seconds."""
