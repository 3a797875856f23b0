"""The paper's storyboard: before, federated, again, over. The tests of this folder run in the order of their files."""

import json
from pathlib import Path

import pytest

from demo import application, storyboard
from demo.ledger import balances, statement
from tests.federation import bed
from tests.federation.conftest import Story
from tests.federation.gas import gas_paid
from tests.federation.reading import character_error_rate

pytestmark = [pytest.mark.hosts, pytest.mark.federation]

_SIGNS = Path("ansible_collections/decenter/testbed/roles/cameras/files/texts.json")
_LANGUAGES = {"cam1": "eng", "camkor1": "kor"}
_KETI, _CAMKOR1 = "198.18.20.21", "198.18.40.2"
_NODE = "korea-1"


class TestBefore:
    def test_italy_reaches_neither_the_korean_machine_nor_its_camera(self, italy: Story) -> None:
        assert not bed.reaches("cloud", _KETI, 22)
        assert not bed.reaches("cloud", _CAMKOR1, 8554)
        assert not bed.reaches("povo", _KETI, 22)

    def test_the_korean_machine_can_call_out_and_its_camera_is_there(self, italy: Story) -> None:
        assert bed.reaches("seoul-keti", "198.18.0.3", 5000)
        assert bed.reaches("seoul-keti", _CAMKOR1, 8554)

    def test_the_application_reads_the_italian_camera_only(self, italy: Story) -> None:
        assert application.texts("cam1")
        assert not application.texts("camkor1")


class TestFederated:
    def test_the_rented_machine_is_a_ready_node_at_its_vpn_address(self, korea: Story) -> None:
        node = bed.kubectl("get", "node", _NODE)
        conditions = {condition["type"]: condition["status"] for condition in node["status"]["conditions"]}
        addresses = {address["type"]: address["address"] for address in node["status"]["addresses"]}
        assert conditions["Ready"] == "True"
        assert addresses["InternalIP"] == "198.19.0.16"

    def test_its_labels_and_taint_say_what_and_where_it_is(self, korea: Story) -> None:
        node = bed.kubectl("get", "node", _NODE)
        prefix = "node-restriction.kubernetes.io/decenter"
        labels = {key: value for key, value in node["metadata"]["labels"].items() if key.startswith(prefix)}
        assert labels[f"{prefix}-region"] == "seoul-keti"
        assert labels[f"{prefix}-device-camkor1"] == "ip-camera"
        assert {"key": "decenter.io/rented", "value": "seoul-keti", "effect": "NoSchedule"} in node["spec"]["taints"]

    def test_only_the_processor_was_placed_there(self, korea: Story) -> None:
        pods = bed.kubectl("get", "pods", "--namespace", "simple-ocr", "--field-selector", f"spec.nodeName={_NODE}")
        names = [pod["metadata"]["name"] for pod in pods["items"]]
        assert len(names) == 1
        assert "camkor1" in names[0]

    @pytest.mark.parametrize("camera", application.CAMERAS)
    def test_known_signs_are_read_and_stored_in_italy(self, korea: Story, camera: str) -> None:
        signs = json.loads(_SIGNS.read_text(encoding="utf-8"))[_LANGUAGES[camera]]
        read = [observation.text for observation in application.texts(camera)]
        assert read
        errors = [min(character_error_rate(sign, text) for sign in signs) for text in read]
        assert sum(errors) / len(errors) <= 0.05, dict(zip(read, errors, strict=True))

    def test_no_video_left_the_camera_s_network(self, korea: Story) -> None:
        video, vpn = bed.received_bytes("seoul-keti", "camera"), bed.sent_bytes("seoul-keti", "decenter")
        bed.wait_until(lambda: bed.received_bytes("seoul-keti", "camera") - video > 1_000_000, timeout=120)
        sent = bed.sent_bytes("seoul-keti", "decenter") - vpn
        assert sent < 200_000, f"{sent} bytes crossed the VPN while a million came from the camera"

    def test_a_second_run_of_every_playbook_changes_nothing(self, korea: Story) -> None:
        phases = (*storyboard.ITALY[:1], *storyboard.MARKET, *storyboard.KOREA)
        korea.play(*phases)
        assert {phase.name: korea.outcomes[phase.name].changed for phase in phases} == {
            phase.name: 0 for phase in phases
        }


@pytest.fixture(scope="module")
def parted(korea: Story, pytestconfig: pytest.Config) -> Story:
    """End the reservation: settled and paid, and the machine its seller's again."""
    with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print()
        korea.play(*storyboard.PARTING)
    return korea


class TestOver:
    def test_the_seller_is_paid_for_what_was_delivered_and_the_rest_goes_back(self, parted: Story) -> None:
        (line,) = statement()
        assert 0 < line.delivered == line.elapsed
        assert line.paid == line.delivered * 1_000_000_000
        assert line.paid + line.refunded == 7200 * 1_000_000_000

    def test_balances_add_up_to_the_wei(self, parted: Story) -> None:
        (line,) = statement()
        before, after = parted.balances_before, balances()
        assert after["seller"] == before["seller"] + line.paid - gas_paid("seller", parted.block_before)
        assert after["buyer"] == before["buyer"] - line.paid - gas_paid("buyer", parted.block_before)
        assert after["contract"] == 0

    def test_the_machine_is_clean(self, parted: Story) -> None:
        assert bed.on("seoul-keti", "id decenter").returncode != 0
        assert bed.on("seoul-keti", "pgrep -x kubelet || command -v kubelet").returncode != 0
        assert bed.on("seoul-keti", "ip link show decenter").returncode != 0
        left = bed.on(
            "seoul-keti", "find /etc/kubernetes /var/lib/kubelet /etc/wireguard /home -mindepth 1 2>/dev/null"
        )
        assert left.stdout == ""

    def test_the_node_is_gone_from_the_cluster(self, parted: Story) -> None:
        nodes = {node["metadata"]["name"] for node in bed.kubectl("get", "nodes")["items"]}
        assert nodes == {"cloud", "povo"}
