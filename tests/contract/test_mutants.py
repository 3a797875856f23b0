"""Each mutant still is a mistake in the contract as it stands; contracts/mutate.py shows that the tests kill it."""

import pytest

from contracts import mutate
from contracts.mutants import MUTANTS, Mutant


def test_a_mutant_of_something_else_is_told_in_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^X\.sol doesn't have this once, mend mutants\.py: a$"):
        mutate.apply(Mutant("X", "a", "b"), "aa")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.summary)
def test_a_mutant_still_applies(mutant: Mutant) -> None:
    source = (mutate.CONTRACTS / "src" / f"{mutant.file}.sol").read_text(encoding="utf-8")

    assert mutate.apply(mutant, source) != source
