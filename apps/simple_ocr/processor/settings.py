"""What the environment tells the processor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Settings:
    """Names of camera and region, where to store, what to read, where the camera's Secret is mounted."""

    camera: str
    region: str
    repository_url: str
    languages: str
    access_directory: Path
    health_port: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the variables; ValueError names those that are missing."""
        required = ("CAMERA", "REGION", "REPOSITORY_URL", "LANGUAGES")
        missing = [name for name in required if not environment.get(name)]
        if missing:
            raise ValueError(f"set {', '.join(missing)} in the environment of the processor")
        return cls(
            camera=environment["CAMERA"],
            region=environment["REGION"],
            repository_url=environment["REPOSITORY_URL"],
            languages=environment["LANGUAGES"],
            access_directory=Path(environment.get("ACCESS_DIRECTORY", "/run/secrets/camera")),
            health_port=int(environment.get("HEALTH_PORT", "8081")),
        )
