"""How long from a sign appearing before a camera to its text on the page, the processor on one CPU.

`python -m tests.benchmarks.ocr_latency [SIGNS]` runs camera, processor, Redis and webserver on loopback, follows the
page's own events and prints one JSON object on its last line: milliseconds.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx2
import uvicorn
from decenter_camera import scene
from simple_ocr.webserver.app import create_app
from simple_ocr.webserver.settings import Settings

from tests.simple_ocr.camera import RunningCamera, RunningProcessor, RunningRedis, free_port

_SIGNS = 20
_SECONDS_PER_SIGN = 2.0
_DEADLINE = 60.0


def main() -> None:
    """Run everything, follow the page, print."""
    signs = int(sys.argv[1]) if len(sys.argv) > 1 else _SIGNS
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        redis = RunningRedis(folder)
        camera = RunningCamera(folder, seconds_per_text=_SECONDS_PER_SIGN)
        processor = RunningProcessor(folder, camera.rtsp_port, redis.url, cpus=frozenset({0}))
        try:
            _wait_until_it_reads(processor)
            latencies = _measured(redis.url, signs)
        finally:
            processor.stop()
            camera.stop()
            redis.stop()
    quantiles = statistics.quantiles(latencies, n=20)
    figures = {"median": statistics.median(latencies), "p95": quantiles[-1], "worst": max(latencies)}
    print(json.dumps({"signs": signs} | {name: round(value) for name, value in figures.items()}))


def _measured(redis_url: str, signs: int) -> list[float]:
    app = create_app(Settings.from_environment({"REPOSITORY_URL": redis_url, "ACCESS": "open"}))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        return _followed(f"http://127.0.0.1:{port}/events", signs)
    finally:
        app.state.feed.stop()
        server.should_exit = True
        thread.join()


def _followed(url: str, signs: int) -> list[float]:
    """Return the ms from each change of the sign to the event that shows its text; the first one is half seen."""
    texts = scene.known_texts("eng")
    latencies: dict[int, float] = {}
    with httpx2.stream("GET", url, timeout=_DEADLINE) as answer:
        for line in answer.iter_lines():
            now = time.time()
            period = int(now / _SECONDS_PER_SIGN)
            for shown in (period, period - 1):
                if f">{texts[shown % len(texts)]}<" in line and shown not in latencies:
                    latencies[shown] = (now - shown * _SECONDS_PER_SIGN) * 1000
                    break
            if len(latencies) > signs:
                break
    return [latencies[shown] for shown in sorted(latencies)][1:]


def _wait_until_it_reads(processor: RunningProcessor) -> None:
    deadline = time.monotonic() + _DEADLINE
    while processor.state() != "reading":
        if time.monotonic() > deadline:
            raise TimeoutError(f"the processor does not read: see {processor.log.read_text()}")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
