"""How many bytes a camera has sent: the kernel counts them for each connection (TCP_INFO, Linux 4.1)."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

_BYTES_RECEIVED = 128  # offset of tcpi_bytes_received in struct tcp_info
_LENGTH = 192


def received_from(address: tuple[str, int]) -> int:
    """Return the bytes that this process's open connections to `address` (IP, port) have received."""
    return sum(_received(int(entry.name), address) for entry in Path("/proc/self/fd").iterdir())


def _received(descriptor: int, address: tuple[str, int]) -> int:
    try:
        connection = socket.socket(fileno=descriptor)
    except OSError:
        return 0  # not a socket, or closed meanwhile
    try:
        if connection.getpeername()[:2] != address:
            return 0
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LENGTH)
    except OSError:
        return 0  # not connected
    finally:
        connection.detach()  # its owner closes it
    (received,) = struct.unpack_from("=Q", info, _BYTES_RECEIVED) if len(info) >= _BYTES_RECEIVED + 8 else (0,)
    return int(received)
