"""Sealing: only the holder of a private X25519 key opens what is sealed to its public key (HPKE, RFC 9180).

A seal is bound to chain, contract, reservation and purpose: moved to another, it doesn't open. Keys are base64.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .documents import Access, Document, Request, from_bytes, to_bytes
from .errors import InvalidSealingKey, InvalidValue, Unsealable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hpke
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from .ids import Address, ReservationId

# ruff: noqa: PLC0415 (a module without cryptography's company still has to start)


@dataclass(frozen=True)
class SealingKey:
    """A private key. Not in its repr, so that it gets into no log."""

    _private: bytes

    def __repr__(self) -> str:
        return "SealingKey()"

    @classmethod
    def generate(cls) -> SealingKey:
        """Make a new one."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_base64(cls, encoded: str) -> SealingKey:
        """Read one. Raises InvalidSealingKey."""
        try:
            private = base64.b64decode(encoded.strip(), validate=True)
        except ValueError as error:
            raise InvalidSealingKey from error
        if len(private) != 32:
            raise InvalidSealingKey
        return cls(private)

    def to_base64(self) -> str:
        """Return the secret."""
        return base64.b64encode(self._private).decode()

    def public(self) -> str:
        """Return the public key, to be told to everybody."""
        return base64.b64encode(self.load().public_key().public_bytes_raw()).decode()

    def load(self) -> X25519PrivateKey:
        """Return the key as cryptography has it."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        return X25519PrivateKey.from_private_bytes(self._private)


@dataclass(frozen=True)
class Seal:
    """Where a seal belongs: nothing that is sealed for one reservation opens in another."""

    chain_id: int
    contract: Address
    reservation: ReservationId

    def info(self, kind: Literal["request", "access"]) -> bytes:
        """Return HPKE's `info`."""
        return f"decenter.brokerage/1|{self.chain_id}|{self.contract}|{self.reservation}|{kind}".encode()

    def close(self, document: Request | Access, sealing_key: str) -> bytes:
        """Seal a document to a public key. Raises InvalidValue for a key that is none."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        public = X25519PublicKey.from_public_bytes(base64.b64decode(sealing_key))
        try:
            return _suite().encrypt(to_bytes(document), public, self.info(_kind(type(document))))
        except ValueError as error:
            # A point of small order passes for a key until it is used.
            raise InvalidValue("sealing_key", "a public X25519 key that is safe to seal to") from error

    def open_request(self, sealed: bytes, key: SealingKey) -> Request:
        """Open what a buyer sealed. Raises Unsealable."""
        return self._open(Request, sealed, key)

    def open_access(self, sealed: bytes, key: SealingKey) -> Access:
        """Open what a seller sealed. Raises Unsealable."""
        return self._open(Access, sealed, key)

    def _open(self, document: type[Document], sealed: bytes, key: SealingKey) -> Document:
        from cryptography.exceptions import InvalidTag

        kind = _kind(document)
        try:
            return from_bytes(document, _suite().decrypt(sealed, key.load(), self.info(kind)))
        except (InvalidTag, ValueError) as error:
            raise Unsealable(self.reservation, kind, "it is sealed to another key or for another purpose") from error
        except InvalidValue as error:
            raise Unsealable(self.reservation, kind, f"{error.what} has to be {error.rule}") from error


def _kind(document: type[object]) -> Literal["request", "access"]:
    return "request" if document is Request else "access"


def _suite() -> hpke.Suite:
    from cryptography.hazmat.primitives import hpke

    return hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
