"""Who may see the texts: whoever knows a token, whom a proxy vouches for, or everybody.

`Guard` asks an `Access` before every request but those for the login page and the files that it shows.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Protocol

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "simple_ocr"
_SHORTEST_TOKEN = 16
_PUBLIC = ("/login", "/static/")


class Access(Protocol):
    """A way to tell who may see the texts."""

    def admits(self, headers: Mapping[str, str], cookies: Mapping[str, str], peer: str) -> bool:
        """Return whether a request from the address `peer` is admitted."""


@dataclass(frozen=True)
class Open:
    """Everybody who reaches the port: for a network that is closed by other means."""

    def admits(self, _headers: Mapping[str, str], _cookies: Mapping[str, str], _peer: str) -> bool:
        """Return true."""
        return True


@dataclass(frozen=True)
class Token:
    """Whoever sends `Authorization: Bearer <token>`, or the cookie that the login page gives for it."""

    token: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a token that can be guessed."""
        if len(self.token) < _SHORTEST_TOKEN:
            raise ValueError(f"the access token is shorter than {_SHORTEST_TOKEN} characters: make a longer one")

    @property
    def session(self) -> str:
        """What the cookie holds: it tells nothing of the token, and a new token voids it."""
        return hmac.new(self.token.encode(), b"simple_ocr session", hashlib.sha256).hexdigest()

    def matches(self, token: str) -> bool:
        """Return whether this is the token."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def admits(self, headers: Mapping[str, str], cookies: Mapping[str, str], _peer: str) -> bool:
        """Return whether the header or the cookie is right."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        has_token = scheme.lower() == "bearer" and self.matches(token)
        return has_token or hmac.compare_digest(cookies.get(COOKIE, "").encode(), self.session.encode())


@dataclass(frozen=True)
class Proxied:
    """Whom a reverse proxy names in `header`, where the proxy itself comes from one of `networks`."""

    header: str
    networks: tuple[IPv4Network | IPv6Network, ...]

    @classmethod
    def of(cls, header: str, networks: str) -> Proxied:
        """Read networks separated by commas; ValueError when there is none, since anyone can send a header."""
        if not networks:
            raise ValueError("set ACCESS_PROXIES to the networks of the proxies, such as 10.0.0.0/24")
        return cls(header, tuple(ip_network(network.strip()) for network in networks.split(",")))

    def admits(self, headers: Mapping[str, str], _cookies: Mapping[str, str], peer: str) -> bool:
        """Return whether a trusted proxy names a user."""
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return bool(headers.get(self.header)) and any(address in network for network in self.networks)


class Guard:
    """Sends people to the login page and programs away."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is admitted."""
        if scope["type"] != "http" or scope["path"].startswith(_PUBLIC):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        peer = connection.client.host if connection.client else ""
        if self._access.admits(connection.headers, connection.cookies, peer):
            await self._app(scope, receive, send)
            return
        await self._refusal(connection)(scope, receive, send)

    def _refusal(self, connection: HTTPConnection) -> Response:
        if isinstance(self._access, Token) and "text/html" in connection.headers.get("accept", ""):
            return RedirectResponse("/login", HTTPStatus.SEE_OTHER)
        sentence = "send the header Authorization: Bearer <token>"
        if isinstance(self._access, Proxied):
            sentence = "come through the proxy that knows you"
        return JSONResponse({"error": sentence}, HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})
