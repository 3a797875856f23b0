"""A plugin's side of Pulumi's handshake: serve gRPC on loopback and print the port."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc

# Rollouts are waited for in worker threads: as many as a stack has resources at once.
_WORKERS = 64
_NO_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def serve(add_to: Callable[[grpc.Server], None]) -> None:
    """Serve what `add_to` registers until the engine ends the process."""
    server = grpc.server(ThreadPoolExecutor(_WORKERS), options=_NO_LIMIT)
    add_to(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # The engine interrupts a plugin that it needs no more and waits for its end, five seconds if need be.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    print(port, flush=True)
    server.wait_for_termination()
