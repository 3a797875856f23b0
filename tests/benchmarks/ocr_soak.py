"""Everything that can go away goes away, again and again, and no observation is lost or doubled.

`python -m tests.benchmarks.ocr_soak [MINUTES]` (30 by default) runs a camera, a processor and a Redis on loopback.
The camera stalls, restarts, comes back with another resolution; Redis is killed for 15 s and for 60 s; the processor
is killed. What the sign showed and when is known, so what Redis must hold is known too: one observation of each text
whose time nothing disturbed, and never two of one. Prints one JSON object on its last line and fails with status 1.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from decenter_camera import scene
from simple_ocr.observations import Repository, Retention

from tests.simple_ocr.camera import RunningCamera, RunningProcessor, RunningRedis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simple_ocr.observations import Observation

_MINUTES = 30.0
_PERIOD = 3.0  # seconds that a sign shows a text
_GRACE = 3.0  # seconds before a text must have been read: a loaded machine reads late
_RECOVERY = 60.0
_SIZES = ((1280, 720), (960, 540))


class Soak:
    """The three programs, and the times in which the camera or the processor was disturbed."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.redis = RunningRedis(folder)
        self.camera = RunningCamera(folder, seconds_per_text=_PERIOD)
        self.processor = RunningProcessor(folder, self.camera.rtsp_port, self.redis.url)
        self.disturbed: list[tuple[float, float]] = []
        self.resident: list[float] = []
        self.done: Counter[str] = Counter()
        self._dice = random.Random(seed)  # noqa: S311 - no secret

    def run(self, seconds: float, redis_away: tuple[float, ...] = (15.0, 60.0)) -> dict[str, object]:
        """Disturb for `seconds`, let everything recover, compare."""
        self._wait_until_it_reads(time.time())
        started = time.time()
        away = list(redis_away)
        troubles: list[Callable[[], None]] = [
            self._stall_camera,
            lambda: self._kill_redis(away[self.done["redis killed"] % len(away)]),
            self._kill_processor,
            self._restart_camera,
        ]
        turn = 0
        while time.time() - started < seconds:
            troubles[turn % len(troubles)]()
            turn += 1
            self._quiet(self._dice.uniform(3, 5) * _PERIOD)
        ended = time.time()
        self._quiet(2 * _PERIOD)
        self.processor.process.terminate()
        self.processor.process.wait(20)
        return self._report(started, ended)

    def stop(self) -> None:
        """End all three."""
        for program in (self.processor, self.camera, self.redis):
            program.stop()

    def _stall_camera(self) -> None:
        self.done["camera stalled"] += 1
        with self._disturbance():
            self.camera.process.send_signal(signal.SIGSTOP)
            time.sleep(self._dice.uniform(2, 9))
            self.camera.process.send_signal(signal.SIGCONT)

    def _restart_camera(self) -> None:
        self.done["camera restarted in another size"] += 1
        with self._disturbance():
            self.camera.stop()
            self.camera.size = _SIZES[self.done["camera restarted in another size"] % len(_SIZES)]
            self.camera.start()

    def _kill_processor(self) -> None:
        self.done["processor killed"] += 1
        with self._disturbance():
            self.processor.stop()
            self.processor.start()

    def _kill_redis(self, seconds: float) -> None:
        """Nothing that the camera shows meanwhile may be missing afterwards: no disturbance is noted."""
        self.done["redis killed"] += 1
        self.redis.stop()
        self._quiet(seconds)
        self.redis.start()

    def _quiet(self, seconds: float) -> None:
        ends = time.time() + seconds
        while time.time() < ends:
            self.resident.append(self.processor.resident_mib())
            time.sleep(1)

    @contextmanager
    def _disturbance(self) -> Iterator[None]:
        started = time.time()
        yield
        self._wait_until_it_reads(started)
        self.disturbed.append((started, time.time() + _PERIOD))

    def _wait_until_it_reads(self, since: float) -> None:
        """Return once a picture was taken after `since`, whatever the Repository does."""
        deadline = time.time() + _RECOVERY
        before = self._frames()
        while self.processor.state() not in ("reading", "repository-unreachable") or self._frames() <= before:
            if time.time() > deadline:
                raise TimeoutError(f"no picture since {since}: {self.processor.log.read_text()[-2000:]}")
            time.sleep(0.2)

    def _frames(self) -> float:
        lines = self.processor.ask("/metrics")[1].splitlines()
        counts = [line.split()[-1] for line in lines if line.startswith("simple_ocr_frames_total")]
        return float(counts[0]) if counts else 0.0

    def _report(self, started: float, ended: float) -> dict[str, object]:
        repository = Repository(self.redis.url, retention=Retention(count=1_000_000))
        stored = list(repository.between("cam1", int(started * 1000), int(time.time() * 1000)))
        repository.close()
        texts = scene.known_texts("eng")
        due = [
            period
            for period in range(int(started / _PERIOD) + 2, int(ended / _PERIOD) - 1)
            if not any(begin < (period + 1) * _PERIOD and period * _PERIOD < end for begin, end in self.disturbed)
        ]
        lost = [period for period in due if not any(_is_of(one, period, texts) for one in stored)]
        half = len(self.resident) // 2
        return {
            "minutes": round((ended - started) / 60, 1),
            **self.done,
            "due": len(due),
            "stored": len(stored),
            "lost": len(lost),
            "doubled": _doubled(stored, len(texts) * _PERIOD),
            "misread": sum(one.text not in texts for one in stored),
            "rss_mib_first_half": round(max(self.resident[:half])),
            "rss_mib_second_half": round(max(self.resident[half:])),
        }


def _is_of(observation: Observation, period: int, texts: list[str]) -> bool:
    """Return whether an observation is of the text that the sign showed in a period."""
    begin = period * _PERIOD
    return (
        observation.text == texts[period % len(texts)]
        and begin <= observation.first_seen / 1000 < begin + _PERIOD + _GRACE
    )


def _doubled(stored: list[Observation], round_seconds: float) -> int:
    """Return how many observations are of a text that had been seen in the same round of the sign."""
    last: dict[str, float] = {}
    doubled = 0
    for observation in sorted(stored, key=lambda one: one.first_seen):
        seen = observation.first_seen / 1000
        doubled += seen - last.get(observation.text, 0.0) < round_seconds / 2
        last[observation.text] = seen
    return doubled


def main() -> int:
    """Soak, print, and return 1 if something was lost or doubled."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else _MINUTES
    with tempfile.TemporaryDirectory() as directory:
        soak = Soak(Path(directory))
        try:
            report = soak.run(minutes * 60)
        finally:
            soak.stop()
    print(json.dumps(report))
    return int(bool(report["lost"] or report["doubled"]))


if __name__ == "__main__":
    sys.exit(main())
