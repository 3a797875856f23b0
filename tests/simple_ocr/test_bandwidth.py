from __future__ import annotations

import socket
from pathlib import Path

from simple_ocr.processor.bandwidth import received_from


def test_bytes_are_counted_for_one_address_and_nothing_is_left_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        served, _ = listener.accept()
        with served:
            served.sendall(b"x" * 5000)
            while len(client.recv(5000, socket.MSG_PEEK)) < 5000:
                pass
            before = len(list(Path("/proc/self/fd").iterdir()))
            assert received_from(listener.getsockname()) == 5000
            assert received_from(("127.0.0.1", 1)) == 0
            assert len(list(Path("/proc/self/fd").iterdir())) == before
            assert client.recv(5000)
