"""The wheel carries the product, all of it, and nothing of the test bed."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_COLLECTION = "ansible_collections/decenter/brokerage"


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    built = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_file_of_the_collection_is_in_it(contents: set[str]) -> None:
    listing = subprocess.run(["git", "ls-files", _COLLECTION], cwd=_ROOT, capture_output=True, text=True, check=True)
    assert set(listing.stdout.splitlines()) <= contents


def test_the_components_are_importable_by_their_own_name(contents: set[str]) -> None:
    assert "decenter_pulumi/__init__.py" in contents
    assert "decenter_pulumi/py.typed" in contents


def test_nothing_of_the_test_bed_is_in_it(contents: set[str]) -> None:
    assert not [name for name in contents if "testbed" in name or name.startswith(("tests/", "demo/", "apps/"))]
