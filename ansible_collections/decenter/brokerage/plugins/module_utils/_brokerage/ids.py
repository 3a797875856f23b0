"""Names and what follows from them: the ids of offers and reservations, the hashes that commit to a text."""

from __future__ import annotations

import re
from typing import NewType

from .errors import InvalidValue

Address = NewType("Address", str)
"""An account or a contract: 0x and 40 hexadecimal digits in lower case."""
OfferId = NewType("OfferId", str)
"""0x and 64 hexadecimal digits in lower case."""
ReservationId = NewType("ReservationId", str)
"""0x and 64 hexadecimal digits in lower case."""
Digest = NewType("Digest", str)
"""keccak-256: 0x and 64 hexadecimal digits in lower case."""

NOBODY = Address("0x" + "00" * 20)
"""The address that is nobody's: ETH among tokens."""

_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_ID = re.compile(r"0x[0-9a-f]{64}")


def keccak(data: bytes) -> bytes:
    """Return Ethereum's hash of `data`, 32 bytes."""
    from eth_hash.auto import keccak as digest  # noqa: PLC0415 (a module without web3's company still has to start)

    return digest(data)


def digest_of(text: bytes) -> Digest:
    """Return the hash that commits to `text`."""
    return Digest("0x" + keccak(text).hex())


def address(value: str, what: str = "address") -> Address:
    """Check and normalise an address; `what` names it in the error. Raises InvalidValue."""
    if not _ADDRESS.fullmatch(value.lower()):
        raise InvalidValue(what, "an address: 0x and 40 hexadecimal digits")
    return Address(value.lower())


def offer_id_from(value: str) -> OfferId:
    """Check and normalise an offer's id. Raises InvalidValue."""
    return OfferId(_id(value, "offer"))


def reservation_id_from(value: str) -> ReservationId:
    """Check and normalise a reservation's id. Raises InvalidValue."""
    return ReservationId(_id(value, "reservation"))


def _id(value: str, what: str) -> str:
    if not _ID.fullmatch(value.lower()):
        raise InvalidValue(what, "an id: 0x and 64 hexadecimal digits")
    return value.lower()


def encode_name(name: str) -> bytes:
    """Return the name as the contract has it: UTF-8, padded with zeros to 32 bytes. Raises InvalidValue."""
    encoded = name.encode()
    if not 1 <= len(encoded) <= 32 or "\0" in name:
        raise InvalidValue("name", "1 to 32 bytes of UTF-8 without zeros")
    return encoded.ljust(32, b"\0")


def decode_name(padded: bytes) -> str:
    """Return the name behind the contract's 32 bytes; whatever isn't UTF-8 comes out as replacement characters."""
    return padded.rstrip(b"\0").decode(errors="replace")


def offer_id(seller: Address, name: str) -> OfferId:
    """Return the id of the seller's offer of that name."""
    return OfferId(_hash_of(seller, name))


def reservation_id(buyer: Address, name: str) -> ReservationId:
    """Return the id of the buyer's reservation of that name."""
    return ReservationId(_hash_of(buyer, name))


def listing_id(seller: Address, padded_name: bytes) -> OfferId:
    """Return the id of the offer whose name the contract has, which may be none of UTF-8."""
    return OfferId(_hash(seller, padded_name))


def _hash_of(account: Address, name: str) -> str:
    return _hash(account, encode_name(name))


def _hash(account: Address, padded_name: bytes) -> str:
    return digest_of(bytes.fromhex(account.removeprefix("0x")).rjust(32, b"\0") + padded_name)
