"""Accounts: the private key that signs, from wherever it is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .errors import InvalidPrivateKey, KeystoreUnusable
from .ids import Address, address

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount
    from web3.types import TxParams

# ruff: noqa: PLC0415 (eth_account takes most of a second to import: only who signs pays for it)


@dataclass(frozen=True)
class Key:
    """A private key, never in its repr."""

    _account: LocalAccount

    def __repr__(self) -> str:
        return f"Key({self.address})"

    @classmethod
    def from_hex(cls, private_key: str) -> Key:
        """Read 64 hexadecimal digits. Raises InvalidPrivateKey."""
        from eth_account import Account

        try:
            return cls(Account.from_key(bytes.fromhex(private_key.strip().removeprefix("0x"))))
        except ValueError:
            # The cause would quote the key.
            raise InvalidPrivateKey from None

    @classmethod
    def from_keystore(cls, path: str, password: str) -> Key:
        """Decrypt a keystore file, version 3. Raises KeystoreUnusable."""
        from eth_account import Account

        try:
            keystore = json.loads(Path(path).expanduser().read_text(encoding="utf-8"))
            return cls(Account.from_key(Account.decrypt(keystore, password)))
        except OSError as error:
            raise KeystoreUnusable(path, error.strerror or "it can't be read") from error
        except ValueError as error:
            raise KeystoreUnusable(path, _keystore_fault(error)) from None
        except (TypeError, KeyError):
            raise KeystoreUnusable(path, "it is no keystore of version 3") from None

    @property
    def address(self) -> Address:
        """The account."""
        return address(self._account.address)

    def sign(self, transaction: TxParams) -> bytes:
        """Return the signed transaction."""
        return bytes(self._account.sign_transaction(cast("dict[str, Any]", transaction)).raw_transaction)

    def sign_digest(self, digest: bytes) -> bytes:
        """Return the signature of 32 bytes: r, s and v."""
        from eth_typing import Hash32

        return bytes(self._account.unsafe_sign_hash(Hash32(digest)).signature)


def _keystore_fault(error: ValueError) -> str:
    return "the password is wrong" if "MAC mismatch" in str(error) else "it is no keystore of version 3"
