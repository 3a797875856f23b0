"""Look at the running test bed from the outside, as its parties can't."""

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any

from demo.paths import CACHE, STATE


def on(host: str, command: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a shell command on a host of the test bed (`cloud`, `povo`, `seoul`, `seoul-keti`, `cam1`, `camkor1`)."""
    return subprocess.run(
        ["podman", "exec", f"decenter-{host}", "sh", "-c", command],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def reaches(host: str, address: str, port: int) -> bool:
    """Whether `host` can open a TCP connection within two seconds."""
    return on(host, f"timeout 2 bash -c '</dev/tcp/{address}/{port}'").returncode == 0


def wait_until(condition: Callable[[], bool], timeout: float) -> None:
    """Return as soon as `condition` holds.

    Raises:
        TimeoutError: it did not within `timeout` seconds.

    """
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not so within {timeout:.0f} s.")
        time.sleep(0.5)


def received_bytes(host: str, interface: str) -> int:
    """Return how many bytes `interface` of `host` has received since it is there."""
    return int(on(host, f"cat /sys/class/net/{interface}/statistics/rx_bytes").stdout)


def sent_bytes(host: str, interface: str) -> int:
    """Return how many bytes `interface` of `host` has sent since it is there."""
    return int(on(host, f"cat /sys/class/net/{interface}/statistics/tx_bytes").stdout)


def kubectl(*arguments: str) -> Any:  # noqa: ANN401
    """Ask A's cluster; return the parsed JSON answer."""
    answer = subprocess.run(
        [*_kubectl(), "--output", "json", *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(answer.stdout)


def _kubectl() -> Sequence[str]:
    return [str(CACHE / "bin/kubectl"), "--kubeconfig", str(STATE / "kubeconfig")]


def expired_token() -> str:
    """Make a bootstrap token of A's cluster, and return it once the cluster has forgotten it."""
    kubeadm = "kubeadm --kubeconfig /etc/kubernetes/admin.conf token"
    token = on("cloud", f"{kubeadm} create --ttl 1s").stdout.strip()
    assert token
    wait_until(lambda: token.split(".")[0] not in on("cloud", f"{kubeadm} list").stdout, timeout=60)
    return token


def replace_host_key(host: str) -> None:
    """Have `host` show an SSH host key that nobody acknowledged."""
    _swap_host_key(host, "mv $key $key.real && mv $key.pub $key.pub.real && ssh-keygen -q -t ed25519 -N '' -f $key")


def restore_host_key(host: str) -> None:
    """Undo `replace_host_key`."""
    _swap_host_key(host, "mv $key.real $key && mv $key.pub.real $key.pub")


def _swap_host_key(host: str, how: str) -> None:
    done = on(host, f"set -e; key=/etc/ssh/ssh_host_ed25519_key; {how}; systemctl restart ssh")
    assert done.returncode == 0, done.stderr
