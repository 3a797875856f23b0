"""Each branch that a .tree file draws has a test of its own, and each test of such a contract is in its tree.

The trees are bulloak's: a root that names the contract of the tests, conditions (`when …`, `given …`), and what `it
should` do under them. A condition with outcomes is a branch; its test is named for it, `RevertWhen_` or `RevertGiven_`
where it should revert.
"""

import re
from itertools import pairwise
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2] / "contracts" / "test"
TREES = sorted(TESTS.glob("*.tree"))

_CONTRACT = re.compile(r"^contract (\w+Test) is .*?^}", re.MULTILINE | re.DOTALL)
_TEST = re.compile(r"function (test_\w+)\(")


def branches(tree: str) -> list[str]:
    """Return the names of the tests that a tree asks for."""
    lines = [re.sub(r"^[│├└─ ]+", "", line) for line in tree.splitlines()[1:]]
    names = []
    for condition, outcome in pairwise(lines):
        if outcome.startswith("it ") and not condition.startswith("it "):
            kind, *words = condition.split()
            name = "".join(word[0].upper() + word[1:] for word in words)
            reverts = outcome.startswith("it should revert")
            names.append(f"test_Revert{kind.title()}_{name}" if reverts else f"test_{kind.title()}{name}")
    return names


def trees() -> list[tuple[str, str]]:
    """Return each tree with the Solidity beside it."""
    return [
        (tree, path.with_suffix(".t.sol").read_text(encoding="utf-8"))
        for path in TREES
        for tree in path.read_text(encoding="utf-8").strip().split("\n\n")
    ]


def test_a_branch_is_named_for_its_condition() -> None:
    tree = (
        "XTest\n├── when it rains\n│   └── it should revert\n└── given\n    └── when aBc d\n        └── it should go on"
    )

    assert branches(tree) == ["test_RevertWhen_ItRains", "test_WhenABcD"]


@pytest.mark.parametrize(("tree", "source"), trees(), ids=lambda text: text.partition("\n")[0][:30])
def test_each_branch_has_its_test(tree: str, source: str) -> None:
    name = tree.partition("\n")[0]
    contracts = {match[1]: match[0] for match in _CONTRACT.finditer(source)}

    assert sorted(branches(tree)) == sorted(_TEST.findall(contracts[name]))
    assert len(set(branches(tree))) == len(branches(tree))
