from __future__ import annotations

import numpy as np
from simple_ocr.observations import Observation
from simple_ocr.processor.detection import Line
from simple_ocr.processor.reading import Reading
from simple_ocr.processor.tracking import Tracker


def readings(*texts: str, confidence: float = 90.0) -> list[Reading]:
    return [Reading(text, confidence, Line(np.zeros((4, 2), np.float32))) for text in texts]


def observation(text: str, first: int, last: int, count: int, confidence: int = 90) -> Observation:
    return Observation("cam1", "POVO", text, first, last, count, confidence)


def test_a_text_seen_again_is_one_observation() -> None:
    tracker = Tracker("cam1", "POVO")
    assert tracker.see(readings("EXIT"), 1000) == [observation("EXIT", 1000, 1000, 1)]
    assert tracker.see_the_same(1100) == [observation("EXIT", 1000, 1100, 2)]
    (grown,) = tracker.see(readings("EXIT", confidence=95), 1200)
    assert grown == observation("EXIT", 1000, 1200, 3, 95)
    assert grown.identity == observation("EXIT", 1000, 1000, 1).identity


def test_a_text_hidden_for_a_moment_is_the_same_observation() -> None:
    tracker = Tracker("cam1", "POVO")
    tracker.see(readings("EXIT"), 1000)
    assert tracker.see([], 2000) == []
    assert tracker.see(readings("EXIT"), 3000) == [observation("EXIT", 1000, 3000, 2)]


def test_a_text_that_comes_back_later_is_another_observation() -> None:
    tracker = Tracker("cam1", "POVO")
    tracker.see(readings("EXIT"), 1000)
    tracker.see(readings("ENTRY"), 2000)
    assert tracker.see(readings("EXIT"), 3001) == [observation("EXIT", 3001, 3001, 1)]


def test_two_signs_with_one_text_are_one_observation() -> None:
    seen = Tracker("cam1", "POVO").see(readings("EXIT") + readings("EXIT", confidence=70), 1000)
    assert seen == [observation("EXIT", 1000, 1000, 1, 90)]


def test_a_text_that_outlasts_a_lost_camera_is_the_same_observation() -> None:
    tracker = Tracker("cam1", "POVO")
    tracker.see(readings("EXIT"), 1000)
    assert tracker.see(readings("EXIT"), 16_000) == [observation("EXIT", 1000, 16_000, 2)]
    assert tracker.see(readings("EXIT"), 76_001) == [observation("EXIT", 76_001, 76_001, 1)]


def test_a_new_process_goes_on_from_the_old_one() -> None:
    shown = observation("EXIT", 1000, 5000, 9)
    assert Tracker("cam1", "POVO", [shown]).see(readings("EXIT"), 9000) == [observation("EXIT", 1000, 9000, 10)]
    assert Tracker("cam1", "POVO", [shown]).see(readings("EXIT"), 99_000) == [observation("EXIT", 99_000, 99_000, 1)]
