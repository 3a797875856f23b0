from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from decenter_camera.accounts import Accounts

if TYPE_CHECKING:
    from pathlib import Path


class Gate:
    """Writes down who was let in and thrown out."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def admit(self, user: str, password: str) -> None:
        self.calls.append(("admit", user, password))

    def dismiss(self, user: str) -> None:
        self.calls.append(("dismiss", user))


@pytest.mark.parametrize("name", ["", "A", "-a", "a/b", "a" * 33])
def test_a_wrong_name_changes_nothing(tmp_path: Path, name: str) -> None:
    gate = Gate()
    with pytest.raises(ValueError, match="a user's name is"):
        Accounts(tmp_path / "users.json", gate).put(name, "long enough"[:8])
    assert gate.calls == []


@pytest.mark.parametrize("password", ["short", "with a space", "비밀번호비밀번호", None, "x" * 65])
def test_a_wrong_password_changes_nothing(tmp_path: Path, password: object) -> None:
    gate = Gate()
    with pytest.raises(ValueError, match="a password is"):
        Accounts(tmp_path / "users.json", gate).put("buyer", password)
    assert gate.calls == []


def test_a_user_comes_and_goes(tmp_path: Path) -> None:
    gate = Gate()
    accounts = Accounts(tmp_path / "users.json", gate)
    assert accounts.put("buyer", "password1")
    assert not accounts.put("buyer", "password1")
    assert not accounts.put("buyer", "password2")
    assert accounts.names() == ["buyer"]
    assert accounts.remove("buyer")
    assert not accounts.remove("buyer")
    assert gate.calls == [("admit", "buyer", "password1"), ("admit", "buyer", "password2"), ("dismiss", "buyer")]


def test_users_outlive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    Accounts(file, Gate()).put("buyer", "password1")
    assert file.stat().st_mode & 0o777 == 0o600
    gate = Gate()
    assert Accounts(file, gate).names() == ["buyer"]
    assert gate.calls == [("admit", "buyer", "password1")]
