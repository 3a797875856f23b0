"""Names and ids."""

from __future__ import annotations

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import ids
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import InvalidValue


@pytest.mark.parametrize("name", ["", "x" * 33, "서울" * 6, "a\0b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue):
        ids.encode_name(name)


@pytest.mark.parametrize("name", ["x", "서울-1", "x" * 32])
def test_a_name_survives_its_encoding(name: str) -> None:
    assert len(ids.encode_name(name)) == 32
    assert ids.decode_name(ids.encode_name(name)) == name


@pytest.mark.parametrize("value", ["", "0x", "11" * 20, "0x" + "11" * 19, "0x" + "gg" * 20])
def test_what_is_no_address_is_refused(value: str) -> None:
    with pytest.raises(InvalidValue):
        ids.address(value)


def test_an_id_is_the_hash_that_the_contract_makes() -> None:
    account = ids.address("0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266")

    # cast keccak $(cast abi-encode 'f(address,bytes32)' ACCOUNT $(cast format-bytes32-string seoul))
    assert ids.offer_id(account, "seoul") == "0x6230f883ed863e445149bc3b1d47b286f2106502f02f61ae39e0c676e5eece1b"
    assert str(ids.reservation_id(account, "seoul")) == str(ids.offer_id(account, "seoul"))
