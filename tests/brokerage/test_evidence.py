"""Samples: what they vouch for, what commits to them, and the file that they are kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from eth_utils.crypto import keccak

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import evidence
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import EvidenceUnusable
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.evidence import Sample

if TYPE_CHECKING:
    from pathlib import Path

GOOD = '{"at": 1, "up": true}\n'


@pytest.mark.parametrize(
    ("lines", "number", "reason"),
    [
        (GOOD + "up\n", 2, "it is no JSON"),
        (GOOD + '{"at": 2, "up"', 2, "it is no JSON"),
        ("[]\n", 1, "sample has to be a dictionary"),
        ('{"at": 1}\n', 1, "sample.up has to be true or false"),
        ('{"at": -1, "up": true}\n', 1, "sample.at has to be a whole number from 0 to 1099511627775"),
        ('{"at": true, "up": true}\n', 1, "sample.at has to be a whole number from 0 to 1099511627775"),
        (GOOD + GOOD, 2, "it is not later than the line before"),
    ],
)
def test_a_file_that_is_not_as_it_was_written(tmp_path: Path, lines: str, number: int, reason: str) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_text(lines)

    with pytest.raises(EvidenceUnusable) as caught:
        evidence.read(path)

    assert str(caught.value) == (
        f"Restore {path} from a copy, or move it away to measure anew: line {number} can't be used, {reason}."
    )


def test_a_file_survives(tmp_path: Path) -> None:
    path = tmp_path / "new" / "samples.jsonl"
    samples = (Sample(1, up=True), Sample(2, up=False))

    assert evidence.read(path) == ()
    evidence.write(path, samples)

    assert evidence.read(path) == samples
    assert path.read_text() == GOOD + '{"at": 2, "up": false}\n'
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("samples", "seconds"),
    [
        ([], 0),
        ([(150, True)], 50),
        ([(150, False)], 0),
        # A good sample vouches for the time since the last one, good or bad, but for no more than an interval.
        ([(150, True), (210, True)], 110),
        ([(150, True), (210, False), (240, True)], 80),
        ([(180, True)], 60),
        ([(150, True), (390, True)], 110),
        # What is outside the lease is not delivered.
        ([(90, True), (130, True)], 30),
        ([(180, True), (390, True), (430, True)], 130),
    ],
)
def test_seconds_vouched_for(samples: list[tuple[int, bool]], seconds: int) -> None:
    taken = [Sample(at, up) for at, up in samples]

    assert evidence.seconds(taken, start=100, end=400, interval=60) == seconds


def test_a_sample_is_later_than_the_last() -> None:
    samples = (Sample(10, up=True),)

    assert evidence.taken(samples, Sample(10, up=False)) == samples
    assert evidence.taken(samples, Sample(11, up=False)) == (*samples, Sample(11, up=False))


def test_what_was_seen_last_holds_until_the_end() -> None:
    assert evidence.closed((), 100) == ()
    assert evidence.closed((Sample(90, up=False),), 100) == (Sample(90, up=False), Sample(100, up=False))
    assert evidence.closed((Sample(110, up=True),), 100) == (Sample(110, up=True),)


def test_the_root_is_that_of_a_merkle_tree() -> None:
    samples = [Sample(1, up=True), Sample(2, up=False), Sample(3, up=True)]
    one, two, three = (
        keccak(hexstr=f"00{leaf}") for leaf in ("000000000000000101", "000000000000000200", "000000000000000301")
    )

    assert evidence.root([]) == "0x" + "00" * 32
    assert evidence.root(samples[:1]) == "0x" + one.hex()
    assert evidence.root(samples) == "0x" + keccak(b"\1" + keccak(b"\1" + one + two) + three).hex()
    assert evidence.root(samples) != evidence.root(samples[::-1])
