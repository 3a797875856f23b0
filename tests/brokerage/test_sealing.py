"""A seal opens with one key, for one reservation, for one purpose."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.documents import Access, Request
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import (
    InvalidSealingKey,
    InvalidValue,
    Unsealable,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import Address, ReservationId
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.sealing import Seal, SealingKey
from tests.brokerage.samples import ACCESS, REQUEST, SEALING_KEY

SEAL = Seal(31337, Address("0x" + "11" * 20), ReservationId("0x" + "22" * 32))
ACCESS_DOCUMENT = Access.from_json(ACCESS)


@pytest.mark.parametrize(
    "other",
    [
        replace(SEAL, chain_id=1),
        replace(SEAL, contract=Address("0x" + "12" * 20)),
        replace(SEAL, reservation=ReservationId("0x" + "23" * 32)),
    ],
)
def test_moved_elsewhere_it_does_not_open(other: Seal) -> None:
    key = SealingKey.generate()

    with pytest.raises(Unsealable):
        other.open_access(SEAL.close(ACCESS_DOCUMENT, key.public()), key)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(Unsealable):
        SEAL.open_access(SEAL.close(ACCESS_DOCUMENT, SealingKey.generate().public()), SealingKey.generate())


def test_for_another_purpose_it_does_not_open() -> None:
    key = SealingKey.generate()

    with pytest.raises(Unsealable):
        SEAL.open_request(SEAL.close(ACCESS_DOCUMENT, key.public()), key)


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(200)])
def test_nonsense_does_not_open(sealed: bytes) -> None:
    with pytest.raises(Unsealable):
        SEAL.open_access(sealed, SealingKey.generate())


@pytest.mark.parametrize("encoded", ["", "c2hvcnQ=", "not base64!", "ü"])
def test_what_is_no_key_is_refused(encoded: str) -> None:
    with pytest.raises(InvalidSealingKey):
        SealingKey.from_base64(encoded)


def test_a_key_that_everybody_could_open_is_refused() -> None:
    with pytest.raises(InvalidValue, match="safe to seal to"):
        SEAL.close(ACCESS_DOCUMENT, base64.b64encode(bytes(32)).decode())


def test_the_holder_of_the_key_opens_it() -> None:
    key = SealingKey.generate()
    request = Request.from_json({**REQUEST, "sealing_key": SEALING_KEY})

    assert SEAL.open_access(SEAL.close(ACCESS_DOCUMENT, key.public()), key) == ACCESS_DOCUMENT
    assert SEAL.open_request(SEAL.close(request, key.public()), key) == request
    assert b"rosebud" not in SEAL.close(ACCESS_DOCUMENT, key.public())


def test_the_context_is_as_documented() -> None:
    assert SEAL.info("access") == f"decenter.brokerage/1|31337|0x{'11' * 20}|0x{'22' * 32}|access".encode()


def test_a_key_survives_its_encoding_and_is_not_in_its_repr() -> None:
    key = SealingKey.generate()

    assert SealingKey.from_base64(key.to_base64() + "\n") == key
    assert repr(key) == "SealingKey()"
