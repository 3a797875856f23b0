"""The soak of tests.benchmarks.ocr_soak, cut short: each trouble but the restart of the camera once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.ocr_soak import Soak

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.hosts


def test_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    soak = Soak(tmp_path)
    try:
        report = soak.run(25, redis_away=(5.0,))
    finally:
        soak.stop()
    assert (report["lost"], report["doubled"], report["misread"]) == (0, 0, 0), report
    assert report["redis killed"] == 1
    assert isinstance(report["due"], int)
    assert report["due"] > 0
