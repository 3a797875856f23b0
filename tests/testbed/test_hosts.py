"""Who reaches whom in the test bed, and what each host has of the machine."""

import socket
import subprocess
from collections.abc import Iterator

import pytest

from demo import storyboard
from demo.paths import STATE
from demo.steps import run
from tests.federation.bed import on, reaches
from tests.testbed.podman import carrying_label, inspect, podman

pytestmark = [pytest.mark.hosts, pytest.mark.usefixtures("running")]

MANAGEMENT = {
    "cloud": ("provider-a", "198.18.10.10"),
    "povo": ("provider-a", "198.18.10.11"),
    "seoul": ("provider-b", "198.18.20.20"),
    "seoul-keti": ("provider-b", "198.18.20.21"),
}
TABLE_1 = {"cloud": (6, 6144), "povo": (1, 1024), "seoul": (4, 4096), "seoul-keti": (2, 2048)}


def log_in(address: str, key_of: str, known_hosts_of: str) -> subprocess.CompletedProcess[str]:
    """Log in from the machine and ask for the host's name."""
    keys = STATE / "keys"
    options = ["BatchMode=yes", "IdentitiesOnly=yes", f"UserKnownHostsFile={keys / known_hosts_of / 'known_hosts'}"]
    flags = [flag for option in options for flag in ("-o", option)]
    return subprocess.run(
        ["ssh", "-F", "none", "-i", str(keys / key_of / "id_ed25519"), *flags, f"root@{address}", "hostname"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def route_to_provider_b() -> Iterator[None]:
    """CLOUD sends what is for provider B's network to SEOUL, as anybody on the internet could."""
    assert on("cloud", "ip route add 198.18.20.0/24 via 198.18.0.20").returncode == 0
    yield
    assert on("cloud", "ip route delete 198.18.20.0/24").returncode == 0


@pytest.mark.parametrize(("host", "stranger"), [("cloud", "provider-b"), ("seoul-keti", "provider-a")])
def test_a_host_refuses_the_other_providers_key(host: str, stranger: str) -> None:
    owner, address = MANAGEMENT[host]
    answer = log_in(address, key_of=stranger, known_hosts_of=owner)
    assert answer.returncode == 255
    assert "Permission denied" in answer.stderr


@pytest.mark.parametrize(("host", "stranger"), [("cloud", "provider-b"), ("seoul-keti", "provider-a")])
def test_a_provider_does_not_know_the_others_hosts(host: str, stranger: str) -> None:
    owner, address = MANAGEMENT[host]
    answer = log_in(address, key_of=owner, known_hosts_of=stranger)
    assert answer.returncode == 255
    assert "Host key verification failed" in answer.stderr


@pytest.mark.parametrize("host", MANAGEMENT)
def test_a_host_opens_to_its_owner(host: str) -> None:
    owner, address = MANAGEMENT[host]
    answer = log_in(address, key_of=owner, known_hosts_of=owner)
    assert answer.stdout == f"{host}\n", answer.stderr


@pytest.mark.parametrize(
    ("host", "address", "port"),
    [
        pytest.param("cloud", "198.18.20.21", 22, id="CLOUD to SEOUL-KETI"),
        pytest.param("cloud", "198.18.40.2", 8554, id="CLOUD to camkor1"),
        pytest.param("cloud", "198.18.30.2", 8554, id="CLOUD to cam1"),
        pytest.param("povo", "198.18.20.21", 22, id="POVO to SEOUL-KETI"),
        pytest.param("povo", "198.18.40.2", 8554, id="POVO to camkor1"),
        pytest.param("seoul", "198.18.40.2", 8554, id="SEOUL to camkor1"),
        pytest.param("seoul", "198.18.10.11", 22, id="SEOUL to POVO"),
        pytest.param("seoul-keti", "198.18.10.11", 22, id="SEOUL-KETI to POVO"),
        pytest.param("seoul-keti", "198.18.10.10", 22, id="SEOUL-KETI to CLOUD inside A's network"),
        pytest.param("seoul-keti", "198.18.30.2", 8554, id="SEOUL-KETI to cam1"),
    ],
)
def test_what_must_not_be_reached(host: str, address: str, port: int) -> None:
    assert not reaches(host, address, port)


@pytest.mark.usefixtures("route_to_provider_b")
def test_seoul_lets_nothing_in() -> None:
    assert reaches("cloud", "198.18.20.20", 22)  # SEOUL itself: the route is good
    assert not reaches("cloud", "198.18.20.21", 22)


@pytest.mark.parametrize(
    ("host", "address", "port"),
    [
        pytest.param("cloud", "198.18.0.2", 8545, id="CLOUD to the chain"),
        pytest.param("povo", "198.18.0.2", 8545, id="POVO to the chain"),
        pytest.param("seoul-keti", "198.18.0.2", 8545, id="SEOUL-KETI to the chain"),
        pytest.param("cloud", "198.18.0.3", 5000, id="CLOUD to the mirror"),
        pytest.param("povo", "198.18.0.3", 5000, id="POVO to the mirror"),
        pytest.param("seoul-keti", "198.18.0.3", 5000, id="SEOUL-KETI to the mirror"),
        pytest.param("seoul-keti", "198.18.0.10", 22, id="SEOUL-KETI to CLOUD on the internet"),
        pytest.param("povo", "198.18.30.2", 8554, id="POVO to cam1"),
        pytest.param("seoul-keti", "198.18.40.2", 8554, id="SEOUL-KETI to camkor1"),
    ],
)
def test_what_must_be_reached(host: str, address: str, port: int) -> None:
    assert reaches(host, address, port)


def test_seoul_shows_its_own_address_for_seoul_keti() -> None:
    assert reaches("seoul-keti", "198.18.0.10", 22)
    translated = on("seoul", "conntrack -L --proto tcp --orig-src 198.18.20.21 --orig-dst 198.18.0.10").stdout
    assert "src=198.18.0.10 dst=198.18.0.20" in translated


@pytest.mark.parametrize(("camera", "edge"), [("cam1", "povo"), ("camkor1", "seoul-keti")])
def test_the_machine_is_not_in_a_cameras_lan(camera: str, edge: str) -> None:
    bridge = inspect("network", f"decenter-{camera}")["network_interface"]
    addresses = subprocess.run(["ip", "-4", "addr", "show", "dev", bridge], capture_output=True, text=True, check=True)
    assert addresses.stdout == ""
    edge_address = on(edge, "ip -6 -o addr show dev camera scope link | grep -o 'fe80[^/]*'").stdout.strip()
    assert edge_address.startswith("fe80")
    with pytest.raises(TimeoutError):
        socket.create_connection((f"{edge_address}%{bridge}", 22), timeout=2)


@pytest.mark.parametrize("host", TABLE_1)
def test_a_host_has_the_resources_of_table_1_and_what_its_system_needs(host: str) -> None:
    cpus, memory_mib = TABLE_1[host]
    limits = inspect("container", f"decenter-{host}")["HostConfig"]
    assert limits["NanoCpus"] == cpus * 10**9
    assert memory_mib < limits["Memory"] / 2**20 <= memory_mib + 1024


def test_a_healthy_test_bed_is_left_alone() -> None:
    assert run(storyboard.TEST_BED.step()).changed == 0


def test_a_stopped_host_is_started_with_what_it_has() -> None:
    others = {name: inspect("container", name)["State"]["StartedAt"] for name in carrying_label("container")}
    del others["decenter-seoul"]
    assert on("seoul", "touch /root/mark").returncode == 0
    podman("kill", "decenter-seoul")
    assert run(storyboard.TEST_BED.step()).changed == 1
    assert on("seoul", "rm /root/mark").returncode == 0
    assert reaches("seoul-keti", "198.18.0.10", 22)
    assert {name: inspect("container", name)["State"]["StartedAt"] for name in others} == others


def test_a_host_left_half_made_is_made_anew() -> None:
    image = inspect("container", "decenter-seoul")["ImageName"]
    podman("rm", "--force", "--time", "0", "decenter-seoul")
    podman("create", "--name", "decenter-seoul", "--label", "decenter.testbed", image)
    run(storyboard.TEST_BED.step())
    assert reaches("seoul-keti", "198.18.0.10", 22)
