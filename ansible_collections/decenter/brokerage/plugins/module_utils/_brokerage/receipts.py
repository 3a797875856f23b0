"""Receipts: signed statements of the seconds delivered (EIP-712), good for one reservation on one chain.

A receipt comes from a stranger: whoever reads one checks it against the reservation, and asks the client, which knows
accounts from contracts, whether the signature is its signer's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import evidence
from .documents import Fields
from .errors import InvalidValue, ReceiptInvalid
from .files import read_text, write_text
from .ids import Address, Digest, ReservationId, address, keccak, reservation_id_from

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .evidence import Sample
    from .types import Reservation

# ruff: noqa: PLC0415 (a module without eth_keys' company still has to start)

NAME, VERSION = "ResourceExchangeBroker", "1"
_DOMAIN_TYPE = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_RECEIPT_TYPE = b"Receipt(bytes32 reservation,uint40 until,uint32 delivered,bytes32 evidence)"
_SIGNATURE_BYTES = 65
_PARITY = (27, 28)
# Of a contract that signs (ERC-1271): whatever it asks for, within reason.
_MAX_SIGNATURE_BYTES = 4096
# Half of secp256k1's order: OpenZeppelin refuses the upper half, in which each signature has a twin.
_MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
MAX_BYTES = 16 * 1024


@dataclass(frozen=True)
class Receipt:
    """Seconds that were delivered from a lease's start until a moment, with the root of the evidence."""

    reservation: ReservationId
    until: int
    delivered: int
    evidence: Digest

    def to_abi(self) -> tuple[object, ...]:
        """Return the struct as a call takes it, which says which reservation it is for."""
        return (self.until, self.delivered, _raw(self.evidence))

    @property
    def struct_hash(self) -> bytes:
        """EIP-712's hash of the struct."""
        return _hash(
            _RECEIPT_TYPE, _raw(self.reservation), _word(self.until), _word(self.delivered), _raw(self.evidence)
        )


@dataclass(frozen=True)
class SignedReceipt:
    """A receipt and who says that they signed it."""

    receipt: Receipt
    signer: Address
    signature: bytes

    @property
    def worth(self) -> tuple[int, int]:
        """What makes one better than another: more seconds delivered, and then a later moment."""
        return self.receipt.delivered, self.receipt.until

    @classmethod
    def from_json(cls, given: object) -> SignedReceipt:
        """Check what is given. Raises InvalidValue, which names the field."""
        fields = Fields(given, "receipt")
        return cls(
            receipt=Receipt(
                reservation=reservation_id_from("0x" + fields.octets("reservation", 32, 32).hex()),
                until=fields.whole("until", 40),
                delivered=fields.whole("delivered", 32),
                evidence=Digest("0x" + fields.octets("evidence", 32, 32).hex()),
            ),
            signer=address("0x" + fields.octets("signer", 20, 20).hex()),
            signature=fields.octets("signature", 0, _MAX_SIGNATURE_BYTES),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as JSON's types."""
        return {
            "reservation": self.receipt.reservation,
            "until": self.receipt.until,
            "delivered": self.receipt.delivered,
            "evidence": self.receipt.evidence,
            "signature": "0x" + self.signature.hex(),
            "signer": self.signer,
        }


@dataclass(frozen=True)
class Domain:
    """Where a receipt counts: nothing that is signed for one contract counts at another."""

    chain_id: int
    contract: Address

    @cached_property
    def separator(self) -> bytes:
        """EIP-712's domain separator."""
        name, version = keccak(NAME.encode()), keccak(VERSION.encode())
        return _hash(_DOMAIN_TYPE, name, version, _word(self.chain_id), _raw(self.contract).rjust(32, b"\0"))

    def digest(self, receipt: Receipt) -> bytes:
        """Return the 32 bytes that are signed."""
        return keccak(b"\x19\x01" + self.separator + receipt.struct_hash)


def signed_by_key(account: Address, digest: bytes, signature: bytes) -> bool:
    """Whether the account's key made the signature, in the one form that the contract takes."""
    from eth_keys.datatypes import Signature
    from eth_keys.exceptions import BadSignature
    from eth_utils.exceptions import ValidationError

    if len(signature) != _SIGNATURE_BYTES or signature[64] not in _PARITY or int.from_bytes(signature[32:64]) > _MAX_S:
        return False
    try:
        standard = Signature(signature[:64] + bytes([_PARITY.index(signature[64])]))
        return standard.recover_public_key_from_msg_hash(digest).to_address() == account
    except (BadSignature, ValidationError):
        return False


def vouched(reservation: Reservation, samples: Sequence[Sample]) -> Receipt:
    """Return what samples, oldest first and at least one, say of a lease."""
    start, end, interval = reservation.start, reservation.end, reservation.terms.level.receipt_interval
    return Receipt(
        reservation=reservation.id,
        until=min(max(samples[-1].at, start), end),
        delivered=evidence.seconds(samples, start, end, interval),
        evidence=evidence.root(samples),
    )


def fault(signed: SignedReceipt, reservation: Reservation) -> str:
    """Return why the contract would refuse the receipt, whoever signed it; empty if it would not."""
    receipt = signed.receipt
    faults = (
        (receipt.reservation != reservation.id, "it is for another reservation"),
        (not reservation.start, "the lease has not begun"),
        (receipt.until > reservation.end, "it reaches beyond the lease's end"),
        (receipt.delivered > receipt.until - reservation.start, "more seconds are delivered than had passed"),
        (signed.signer not in reservation.signers, "it is neither the buyer's nor the verifier's"),
    )
    return next((reason for wrong, reason in faults if wrong), "")


def check(signed: SignedReceipt, reservation: Reservation) -> None:
    """Check all but the signature. Raises ReceiptInvalid for what the contract would refuse."""
    if reason := fault(signed, reservation):
        raise ReceiptInvalid(reservation.id, reason)


def from_text(text: str) -> SignedReceipt:
    """Read a receipt that a stranger encoded. Raises InvalidValue."""
    if len(text) > MAX_BYTES:
        raise InvalidValue("receipt", f"at most {MAX_BYTES} characters")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidValue("receipt", "JSON") from error
    return SignedReceipt.from_json(given)


def read(path: Path) -> SignedReceipt | None:
    """Return the receipt in the file, None where there is no file. Raises InvalidValue and FileUnusable."""
    text = read_text(path)
    return from_text(text) if text else None


def write(path: Path, signed: SignedReceipt) -> None:
    """Write the file whole, or not at all."""
    write_text(path, json.dumps(signed.to_json(), indent=2) + "\n")


def _hash(type_: bytes, *words: bytes) -> bytes:
    return keccak(keccak(type_) + b"".join(words))


def _word(value: int) -> bytes:
    return value.to_bytes(32)


def _raw(value: str) -> bytes:
    return bytes.fromhex(value.removeprefix("0x"))
