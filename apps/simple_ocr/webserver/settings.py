"""What the environment tells the webserver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simple_ocr.environment import file_from, number_from, retention_from, secret_in
from simple_ocr.webserver.access import Open, Proxied, Token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simple_ocr.observations import Retention
    from simple_ocr.webserver.access import Access


@dataclass(frozen=True)
class Settings:
    """Where the texts are, who may see them, how long they are kept."""

    repository_url: str
    repository_password: str | None
    access: Access
    retention: Retention
    port: int
    operations_port: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the variables; ValueError names those that are missing or wrong."""
        url = environment.get("REPOSITORY_URL")
        if not url:
            raise ValueError("set REPOSITORY_URL in the environment of the webserver")
        return cls(
            repository_url=url,
            repository_password=secret_in(file_from(environment, "REPOSITORY_PASSWORD_FILE")),
            access=access_from(environment),
            retention=retention_from(environment),
            port=number_from(environment, "PORT", 8080),
            operations_port=number_from(environment, "OPERATIONS_PORT", 8081),
        )


def access_from(environment: Mapping[str, str]) -> Access:
    """Read who may see the texts: ACCESS is token, proxy or open, and nothing is open that was not said to be."""
    kind = environment.get("ACCESS", "token")
    if kind == "open":
        return Open()
    if kind == "proxy":
        return Proxied.of(environment.get("ACCESS_HEADER", "X-Forwarded-User"), environment.get("ACCESS_PROXIES", ""))
    if kind == "token":
        token = secret_in(file_from(environment, "ACCESS_TOKEN_FILE"))
        if not token:
            raise ValueError("set ACCESS_TOKEN_FILE to the file with the token, or ACCESS to proxy or open")
        return Token(token)
    raise ValueError(f"ACCESS is token, proxy or open, not {kind!r}")
