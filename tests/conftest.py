"""What holds for all tests."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Play the storyboard last: it ends with nothing left running, and the other tests' test bed is its own too."""
    items.sort(key=lambda item: item.get_closest_marker("federation") is not None)
