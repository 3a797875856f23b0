"""What the environment tells the processor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simple_ocr.environment import file_from, number_from

if TYPE_CHECKING:
    from collections.abc import Mapping

_LANGUAGES = re.compile(r"[a-z_]{3,}(\+[a-z_]{3,})*")
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True)
class Settings:
    """Names of camera and region, where to store, what to read, where the camera's Secret is mounted.

    `keeps_pictures` sends a small picture of each text along. It is off by default: pictures stay in their region.
    """

    camera: str
    region: str
    repository_url: str
    languages: str
    access_directory: Path
    spool_file: Path
    password_file: Path | None
    keeps_pictures: bool
    operations_port: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the variables; ValueError names those that are missing or wrong."""
        required = ("CAMERA", "REGION", "REPOSITORY_URL", "LANGUAGES")
        missing = [name for name in required if not environment.get(name)]
        if missing:
            raise ValueError(f"set {', '.join(missing)} in the environment of the processor")
        if not _LANGUAGES.fullmatch(environment["LANGUAGES"]):
            raise ValueError(f"LANGUAGES is Tesseract's, such as eng or kor+eng, not {environment['LANGUAGES']!r}")
        pictures = environment.get("KEEP_PICTURES", "no")
        if pictures not in _YES_NO:
            raise ValueError(f"KEEP_PICTURES is yes or no, not {pictures!r}")
        return cls(
            camera=environment["CAMERA"],
            region=environment["REGION"],
            repository_url=environment["REPOSITORY_URL"],
            languages=environment["LANGUAGES"],
            access_directory=Path(environment.get("ACCESS_DIRECTORY", "/run/secrets/camera")),
            spool_file=Path(environment.get("SPOOL_DIRECTORY", "/var/spool/simple_ocr"), "spool.sqlite"),
            password_file=file_from(environment, "REPOSITORY_PASSWORD_FILE"),
            keeps_pictures=_YES_NO[pictures],
            operations_port=number_from(environment, "OPERATIONS_PORT", 8081),
        )
