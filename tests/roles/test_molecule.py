"""A Molecule scenario of the roles, on throwaway hosts of the test bed's image."""

import subprocess
from collections.abc import Mapping

import pytest

from demo import storyboard
from demo.paths import ROOT
from demo.steps import run

pytestmark = pytest.mark.hosts

_EXTENSIONS = ROOT / "ansible_collections/decenter/brokerage/extensions"


@pytest.fixture(scope="module")
def environment() -> Mapping[str, str]:
    run(storyboard.TEST_BED.step())
    return storyboard.environment()


def test_wireguard(environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["molecule", "test", "--scenario-name", "wireguard"],
        cwd=_EXTENSIONS,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
