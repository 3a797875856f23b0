"""Waiting until the cluster has done what an object asks for, and saying what is missing when it does not."""

import math
import threading
import time
from collections.abc import Callable

from pulumi_stand_ins.cluster import Cluster
from pulumi_stand_ins.manifests import Manifest, object_id

# A watch ends and starts again this often, so that a cancellation is noticed.
_WATCH_SECONDS = 5


class WaitError(Exception):
    """The time is up, or the engine cancelled: one sentence on what is missing."""


class Wait:
    """Waits of one operation: at most `seconds` long, ended at once by `cancelled`."""

    def __init__(self, cluster: Cluster, seconds: float, cancelled: threading.Event) -> None:
        self._cluster = cluster
        self._seconds = seconds
        self._cancelled = cancelled
        self._deadline = time.monotonic() + seconds

    def rolled_out(self, live: Manifest) -> Manifest:
        """Return `live` once its pods are up; at once for a kind without pods."""
        final = self._until(live, lambda current: current is None or not missing(current))
        if final is None:
            raise WaitError(f"{live['kind']} {object_id(live)} was deleted by someone else while it was awaited.")
        if problem := missing(final):
            trouble = next(filter(None, (self._trouble(pod) for pod in self._cluster.pods(final))), "")
            raise WaitError(self._sentence(live, "is not rolled out", "; ".join(filter(None, (problem, trouble)))))
        return final

    def gone(self, live: Manifest) -> None:
        """Return once the object is no more."""
        if self._until(live, lambda current: current is None) is not None:
            raise WaitError(self._sentence(live, "is not deleted", "something still uses it or holds a finalizer"))

    def _until(self, live: Manifest, done: Callable[[Manifest | None], bool]) -> Manifest | None:
        current: Manifest | None = live
        while not done(current) and not self._cancelled.is_set():
            left = self._deadline - time.monotonic()
            if left <= 0:
                break
            for current in self._cluster.watch(live, math.ceil(min(left, _WATCH_SECONDS))):
                if done(current):
                    return current
            # A watch can end early or miss what came before it: the object itself decides.
            current = self._cluster.get(live)
            live = current or live
        return current

    def _trouble(self, pod: Manifest) -> str:
        problem = pod_trouble(pod)
        if not problem:
            return ""
        line = self._cluster.last_line(pod)
        return f"{problem}, last log line: {line}" if line else problem

    def _sentence(self, live: Manifest, what: str, why: str) -> str:
        when = "when cancelled" if self._cancelled.is_set() else f"after {self._seconds:.0f} s"
        return f"{live['kind']} {object_id(live)} {what} {when}: {why}."


def missing(live: Manifest) -> str:
    """Say what a rollout still lacks; empty once it lacks nothing."""
    if live["kind"] not in {"Deployment", "StatefulSet"}:
        return ""
    status = live.get("status", {})
    wanted = live["spec"]["replicas"]
    if status.get("observedGeneration", 0) < live["metadata"]["generation"]:
        return "its controller has not seen it yet"
    if (updated := status.get("updatedReplicas", 0)) < wanted:
        return f"{updated} of {wanted} pods updated"
    if (total := status.get("replicas", 0)) > updated:
        return f"{total - updated} old pods still run"
    if (available := status.get("availableReplicas", 0)) < wanted:
        return f"{available} of {wanted} pods ready"
    return ""


def pod_trouble(pod: Manifest) -> str:
    """Say why a pod is not ready; empty if it is."""
    name, status = pod["metadata"]["name"], pod.get("status", {})
    for container in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        if waiting := container["state"].get("waiting"):
            return f"pod {name} waits: {': '.join(filter(None, (waiting.get('reason'), waiting.get('message'))))}"
    for condition in status.get("conditions", []):
        if condition["type"] in {"PodScheduled", "Ready"} and condition["status"] != "True":
            return f"pod {name}: {condition.get('message', condition.get('reason', 'not ready'))}"
    return ""
