"""One federation for all tests of this folder, played in the storyboard's own order."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from demo import application, storyboard
from demo.ledger import balances, connect
from demo.steps import Outcome, run


@dataclass
class Story:
    """What was played so far, and what was seen on the way."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    balances_before: dict[str, int] = field(default_factory=dict)
    block_before: int = 0

    def play(self, *phases: storyboard.Phase) -> None:
        """Run the phases in order."""
        for phase in phases:
            self.outcomes[phase.name] = run(phase.step())


@pytest.fixture(scope="session")
def italy(pytestconfig: pytest.Config) -> Iterator[Story]:
    """Table I's two infrastructures; simple_ocr runs in Italy, Korea is on its own. Ends with nothing left running."""
    story = Story()
    terminal = pytestconfig.pluginmanager.getplugin("capturemanager")
    with terminal.global_and_fixture_disabled():
        print()
        if storyboard.is_played():
            story.play(storyboard.TEST_BED_DOWN)
        story.play(storyboard.TEST_BED, *storyboard.ITALY)
        application.wait_for_text("cam1")
    story.balances_before, story.block_before = balances(), connect().node.head()["number"] + 1
    yield story
    with terminal.global_and_fixture_disabled():
        story.play(storyboard.TEST_BED_DOWN)


@pytest.fixture(scope="session")
def korea(italy: Story, pytestconfig: pytest.Config) -> Story:
    """SEOUL-KETI is rented and reads camkor1 for Italy."""
    terminal = pytestconfig.pluginmanager.getplugin("capturemanager")
    with terminal.global_and_fixture_disabled():
        print()
        italy.play(*storyboard.MARKET)
        italy.play(*storyboard.KOREA)
        application.wait_for_text("camkor1")
    return italy
