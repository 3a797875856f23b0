"""The paper's storyboard, phase by phase. Each phase is one playbook, run with one provider's inventory and keys."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.paths import CACHE, ROOT, STATE, VENV
from demo.steps import Step

TESTBED = "inventories/testbed"
PROVIDER_A = "inventories/demo/provider_a"
PROVIDER_B = "inventories/demo/provider_b"


@dataclass(frozen=True)
class Phase:
    """One verb of one party."""

    name: str
    playbook: str
    inventory: str
    variables: Sequence[str] = ()

    def step(self) -> Step:
        """Return the command that plays it."""
        command = [f"{VENV}/bin/ansible-playbook", "--inventory", self.inventory, self.playbook]
        for variable in self.variables:
            command += ["--extra-vars", variable]
        return Step(self.name, command, environment(), repeat=f"make demo    (the phase alone: {' '.join(command)})")


def environment() -> Mapping[str, str]:
    """Return the environment of every phase: the project's own tools first, and where its files are."""
    return os.environ | {
        "PATH": f"{VENV}/bin:{CACHE}/bin:{os.environ['PATH']}",
        "PULUMI_HOME": str(CACHE / "pulumi"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PYTHONPATH": str(ROOT / "pulumi"),
        "ANSIBLE_CONFIG": f"{ROOT}/ansible.cfg",
        "DECENTER_CACHE": str(CACHE),
        "DECENTER_STATE": str(STATE),
    }


BUILD = Phase("Build what official sources can't give here", "decenter.testbed.build", TESTBED)
TEST_BED = Phase("Start hosts, networks, chain and cameras", "decenter.testbed.up", TESTBED)
TEST_BED_DOWN = Phase("Remove the test bed", "decenter.testbed.down", TESTBED)

ITALY = (
    Phase("A: build its own cluster", "decenter.brokerage.bootstrap", PROVIDER_A),
    Phase("A: deploy simple_ocr in Italy", "decenter.brokerage.deploy", PROVIDER_A),
)
MARKET = (
    Phase("B: publish resource availability", "decenter.brokerage.publish", PROVIDER_B),
    Phase("A: reserve", "decenter.brokerage.reserve", PROVIDER_A),
    Phase("B: acknowledge", "decenter.brokerage.acknowledge", PROVIDER_B),
)
KOREA = (
    Phase("A: provision", "decenter.brokerage.provision", PROVIDER_A),
    Phase("A: deploy simple_ocr in Korea", "decenter.brokerage.deploy", PROVIDER_A),
)
PARTING = (
    Phase("A: drain and release", "decenter.brokerage.release", PROVIDER_A),
    Phase("B: settle and withdraw", "decenter.brokerage.settle", PROVIDER_B),
    Phase("A: settle and withdraw", "decenter.brokerage.settle", PROVIDER_A),
    Phase("B: reclaim", "decenter.brokerage.reclaim", PROVIDER_B),
)


def vpn_driver() -> str:
    """Return which VPN the test bed's hosts can join: `wireguard` or `zerotier`."""
    return (STATE / "vpn_driver").read_text()


def is_up() -> bool:
    """Whether a federation's chain was put down here; only then is there anybody to part from."""
    return (STATE / "chain.yml").exists()


def is_played() -> bool:
    """Whether provider A has begun to build its cluster here."""
    return (STATE / "vpn_members.yml").exists()
