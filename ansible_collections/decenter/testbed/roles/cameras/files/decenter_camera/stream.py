"""The RTSP side of the camera: one H.264 stream, and the users who may watch it."""

# ruff: noqa: ANN401 - what comes from GObject introspection has no types

from __future__ import annotations

import time
from typing import Any

from decenter_camera import scene
from decenter_camera.gstreamer import GLib, Gst, GstRtsp, GstRtspServer

PATH = "/live"
_FRAMES_PER_SECOND = 10
_ROLE = "viewer"
_PIPELINE = (
    "( appsrc name=scene is-live=true do-timestamp=true format=time"
    f" caps=video/x-raw,format=RGB,width={scene.WIDTH},height={scene.HEIGHT},framerate={_FRAMES_PER_SECOND}/1"
    " ! videoconvert n-threads=1 ! video/x-raw,format=I420"
    " ! x264enc tune=zerolatency speed-preset=superfast threads=1 bitrate=1500"
    f" key-int-max={_FRAMES_PER_SECOND}"
    " ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
)


class Sign:
    """The moving part of the scene: frames of a sign whose text changes every `period` seconds."""

    def __init__(self, language: str, texts: list[str], period: float) -> None:
        self._frames = {text: scene.render(text, language).tobytes() for text in texts}
        self._texts = texts
        self._period = period

    def push(self, source: Any) -> bool:
        """Give the pipeline's source the frame of this moment; a GLib timer calls it."""
        text = scene.text_at(time.time(), self._texts, self._period)
        source.emit("push-buffer", Gst.Buffer.new_wrapped(self._frames[text]))
        return bool(GLib.SOURCE_CONTINUE)


class Stream:
    """The RTSP server. Its methods may be called from the main loop's thread only."""

    def __init__(self, sign: Sign, address: str, port: int) -> None:
        self._sign = sign
        self._users: set[str] = set()
        self._watching: dict[Any, str] = {}
        self._auth = GstRtspServer.RTSPAuth()
        # Digest alone: the LAN is not encrypted, and Basic would send the password as it is.
        self._auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        self._server = GstRtspServer.RTSPServer(address=address, service=str(port))
        self._server.set_auth(self._auth)
        self._server.get_mount_points().add_factory(PATH, self._factory())
        self._server.connect("client-connected", self._follow)

    def start(self) -> None:
        """Listen; raises OSError when the address is taken."""
        if self._server.attach(None) == 0:
            raise OSError(f"cannot listen on {self._server.get_address()}:{self._server.get_service()}: is it in use?")

    def admit(self, user: str, password: str) -> None:
        """Let `user` watch with `password`; whoever watches with an earlier password of theirs is cut off."""
        self.dismiss(user)
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", _ROLE)
        token.set_string("user", user)
        self._auth.add_digest(user, password, token)
        self._users.add(user)

    def dismiss(self, user: str) -> None:
        """Void the user's password and cut off their running streams."""
        if user not in self._users:
            return
        self._auth.remove_digest(user)
        self._users.remove(user)
        for client in [client for client, watcher in self._watching.items() if watcher == user]:
            client.close()

    def _factory(self) -> Any:
        """Make the media factory: a pipeline for each who watches, since a shared one fails who comes while it ends."""
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(_PIPELINE)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role(_ROLE, "media.factory.access", True)
        permissions.add_permission_for_role(_ROLE, "media.factory.construct", True)
        factory.set_permissions(permissions)
        factory.connect("media-configure", self._feed)
        return factory

    def _feed(self, _factory: Any, media: Any) -> None:
        source = media.get_element().get_by_name("scene")
        timer = GLib.timeout_add(1000 // _FRAMES_PER_SECOND, self._sign.push, source)
        media.connect("unprepared", lambda _media: GLib.source_remove(timer))

    def _follow(self, _server: Any, client: Any) -> None:
        # Of the signals before a stream flows, this is the last one whose context still carries the user's token.
        client.connect("pre-setup-request", self._remember)
        client.connect("closed", lambda closed: self._watching.pop(closed, None))

    def _remember(self, client: Any, context: Any) -> Any:
        self._watching[client] = context.token.get_string("user")
        return GstRtsp.RTSPStatusCode.OK
