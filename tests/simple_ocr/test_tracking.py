from __future__ import annotations

from simple_ocr.observations import Observation
from simple_ocr.processor.tracking import Tracker


def observation(text: str, first: int, last: int, count: int) -> Observation:
    return Observation("cam1", "POVO", text, first, last, count)


def test_a_text_seen_again_is_one_observation() -> None:
    tracker = Tracker("cam1", "POVO")
    assert tracker.see(["EXIT"], 1000) == [observation("EXIT", 1000, 1000, 1)]
    assert tracker.see_the_same(1100) == [observation("EXIT", 1000, 1100, 2)]
    (grown,) = tracker.see(["EXIT"], 1200)
    assert grown == observation("EXIT", 1000, 1200, 3)
    assert grown.identity == observation("EXIT", 1000, 1000, 1).identity


def test_a_text_hidden_for_a_moment_is_the_same_observation() -> None:
    tracker = Tracker("cam1", "POVO")
    tracker.see(["EXIT"], 1000)
    assert tracker.see([], 2000) == []
    assert tracker.see(["EXIT"], 3000) == [observation("EXIT", 1000, 3000, 2)]


def test_a_text_that_comes_back_later_is_another_observation() -> None:
    tracker = Tracker("cam1", "POVO")
    tracker.see(["EXIT"], 1000)
    tracker.see(["ENTRY"], 2000)
    assert tracker.see(["EXIT"], 3001) == [observation("EXIT", 3001, 3001, 1)]


def test_two_signs_with_one_text_are_one_observation() -> None:
    assert Tracker("cam1", "POVO").see(["EXIT", "EXIT"], 1000) == [observation("EXIT", 1000, 1000, 1)]
