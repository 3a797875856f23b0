"""What the webserver counts, for Prometheus."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("simple_ocr_requests", "Answers by status.", ["status"], registry=self.registry)
        self.seconds = Histogram("simple_ocr_request_seconds", "Time to the first byte.", registry=self.registry)
        self.followers = Gauge("simple_ocr_followers", "Pages that follow the events.", registry=self.registry)


class RequestCounter:
    """Counts requests as they are answered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and look at what goes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()

        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.requests.labels(status=message["status"]).inc()
                self._metrics.seconds.observe(time.monotonic() - started)
            await send(message)

        await self._app(scope, receive, send_and_count)
