"""The camera's administration over HTTP: `PUT`, `DELETE` /users/<name> and `GET` /users, with HTTP Basic as `admin`."""

from __future__ import annotations

import base64
import hmac
import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from decenter_camera.accounts import Accounts

_LARGEST_BODY = 4096
_PREFIX = "/users/"


class Administration(ThreadingHTTPServer):
    """Serves the API; `in_main_loop` runs a call where the stream's state may be touched and returns its result."""

    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        admin_password: str,
        accounts: Accounts,
        in_main_loop: Callable[[Callable[[], Any]], Any],
    ) -> None:
        super().__init__(address, _Handler)
        self.credentials = b"Basic " + base64.b64encode(f"admin:{admin_password}".encode())
        self.accounts = accounts
        self.in_main_loop = in_main_loop


class _Handler(BaseHTTPRequestHandler):
    server: Administration
    # A client that sends nothing must not hold its thread for ever.
    timeout = 10

    def do_GET(self) -> None:
        if self.path != "/users":
            self._answer(HTTPStatus.NOT_FOUND, {"error": "no such page: there is /users and /users/<name>"})
        elif self._is_admin():
            self._answer(HTTPStatus.OK, {"users": self.server.in_main_loop(self.server.accounts.names)})

    def do_PUT(self) -> None:
        name = self._user()
        if name is None:
            return
        try:
            body = json.loads(self.rfile.read(min(int(self.headers.get("Content-Length", 0)), _LARGEST_BODY)))
            password = body["password"]
            is_new = self.server.in_main_loop(lambda: self.server.accounts.put(name, password))
        except (json.JSONDecodeError, KeyError, TypeError):
            self._answer(HTTPStatus.BAD_REQUEST, {"error": 'send a JSON object {"password": "..."}'})
        except ValueError as error:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        else:
            self._answer(HTTPStatus.CREATED if is_new else HTTPStatus.NO_CONTENT)

    def do_DELETE(self) -> None:
        name = self._user()
        if name is None:
            return
        if self.server.in_main_loop(lambda: self.server.accounts.remove(name)):
            self._answer(HTTPStatus.NO_CONTENT)
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"error": f"there is no user {name}"})

    def _user(self) -> str | None:
        """Return the name in the path; None when the request has been answered with an error."""
        if not self._is_admin():
            return None
        if not self.path.startswith(_PREFIX):
            self._answer(HTTPStatus.NOT_FOUND, {"error": "no such page: there is /users and /users/<name>"})
            return None
        return self.path.removeprefix(_PREFIX)

    def _is_admin(self) -> bool:
        given = self.headers.get("Authorization", "").encode()
        if hmac.compare_digest(given, self.server.credentials):
            return True
        self._answer(HTTPStatus.UNAUTHORIZED, {"error": "name the user admin and the camera's admin password"})
        return False

    def _answer(self, status: HTTPStatus, document: dict[str, Any] | None = None) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        if status is HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
