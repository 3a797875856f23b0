"""The camera's users: checked, kept in a file over restarts, and put in force on the stream."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_PASSWORD = re.compile(r"[!-~]{8,64}")


class Gate(Protocol):
    """Whatever lets users in and throws them out: the stream."""

    def admit(self, user: str, password: str) -> None:
        """Let `user` in with `password`."""

    def dismiss(self, user: str) -> None:
        """Void the user's password and cut off what they watch."""


class Accounts:
    """Users and passwords, the same in the file and on the stream."""

    def __init__(self, file: Path, gate: Gate) -> None:
        self._file = file
        self._gate = gate
        self._passwords: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        for name, password in self._passwords.items():
            gate.admit(name, password)

    def names(self) -> list[str]:
        """Return the users' names, sorted."""
        return sorted(self._passwords)

    def put(self, name: str, password: object) -> bool:
        """Make a user or change their password; True when the user is new. ValueError says what is wrong."""
        if not _NAME.fullmatch(name):
            raise ValueError("a user's name is 1 to 32 of a-z, 0-9 and '-', and does not start with '-'")
        if not isinstance(password, str) or not _PASSWORD.fullmatch(password):
            raise ValueError("a password is 8 to 64 printable ASCII characters without spaces")
        is_new = name not in self._passwords
        # The same password again must not cut off the stream that runs with it.
        if self._passwords.get(name) != password:
            self._passwords[name] = password
            self._save()
            self._gate.admit(name, password)
        return is_new

    def remove(self, name: str) -> bool:
        """Remove a user and cut off their streams; False when there is no such user."""
        if self._passwords.pop(name, None) is None:
            return False
        self._save()
        self._gate.dismiss(name)
        return True

    def _save(self) -> None:
        draft = self._file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(self._passwords))
        draft.replace(self._file)
