"""Run the camera: `python3 -m decenter_camera --language kor --admin-password-file FILE --state-directory DIR`."""

from __future__ import annotations

import argparse
import signal
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from decenter_camera import scene
from decenter_camera.accounts import Accounts
from decenter_camera.administration import Administration
from decenter_camera.gstreamer import GLib, Gst
from decenter_camera.stream import Sign, Stream

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def main() -> None:
    """Serve the stream and its administration until told to stop."""
    options = _options()
    Gst.init(None)
    sign = Sign(options.language, scene.known_texts(options.language), options.seconds_per_text)
    stream = Stream(sign, options.address, options.rtsp_port)
    accounts = Accounts(options.state_directory / "users.json", stream)
    administration = Administration(
        (options.address, options.admin_port),
        options.admin_password_file.read_text().strip(),
        accounts,
        _in_main_loop,
    )
    stream.start()
    threading.Thread(target=administration.serve_forever, daemon=True).start()
    print(f"camera: rtsp://{options.address}:{options.rtsp_port}/live, language {options.language}", flush=True)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    loop.run()


def _in_main_loop(call: Callable[[], T]) -> T:
    """Run `call` in the main loop's thread, for GStreamer's objects belong to it, and return what it returns."""
    future: Future[T] = Future()

    def run() -> bool:
        try:
            future.set_result(call())
        except Exception as error:  # noqa: BLE001 - raised again in the thread that asked
            future.set_exception(error)
        return bool(GLib.SOURCE_REMOVE)

    GLib.idle_add(run)
    return future.result()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="decenter_camera", description=__doc__)
    parser.add_argument("--language", required=True, choices=("eng", "kor"))
    parser.add_argument("--admin-password-file", required=True, type=Path)
    parser.add_argument("--state-directory", required=True, type=Path, help="keeps the users over restarts")
    parser.add_argument("--address", default="0.0.0.0", help="to listen on")  # noqa: S104 - the container's own
    parser.add_argument("--rtsp-port", type=int, default=8554)
    parser.add_argument("--admin-port", type=int, default=8080)
    parser.add_argument("--seconds-per-text", type=float, default=4.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
