"""Small files that outlive a run, and that a killed run can't tear."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .errors import FileUnusable


def read_text(path: Path) -> str:
    """Return the file's text, nothing where there is no file. Raises FileUnusable."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise FileUnusable(str(path), "it is no text") from error
    except OSError as error:
        raise FileUnusable(str(path), error.strerror or "it can't be read") from error


def write_text(path: Path, text: str) -> None:
    """Write the file whole, or not at all, and the folder that it is in. Raises FileUnusable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        raise FileUnusable(str(path), error.strerror or "it can't be written") from error
