"""Reading what the environment tells a service; ValueError names a variable that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simple_ocr.observations import Retention

if TYPE_CHECKING:
    from collections.abc import Mapping


def retention_from(environment: Mapping[str, str]) -> Retention:
    """Read KEEP_COUNT and KEEP_DAYS."""
    usual = Retention()
    return Retention(
        number_from(environment, "KEEP_COUNT", usual.count), number_from(environment, "KEEP_DAYS", usual.days)
    )


def number_from(environment: Mapping[str, str], name: str, usual: int) -> int:
    """Read a positive whole number."""
    value = environment.get(name, str(usual))
    if not (value.isascii() and value.isdecimal() and int(value) > 0):
        raise ValueError(f"{name} is a positive whole number, not {value!r}")
    return int(value)


def file_from(environment: Mapping[str, str], name: str) -> Path | None:
    """Read the name of a file; None where it is not set."""
    value = environment.get(name)
    return Path(value) if value else None


def secret_in(file: Path | None) -> str | None:
    """Read a secret from the file that its Secret is mounted as; None where there is none."""
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"cannot read {file}: mount the Secret that holds it ({error})") from error
