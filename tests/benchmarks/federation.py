"""How long from the sending of a reservation to a Ready node, and to the first text from its camera.

`python -m tests.benchmarks.federation` goes on from whatever the test bed is at, sells SEOUL-KETI once more and prints
one JSON object on its last line. Seconds; what rivals published is beside ours.
"""

import json
import time

import yaml

from demo import application, storyboard
from demo.steps import Outcome, run

# Container over VXLAN, no worker node: means of the authors' published raw data (blockchain-mec-federation: Clique, 2
# MECs, 20 runs; dlt-federation-kubernetes: 10 runs).
_RIVALS = {
    "rival_container_2s_blocks": 14.7,
    "rival_container_5s_blocks": 18.05,
}


def main() -> None:
    """Play, measure, print."""
    for phase in (storyboard.TEST_BED, *storyboard.ITALY, *storyboard.PARTING):
        run(phase.step())
    _, reserve, acknowledge = (run(phase.step()) for phase in storyboard.MARKET)
    provision, deploy = (run(phase.step()) for phase in storyboard.KOREA)
    application.wait_for_text("camkor1", since=application.now())
    print(json.dumps(_figures(reserve, acknowledge, provision, deploy, time.monotonic())))


def _figures(
    reserve: Outcome, acknowledge: Outcome, provision: Outcome, deploy: Outcome, text: float
) -> dict[str, object]:
    sent = reserve.when("Reserve the cheapest")
    admitted = provision.when("Admit the machines to the VPN")
    prepared = provision.when("Prepare the machines")
    joined = provision.when("Join the machines to the cluster")
    waited = provision.when("kubeadm_join : Wait until the node is ready")
    seconds = {
        "reserve": reserve.ended - sent,
        "acknowledge": acknowledge.seconds,
        "vpn_up": prepared - admitted,
        "prepare": joined - prepared,
        "join": waited - joined,
        "ready": provision.ended - waited,
        "deploy": deploy.seconds,
        "first_text": text - deploy.ended,
        "to_ready": provision.ended - sent,
        "to_first_text": text - sent,
    }
    settings = {"block_time": _block_time(), "vpn": "wireguard"}
    return settings | {name: round(value, 2) for name, value in seconds.items()} | _RIVALS


def _block_time() -> int:
    with open("ansible_collections/decenter/testbed/roles/chain/defaults/main.yml") as defaults:  # noqa: PTH123
        return int(yaml.safe_load(defaults)["chain_block_time"])


if __name__ == "__main__":
    main()
