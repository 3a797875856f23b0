"""How well and how fast simple_ocr reads, against pytesseract on the same frames in the same run.

`python -m tests.benchmarks.ocr [FRAMES]` prints one JSON object on its last line. Rates are shares (0.02 is 2 %), a
frame's capped at 1; character rates ignore spaces. Speed is by CPU time, so that what else the machine does matters
little: the naive way's as it comes, with Tesseract's threads, and with one thread (`naive_one_thread_fps_per_core`).
`foreign_*` are pages that this project did not make: a PDF that the locked wheel
`ansible` carries, drawn by Poppler, whose own text is the truth.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

os.environ["OMP_THREAD_LIMIT"] = "1"

import cv2
import pytesseract  # type: ignore[import-untyped]
from simple_ocr.processor.changes import ChangeDetector
from simple_ocr.processor.reading import TextReader

from demo.paths import VENV
from tests.benchmarks.scenes import HARD, MADE, WORST, Scene, scene
from tests.federation.reading import character_error_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cv2.typing import MatLike

_FRAMES = 30
_SHORT = {"eng": "en", "kor": "ko"}
_FOREIGN = "lib/python3.11/site-packages/ansible_collections/cisco/ucs/misc/*.pdf"
_FOREIGN_PAGES = range(3, 6)
_AS_DISPLAYED = "110"  # dots per inch: letters of some 16 pixels


class _Result(NamedTuple):
    cer: float
    wer: float
    seconds: float


def main() -> None:
    """Draw, read, compare, print."""
    cv2.setNumThreads(1)
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else _FRAMES
    figures: dict[str, float] = {"frames": frames}
    seconds: dict[str, list[float]] = {"": [], "naive_": []}
    for kind, prefix in ((MADE, ""), (HARD, "hard_"), (WORST, "worst_")):
        for language, short in _SHORT.items():
            scenes = [scene(kind, language, number) for number in range(frames)]
            reader = TextReader(language)
            reader.read(scenes[0].frame)  # the first one also loads what is loaded late
            for who, read in (("", _ours(reader)), ("naive_", _naive(language))):
                result = _measure(read, scenes)
                figures[f"{who}{prefix}cer_{short}"] = result.cer
                figures[f"{who}{prefix}wer_{short}"] = result.wer
                if kind == MADE:
                    seconds[who].append(result.seconds)
            print(kind, language, {name: round(value, 4) for name, value in figures.items()}, flush=True)
    figures["fps_per_core"] = 1 / fmean(seconds[""])
    figures["naive_one_thread_fps_per_core"] = 1 / fmean(seconds["naive_"])
    figures["naive_fps_per_core"] = naive = 1 / _naive_seconds_as_it_comes()
    figures["ratio_to_naive"] = figures["fps_per_core"] / naive
    figures |= _stages() | _foreign()
    figures["rss_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


def _measure(read: Callable[[MatLike], list[str]], scenes: Sequence[Scene]) -> _Result:
    started = _cpu_seconds()
    texts = [" ".join(read(shown.frame)) for shown in scenes]
    seconds = (_cpu_seconds() - started) / len(scenes)
    pairs = [(shown.text, text) for shown, text in zip(scenes, texts, strict=True)]
    return _Result(
        fmean(min(1.0, character_error_rate(wanted, got)) for wanted, got in pairs),
        fmean(_word_error_rate(wanted, got) for wanted, got in pairs),
        seconds,
    )


def _ours(reader: TextReader) -> Callable[[MatLike], list[str]]:
    return lambda frame: [reading.text for reading in reader.read(frame)]


def _naive(language: str) -> Callable[[MatLike], list[str]]:
    return lambda frame: pytesseract.image_to_string(frame[:, :, ::-1], lang=language).split()


def _naive_seconds_as_it_comes() -> float:
    """Return the CPU time of a made frame where nobody limits Tesseract's threads."""
    limit = os.environ.pop("OMP_THREAD_LIMIT")
    results = [_measure(_naive(language), [scene(MADE, language, n) for n in range(8)]) for language in _SHORT]
    os.environ["OMP_THREAD_LIMIT"] = limit
    return fmean(result.seconds for result in results)


def _cpu_seconds() -> float:
    """Return the CPU time of this process and of the programs that it has run."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _word_error_rate(wanted: str, got: str) -> float:
    """Return the share of words that are missing or that nobody wrote, whatever their order."""
    truth, read = Counter(wanted.split()), Counter(got.split())
    wrong = max((truth - read).total(), (read - truth).total())
    return min(1.0, wrong / truth.total())


def _stages() -> dict[str, float]:
    """Return the milliseconds of CPU that each stage takes on a made scene."""
    shown = [scene(MADE, "eng", number).frame for number in range(10)]
    reader, changes = TextReader("eng"), ChangeDetector()
    reader.read(shown[0])
    stages: dict[str, Callable[[MatLike], object]] = {
        "ms_change": changes.has_changed,
        "ms_detection": reader.find,
        "ms_frame": reader.read,
    }
    figures = {}
    for name, stage in stages.items():
        started = time.process_time()
        for frame in shown:
            stage(frame)
        figures[name] = (time.process_time() - started) / len(shown) * 1000
    return figures | {"ms_lines": figures["ms_frame"] - figures["ms_detection"]}


def _foreign() -> dict[str, float]:
    """Return the share of the words of foreign pages that were not read, here and by the naive way."""
    (document, *_) = sorted(VENV.glob(_FOREIGN))
    reader = TextReader("eng")
    missed: dict[str, list[float]] = {"": [], "naive_": []}
    with tempfile.TemporaryDirectory() as directory:
        for page in _FOREIGN_PAGES:
            where = ["-f", str(page), "-l", str(page), str(document)]
            text = subprocess.run(["pdftotext", *where, "-"], check=True, capture_output=True, text=True).stdout
            image = Path(directory, str(page))
            subprocess.run(["pdftoppm", "-r", _AS_DISPLAYED, "-png", "-singlefile", *where, str(image)], check=True)
            frame = cv2.imread(f"{image}.png")
            assert frame is not None
            truth = Counter(text.split())
            for who, read in (("", _ours(reader)), ("naive_", _naive("eng"))):
                words = Counter(" ".join(read(frame)).split())
                missed[who].append((truth - words).total() / truth.total())
    return {f"{who}foreign_wer": fmean(shares) for who, shares in missed.items()}


if __name__ == "__main__":
    main()
