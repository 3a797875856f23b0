"""Receipts: what is signed, by whom, and what strangers may write."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage import receipts
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import FileUnusable, InvalidValue
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import Address, Digest, ReservationId
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.receipts import (
    Domain,
    Receipt,
    SignedReceipt,
    signed_by_key,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.records import Folder
from tests.brokerage.chain import Party

if TYPE_CHECKING:
    from pathlib import Path

DOMAIN = Domain(31337, Address("0x" + "11" * 20))
RECEIPT = Receipt(ReservationId("0x" + "22" * 32), until=1_060, delivered=50, evidence=Digest("0x" + "33" * 32))
SIGNED = SignedReceipt(RECEIPT, Address("0x" + "44" * 20), b"\x55" * 65)
# secp256k1's order: s and this less s are twins.
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.mark.parametrize(
    ("change", "what", "rule"),
    [
        ({"reservation": "0x22"}, "receipt.reservation", "32 bytes"),
        ({"reservation": "../../etc/passwd"}, "receipt.reservation", "0x and pairs of hexadecimal digits"),
        ({"until": -1}, "receipt.until", "a whole number from 0 to 1099511627775"),
        ({"until": 2**40}, "receipt.until", "a whole number from 0 to 1099511627775"),
        ({"delivered": True}, "receipt.delivered", "a whole number from 0 to 4294967295"),
        ({"delivered": "50"}, "receipt.delivered", "a whole number from 0 to 4294967295"),
        ({"evidence": None}, "receipt.evidence", "0x and pairs of hexadecimal digits"),
        ({"signature": "0x" + "55" * 4097}, "receipt.signature", "0 to 4096 bytes"),
        ({"signer": "0x44"}, "receipt.signer", "20 bytes"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], what: str, rule: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        SignedReceipt.from_json({**SIGNED.to_json(), **change})

    assert (caught.value.what, caught.value.rule) == (what, rule)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "JSON"),
        ("[" * 10_000, "JSON"),
        ("[]", "a dictionary"),
        (" " * (receipts.MAX_BYTES + 1), f"at most {receipts.MAX_BYTES} characters"),
    ],
)
def test_nonsense_is_refused(text: str, rule: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        receipts.from_text(text)

    assert caught.value.rule == rule


def test_nonsense_in_the_own_folder_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / f"{RECEIPT.reservation}.json"
    path.write_text("[]")

    with pytest.raises(FileUnusable) as caught:
        Folder(tmp_path).read(RECEIPT.reservation)

    assert str(caught.value) == f"Make {path} a file that can be read and written: receipt has to be a dictionary."


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "Is a directory"), (b"\xff", "it is no text")], ids=["folder", "bytes"]
)
def test_a_file_that_is_none(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / f"{RECEIPT.reservation}.json"
    path.mkdir() if content is None else path.write_bytes(content)

    with pytest.raises(FileUnusable, match=reason):
        receipts.read(path)


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(FileUnusable, match=r"Not a directory|File exists"):
        receipts.write(tmp_path / "file" / "receipt.json", SIGNED)


def test_a_receipt_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "receipt.json"

    assert receipts.read(path) is None
    receipts.write(path, SIGNED)

    assert receipts.read(path) == SIGNED
    assert json.loads(path.read_text()) == SIGNED.to_json()
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "other",
    [
        DOMAIN.digest(replace(RECEIPT, delivered=51)),
        DOMAIN.digest(replace(RECEIPT, until=1_061)),
        DOMAIN.digest(replace(RECEIPT, evidence=Digest("0x" + "34" * 32))),
        DOMAIN.digest(replace(RECEIPT, reservation=ReservationId("0x" + "23" * 32))),
        replace(DOMAIN, chain_id=1).digest(RECEIPT),
        replace(DOMAIN, contract=Address("0x" + "12" * 20)).digest(RECEIPT),
    ],
)
def test_a_signature_is_good_for_one_receipt(other: bytes) -> None:
    signer = Party()
    signature = signer.key.sign_digest(DOMAIN.digest(RECEIPT))

    assert signed_by_key(signer.account, DOMAIN.digest(RECEIPT), signature)
    assert not signed_by_key(signer.account, other, signature)
    assert not signed_by_key(Party().account, DOMAIN.digest(RECEIPT), signature)


def test_a_signature_has_one_form() -> None:
    signer, digest = Party(), DOMAIN.digest(RECEIPT)
    signature = signer.key.sign_digest(digest)
    twin = signature[:32] + (ORDER - int.from_bytes(signature[32:64])).to_bytes(32) + bytes([55 - signature[64]])

    for form in (twin, signature[:64], signature + b"\0", signature[:64] + bytes([signature[64] - 27]), bytes(65), b""):
        assert not signed_by_key(signer.account, digest, form)
    assert not signed_by_key(signer.account, digest, bytes(64) + b"\x1b")


def test_what_is_signed_is_typed_data() -> None:
    signer = Party()
    types = {
        "EIP712Domain": [
            {"name": "name", "type": "string"},
            {"name": "version", "type": "string"},
            {"name": "chainId", "type": "uint256"},
            {"name": "verifyingContract", "type": "address"},
        ],
        "Receipt": [
            {"name": "reservation", "type": "bytes32"},
            {"name": "until", "type": "uint40"},
            {"name": "delivered", "type": "uint32"},
            {"name": "evidence", "type": "bytes32"},
        ],
    }
    message = {
        "types": types,
        "primaryType": "Receipt",
        "domain": {
            "name": "ResourceExchangeBroker",
            "version": "1",
            "chainId": DOMAIN.chain_id,
            "verifyingContract": DOMAIN.contract,
        },
        "message": {
            "reservation": RECEIPT.reservation,
            "until": RECEIPT.until,
            "delivered": RECEIPT.delivered,
            "evidence": RECEIPT.evidence,
        },
    }

    signed = Account.sign_message(encode_typed_data(full_message=message), signer.private_key)

    assert signer.key.sign_digest(DOMAIN.digest(RECEIPT)) == signed.signature
