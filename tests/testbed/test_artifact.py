"""The folder of an artefact changes with whatever its outcome depends on, and with nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.decenter.testbed.plugins.lookup.artifact import folder_of

if TYPE_CHECKING:
    from pathlib import Path

RECIPES: dict[str, dict[str, Any]] = {
    "program": {"version": "1.2", "recipe": "go"},
    "image": {"version": "3", "inputs": ["program"]},
}


@pytest.fixture
def role(tmp_path: Path) -> Path:
    for path in (
        "tasks/recipes/go.yml",
        "tasks/recipes/image.yml",
        "files/program/go.mod",
        "files/image/Containerfile",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    return tmp_path


def test_an_unknown_name_is_an_error(role: Path) -> None:
    with pytest.raises(KeyError, match="kernel"):
        folder_of("kernel", RECIPES, role)


def test_missing_recipe_is_an_error(role: Path) -> None:
    (role / "tasks/recipes/go.yml").unlink()
    with pytest.raises(FileNotFoundError):
        folder_of("program", RECIPES, role)


@pytest.mark.parametrize(
    ("changed", "moved"),
    [
        ("tasks/recipes/go.yml", {"program", "image"}),
        ("files/program/go.mod", {"program", "image"}),
        ("files/image/Containerfile", {"image"}),
        ("tasks/main.yml", set()),
    ],
)
def test_a_changed_file_moves_what_is_made_from_it(role: Path, changed: str, moved: set[str]) -> None:
    before = {name: folder_of(name, RECIPES, role) for name in RECIPES}
    (role / changed).write_text("changed")
    after = {name: folder_of(name, RECIPES, role) for name in RECIPES}
    assert {name for name in RECIPES if before[name] != after[name]} == moved


def test_a_changed_entry_moves_it(role: Path) -> None:
    changed = RECIPES | {"program": RECIPES["program"] | {"variables": {"a": "b"}}}
    assert folder_of("program", RECIPES, role) != folder_of("program", changed, role)


def test_a_file_that_moves_moves_it(role: Path) -> None:
    before = folder_of("program", RECIPES, role)
    (role / "files/program/go.mod").rename(role / "files/program/go.sum")
    assert folder_of("program", RECIPES, role) != before
