"""A headless Chromium, spoken to by WebDriver (W3C) over HTTP."""

from __future__ import annotations

import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the standard's name for a reference
_DEADLINE = 20.0
_QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


class Browser:
    """One window of its own profile; a context manager that ends it."""

    def __init__(self, directory: Path, port: int) -> None:
        driver = shutil.which("chromedriver")
        assert driver, "install Debian's chromium and chromium-driver"
        self._port = port
        self._driver = subprocess.Popen(
            [driver, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        options = {"args": [*_QUIET, f"--user-data-dir={directory / 'profile'}"]}
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
        deadline = time.monotonic() + _DEADLINE
        while not _listens(port):
            assert time.monotonic() < deadline, "chromedriver does not listen"
            time.sleep(0.05)
        self._session = self._call("POST", "/session", wanted)["sessionId"]

    def __enter__(self) -> Self:
        """Return the browser."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the window and end the driver with all that it started."""
        try:
            self._call("DELETE", f"/session/{self._session}")
        finally:
            os.killpg(self._driver.pid, signal.SIGKILL)
            self._driver.wait()

    def open(self, url: str, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        """Show a page in a window of a size, to somebody who likes it light or dark."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._devtools("Emulation.setDeviceMetricsOverride", metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._devtools("Emulation.setEmulatedMedia", {"features": features})
        self._ask("POST", "/url", {"url": url})

    def run(self, script: str) -> Any:  # noqa: ANN401 - whatever the script returns
        """Return what a script returns."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": []})

    def wait_for(self, condition: str) -> None:
        """Return once an expression is true."""
        deadline = time.monotonic() + _DEADLINE
        while not self.run(f"return Boolean({condition})"):
            assert time.monotonic() < deadline, f"{condition} stays false: {self.run('return document.body.innerText')}"
            time.sleep(0.05)

    def press(self, keys: str) -> None:
        """Type into whatever has the focus."""
        focused = self._ask("GET", "/element/active")[_ELEMENT]
        self._ask("POST", f"/element/{focused}/value", {"text": keys})

    def screenshot(self, file: Path) -> None:
        """Write what the window shows, as PNG."""
        file.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def _devtools(self, command: str, parameters: dict[str, Any]) -> None:
        self._ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def _ask(self, method: str, path: str, document: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
        return self._call(method, f"/session/{self._session}{path}", document)

    def _call(self, method: str, path: str, document: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            body = json.dumps(document) if document is not None else None
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            value = json.load(response)["value"]
            assert response.status == 200, value
            return value
        finally:
            connection.close()


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
