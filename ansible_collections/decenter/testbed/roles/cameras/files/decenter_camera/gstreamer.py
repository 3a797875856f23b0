"""GStreamer at the versions that the camera is written for."""

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402

__all__ = ["GLib", "Gst", "GstRtsp", "GstRtspServer"]
