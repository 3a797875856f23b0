"""How long from the sending of a reservation to a Ready node, and to the first text from its camera.

`python -m tests.benchmarks.federation` goes on from whatever the test bed is at, sells SEOUL-KETI once more and prints
one JSON object on its last line. Seconds; what rivals published is beside ours.

The seller waits for requests, and the buyer deploys while the machine joins its cluster, as both would in earnest.
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

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
    publish, reserve, acknowledge = storyboard.MARKET
    provision, deploy = storyboard.KOREA
    run(publish.step())
    with ThreadPoolExecutor() as parties:
        seller = parties.submit(run, replace(acknowledge, variables=["brokerage_request_timeout=120"]).step())
        reserving = run(reserve.step())
        provisioning, deploying = (parties.submit(run, phase.step()) for phase in (provision, deploy))
        application.wait_for_text("camkor1", since=application.now())
        text = time.monotonic()
    print(json.dumps(_figures(reserving, seller.result(), provisioning.result(), deploying.result(), text)))


def _figures(
    reserve: Outcome, acknowledge: Outcome, provision: Outcome, deploy: Outcome, text: float
) -> dict[str, object]:
    sent = reserve.when("Reserve the cheapest")
    prepared = provision.when("Prepare the machines")
    joined = provision.when("Join the machines to the cluster")
    waited = provision.when("kubeadm_join : Wait until the node is ready")
    seconds = {
        "reserve": reserve.ended - sent,
        "acknowledge": acknowledge.ended - reserve.ended,
        "vpn_up": prepared - acknowledge.ended,
        "prepare": joined - prepared,
        "join": waited - joined,
        "ready": provision.ended - waited,
        "deploy": deploy.seconds,
        "first_text": text - provision.ended,
        "to_ready": provision.ended - sent,
        "to_first_text": text - sent,
    }
    settings = {"block_time": _block_time(), "vpn": storyboard.vpn_driver()}
    return settings | {name: round(value, 2) for name, value in seconds.items()} | _RIVALS


def _block_time() -> int:
    with open("ansible_collections/decenter/testbed/roles/chain/defaults/main.yml") as defaults:  # noqa: PTH123
        return int(yaml.safe_load(defaults)["chain_block_time"])


if __name__ == "__main__":
    main()
