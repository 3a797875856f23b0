"""A real Kubernetes control plane on loopback, without machines: its kubelet is played by this process."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

START_SECONDS = 120
STOP_SECONDS = 20
CONTROLLERS = (
    "deployment-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "persistentvolume-binder-controller",
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "replicaset-controller",
    "statefulset-controller",
)


def program(name: str) -> str:
    """Return the path of a program that the test bed has built, or that is installed."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "decenter"
    built = sorted(cache.glob(f"*/{name}"), key=lambda path: path.stat().st_mtime)
    found = str(built[-1]) if built else shutil.which(name)
    assert found, f"{name} is neither in {cache} nor on the PATH: `make setup` builds it."
    return found


@dataclass(frozen=True)
class ControlPlane:
    """A running control plane: a kubeconfig for its administrator, and its API as plain JSON."""

    kubeconfig: Path
    url: str
    token: str
    certificate: Path
    pool: urllib3.PoolManager

    def request(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Ask the API and return its answer; an HTTP error is an assertion that fails."""
        response = self.open(method, path, body)
        answer: dict[str, Any] = response.json()
        assert response.status < 400, answer
        return answer

    def open(self, method: str, path: str, body: object = None) -> urllib3.BaseHTTPResponse:
        """Ask the API and return the response whatever its status."""
        kind = "application/strategic-merge-patch+json" if method == "PATCH" else "application/json"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        return self.pool.request(method, self.url + path, json=body, headers=headers, retries=False)

    def exists(self, path: str) -> bool:
        """Tell whether there is an object at `path`."""
        return self.open("GET", path).status == 200


@contextlib.contextmanager
def running(directory: Path) -> Iterator[ControlPlane]:
    """Run a control plane that keeps its files in `directory`, until the block ends."""
    plane = _prepare(directory)
    etcd, peer = f"http://127.0.0.1:{_free_port()}", f"http://127.0.0.1:{_free_port()}"
    with contextlib.ExitStack() as stack:
        stack.callback(plane.pool.clear)
        stack.enter_context(
            _process(
                directory / "etcd.log",
                *[program("etcd"), f"--data-dir={directory / 'etcd'}", "--unsafe-no-fsync", "--log-level=warn"],
                *[f"--listen-client-urls={etcd}", f"--advertise-client-urls={etcd}"],
                *[f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"],
                f"--initial-cluster=default={peer}",
            )
        )
        server = stack.enter_context(
            _process(
                directory / "kube-apiserver.log",
                *[program("kube-apiserver"), f"--etcd-servers={etcd}", f"--cert-dir={directory}"],
                *["--bind-address=127.0.0.1", f"--secure-port={plane.url.rpartition(':')[2]}"],
                *[
                    "--service-cluster-ip-range=198.19.64.0/24",
                    "--authorization-mode=RBAC",
                    "--endpoint-reconciler-type=none",
                ],
                *[f"--token-auth-file={directory / 'tokens.csv'}", "--service-account-issuer=https://kubernetes.test"],
                *[f"--service-account-{use}-file={directory / 'account.key'}" for use in ("key", "signing-key")],
                # No controller makes service accounts here, and no pod needs one.
                "--disable-admission-plugins=ServiceAccount",
            )
        )
        _await_ready(plane, server, directory / "kube-apiserver.log")
        stack.enter_context(
            _process(
                directory / "kube-controller-manager.log",
                *[program("kube-controller-manager"), f"--kubeconfig={plane.kubeconfig}", "--leader-elect=false"],
                *["--secure-port=0", f"--controllers={','.join(CONTROLLERS)}"],
            )
        )
        yield plane


class PlayedKubelet:
    """Runs every pod at once by saying so; pods of the workloads in `broken` wait for an image for ever."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.broken: set[str] = set()

    def __enter__(self) -> "PlayedKubelet":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(0.1):
            for pod in self._plane.request("GET", "/api/v1/pods")["items"]:
                self._serve(pod)

    def _serve(self, pod: dict[str, Any]) -> None:
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
        if "deletionTimestamp" in pod["metadata"]:
            self._plane.open("DELETE", path, {"gracePeriodSeconds": 0})
        elif "nodeName" not in pod["spec"]:
            self._plane.open("POST", f"{path}/binding", _binding(pod))
        elif pod["status"].get("phase") == "Pending" and "containerStatuses" not in pod["status"]:
            workload = pod["metadata"]["labels"]["app.kubernetes.io/name"]
            self._plane.open("PATCH", f"{path}/status", {"status": _status(pod, ready=workload not in self.broken)})


def _binding(pod: dict[str, Any]) -> dict[str, Any]:
    target = {"apiVersion": "v1", "kind": "Node", "name": "played"}
    return {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": pod["metadata"]["name"]}, "target": target}


def _status(pod: dict[str, Any], *, ready: bool) -> dict[str, Any]:
    since = pod["metadata"]["creationTimestamp"]
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}
    started = {"running": {"startedAt": since}}
    return {
        "phase": "Running" if ready else "Pending",
        "conditions": [{"type": "Ready", "status": str(ready), "lastTransitionTime": since}],
        "containerStatuses": [
            {"name": item["name"], "image": item["image"], "imageID": "", "restartCount": 0, "ready": ready}
            | {"state": started if ready else waiting}
            for item in pod["spec"]["containers"]
        ],
    }


def _prepare(directory: Path) -> ControlPlane:
    token = secrets.token_hex()
    (directory / "tokens.csv").write_text(f'{token},admin,admin,"system:masters"\n')
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    (directory / "account.key").write_bytes(key)
    plane = ControlPlane(
        kubeconfig=directory / "kubeconfig",
        url=f"https://127.0.0.1:{_free_port()}",
        token=token,
        # The server makes its own certificate, which is its own authority.
        certificate=directory / "apiserver.crt",
        pool=urllib3.PoolManager(ca_certs=str(directory / "apiserver.crt"), maxsize=8),
    )
    cluster = {"server": plane.url, "certificate-authority": str(plane.certificate)}
    configuration = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
        "current-context": "test",
    }
    plane.kubeconfig.write_text(yaml.safe_dump(configuration))
    return plane


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextlib.contextmanager
def _process(log: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _await_ready(plane: ControlPlane, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(START_SECONDS):
        with contextlib.suppress(urllib3.exceptions.HTTPError, OSError):
            if plane.certificate.exists() and plane.open("GET", "/readyz").status == 200:
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(1)
            break
    raise AssertionError(f"The API server did not start: {log.read_text()[-2000:]}")
