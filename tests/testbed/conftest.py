"""The test bed, up for as long as these tests run; one that is up already is used and left as it is."""

from collections.abc import Iterator
from typing import get_args

import pytest

from demo import storyboard
from demo.steps import Outcome, run
from tests.testbed.podman import Kind, carrying_label


@pytest.fixture(scope="session")
def running() -> Iterator[Outcome]:
    """Bring the test bed up."""
    found = carrying_label("container")
    yield run(storyboard.TEST_BED.step())
    if not found:
        run(storyboard.TEST_BED_DOWN.step())
        assert not any(carrying_label(kind) for kind in get_args(Kind))
