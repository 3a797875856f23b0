"""eth-tester behind the same JSON-RPC interface over HTTP that any other chain has."""

from __future__ import annotations

import ast
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.exceptions import TransactionFailed, ValidationError
from eth_utils.exceptions import ValidationError as EthUtilsValidationError
from web3 import EthereumTesterProvider, Web3
from web3.datastructures import NamedElementOnion
from web3.exceptions import Web3Exception

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Handler(BaseHTTPRequestHandler):
    """Answers each call from the chain that the server holds."""

    server: _Server

    def do_POST(self) -> None:
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {"jsonrpc": "2.0", "id": call["id"], **self.server.answer(call["method"], call["params"])}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class _Server(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        provider = EthereumTesterProvider(EthereumTester(PyEVMBackend()))
        self._request = provider.request_func(Web3(provider), NamedElementOnion([]))

    def answer(self, method: str, parameters: list[Any]) -> dict[str, Any]:
        try:
            response = self._request(method, parameters)
        except TransactionFailed as error:
            return {"error": {"code": 3, "message": "execution reverted", "data": _hex(_revert_data(error))}}
        except (EthUtilsValidationError, ValidationError, Web3Exception) as error:
            return {"error": {"code": -32000, "message": str(error)}}
        return {"error": response["error"]} if "error" in response else {"result": _hex(response["result"])}


def _revert_data(error: TransactionFailed) -> bytes:
    """Return what the contract said, of which eth-tester makes a text."""
    said = str(error).removeprefix("execution reverted: ")
    return bytes(ast.literal_eval(said)) if said.startswith(("b'", 'b"')) else b""


def _hex(value: Any) -> Any:  # noqa: ANN401 (whatever a method answers)
    """Return the value with numbers and bytes as JSON-RPC writes them."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, int) and not isinstance(value, bool):
        return hex(value)
    if isinstance(value, dict) or hasattr(value, "items"):
        return {key: _hex(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_hex(each) for each in value]
    return value


@contextmanager
def serving() -> Iterator[str]:
    """Serve a new chain on a free port; yields its URL."""
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
