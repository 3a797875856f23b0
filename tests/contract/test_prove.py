"""What slither finds is held against what is explained."""

from contracts.prove import EXPLAINED, unexplained

FINDINGS = [{"check": check, "elements": [{"name": name}]} for check, name in EXPLAINED]


def test_a_new_finding_is_told() -> None:
    new = {"check": "reentrancy-eth", "elements": [{"name": "withdraw"}, {"name": "another"}]}

    assert unexplained([*FINDINGS, new]) == (["reentrancy-eth in withdraw"], [])


def test_an_explanation_of_nothing_is_told() -> None:
    assert unexplained(FINDINGS[1:]) == ([], ["incorrect-equality in _checkReservation"])


def test_all_explained_is_well() -> None:
    assert unexplained(FINDINGS) == ([], [])
