"""What a processor counts, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_READING_SECONDS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5)
_LAG_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600)


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self, camera: str) -> None:
        self.registry = CollectorRegistry()
        self._labels = labels = {"camera": camera}

        def counter(name: str, help_: str) -> Counter:
            return Counter(f"simple_ocr_{name}", help_, list(labels), registry=self.registry).labels(**labels)

        def gauge(name: str, help_: str) -> Gauge:
            return Gauge(f"simple_ocr_{name}", help_, list(labels), registry=self.registry).labels(**labels)

        def histogram(name: str, help_: str, buckets: tuple[float, ...]) -> Histogram:
            family = Histogram(f"simple_ocr_{name}", help_, list(labels), registry=self.registry, buckets=buckets)
            return family.labels(**labels)

        self.frames = counter("frames", "Pictures taken from the camera.")
        self.skipped = counter("frames_skipped", "Pictures that showed nothing new and were not read.")
        self.observations = counter("observations", "Texts seen for the first time.")
        self.reconnections = counter("camera_failures", "Times that the camera could not be watched.")
        self.reading = histogram("reading_seconds", "Time to find and read the texts of a picture.", _READING_SECONDS)
        self.waiting = gauge("spool_waiting", "Observations that wait for the Repository.")
        self.lag = histogram("delivery_lag_seconds", "From the sight of a text to its arrival.", _LAG_SECONDS)
        self.sent_bytes = counter("sent_bytes", "Bytes sent to the Repository.")
        self.video_bytes = counter("video_bytes", "Bytes of video received, which stay in the camera's region.")
        self.is_reading = gauge("reading", "1 while pictures are read, else 0.")

    def value(self, name: str) -> int:
        """Return the count of a family, such as `frames_total`."""
        return int(self.registry.get_sample_value(f"simple_ocr_{name}", self._labels) or 0)
