"""What a buyer measured of a lease: samples, the seconds that they vouch for, and the hash that commits to them.

The samples stay with whoever measured, a line of JSON each; a receipt carries only their Merkle root. Shown later, the
lines prove what the receipt was signed on.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from .documents import Fields
from .errors import EvidenceUnusable, InvalidValue
from .files import read_text, write_text
from .ids import Digest, keccak

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NOTHING = Digest("0x" + "00" * 32)
"""The root of no samples at all."""


@dataclass(frozen=True)
class Sample:
    """Whether the machine was up at a moment, a timestamp of the chain."""

    at: int
    up: bool

    @classmethod
    def from_json(cls, given: object) -> Sample:
        """Check what is given. Raises InvalidValue, which names the field."""
        fields = Fields(given, "sample")
        return cls(at=fields.whole("at", 40), up=fields.flag("up"))


def seconds(samples: Sequence[Sample], start: int, end: int, interval: int) -> int:
    """Return the seconds from `start` to `end` that the samples, oldest first, vouch for.

    A good sample vouches for the time since the one before it (or since the start), at most `interval` seconds of it; a
    bad one vouches for none. More samples never vouch for less.
    """
    moments = [start, *(min(max(sample.at, start), end) for sample in samples)]
    return sum(
        min(now - before, interval)
        for sample, (before, now) in zip(samples, pairwise(moments), strict=True)
        if sample.up
    )


def taken(samples: Sequence[Sample], sample: Sample) -> tuple[Sample, ...]:
    """Return the samples with one more, unless it is no later than the last."""
    return (*samples, sample) if not samples or samples[-1].at < sample.at else tuple(samples)


def closed(samples: Sequence[Sample], end: int) -> tuple[Sample, ...]:
    """Return the samples of a lease that is over: what was seen last holds until the end, when nobody can look."""
    return taken(samples, Sample(end, samples[-1].up)) if samples else ()


def root(samples: Sequence[Sample]) -> Digest:
    """Return the Merkle root of the samples in their order.

    The tree is that of RFC 6962 over keccak-256: a leaf is the hash of 0x00, `at` in 8 bytes and `up` in one, an inner
    node that of 0x01, its left and its right child. Without samples, it is all zeros.
    """
    level = [keccak(b"\0" + sample.at.to_bytes(8) + bytes([sample.up])) for sample in samples]
    while len(level) > 1:
        odd = level[len(level) // 2 * 2 :]
        level = [keccak(b"\1" + left + right) for left, right in zip(level[::2], level[1::2], strict=False)] + odd
    return Digest("0x" + level[0].hex()) if level else NOTHING


def read(path: Path) -> tuple[Sample, ...]:
    """Return the samples in the file, none where there is no file. Raises EvidenceUnusable and FileUnusable."""
    samples = tuple(_sample(path, number, line) for number, line in enumerate(read_text(path).splitlines(), 1))
    for number, (before, after) in enumerate(pairwise(samples), 2):
        if before.at >= after.at:
            raise EvidenceUnusable(str(path), number, "it is not later than the line before")
    return samples


def _sample(path: Path, number: int, line: str) -> Sample:
    try:
        return Sample.from_json(json.loads(line))
    except InvalidValue as error:
        raise EvidenceUnusable(str(path), number, f"{error.what} has to be {error.rule}") from error
    except ValueError as error:
        raise EvidenceUnusable(str(path), number, "it is no JSON") from error


def write(path: Path, samples: Sequence[Sample]) -> None:
    """Write the file whole, or not at all."""
    write_text(path, "".join(f"{json.dumps(asdict(sample))}\n" for sample in samples))
