"""An IP camera for the test bed: RTSP with H.264, users managed over HTTP, and a sign whose text is known."""
