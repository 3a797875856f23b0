"""What a visitor of simple_ocr's web page sees."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass

ADDRESS = "http://198.18.10.10:30080"
"""CLOUD, on provider A's own network: the node port of the Webserver."""

CAMERAS = ("cam1", "camkor1")
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Observation:
    """A text that a camera saw; times in Unix milliseconds."""

    camera: str
    region: str
    text: str
    first_seen: int
    last_seen: int
    count: int


def texts(camera: str, limit: int = 100) -> Sequence[Observation]:
    """Return what `camera` read, newest first.

    Raises:
        urllib.error.URLError: the page can't be reached.

    """
    with urllib.request.urlopen(f"{ADDRESS}/api/texts?camera={camera}&limit={limit}", timeout=5) as response:  # noqa: S310
        return [Observation(**text) for text in json.load(response)["texts"]]


def now() -> int:
    """Return the time as observations have it: Unix milliseconds."""
    return int(time.time() * 1000)


def wait_for_text(camera: str, timeout: float = 120.0, since: int = 0) -> Observation:
    """Return the first text that `camera` read after `since` (Unix milliseconds), as soon as it is there.

    Raises:
        TimeoutError: none within `timeout` seconds.

    """
    deadline = time.monotonic() + timeout
    problem = "its page shows none"
    while time.monotonic() < deadline:
        try:
            if found := [text for text in texts(camera) if text.last_seen > since]:
                return found[-1]
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            problem = str(error)
        time.sleep(_POLL_SECONDS)
    raise TimeoutError(f"No text of {camera} within {timeout:.0f} s: {problem}. Look at its Processor's log.")
