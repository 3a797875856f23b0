"""`pulumi up` and `pulumi destroy` of simple_ocr on a real API server, through the stand-ins."""

from pathlib import Path
from typing import Any

import pytest

from tests.pulumi.control_plane import ControlPlane, PlayedKubelet
from tests.pulumi.stack import Stack

pytestmark = pytest.mark.hosts

SETTINGS: dict[str, Any] = {
    "images": {"processor": "r/processor:1", "repository": "r/repository:1", "webserver": "r/webserver:1"},
    "repository": {"region": "CLOUD"},
    "webserver": {"region": "CLOUD", "host": "198.18.10.10", "nodePort": 30080},
    "cameras": {"cam1": {"region": "POVO", "languages": "eng"}},
}
TWO_CAMERAS = SETTINGS | {"cameras": SETTINGS["cameras"] | {"camkor1": {"region": "SEOUL-KETI", "languages": "kor"}}}
DEPLOYMENTS = "/apis/apps/v1/namespaces/simple-ocr/deployments"


@pytest.fixture
def stack(tmp_path: Path, plane: ControlPlane) -> Stack:
    return Stack.made_in(tmp_path, plane.kubeconfig)


def test_bad_configuration_is_one_sentence_and_makes_nothing(stack: Stack, plane: ControlPlane) -> None:
    stack.configure(**SETTINGS | {"cameras": {"cam1": {"region": "POVO"}}})
    said = stack.pulumi("up", "--yes", "--skip-preview", "--stack", "test", succeeds=False).stdout
    assert "Configuration simple-ocr:cameras.cam1.languages must be text, not None." in said
    assert "Traceback" not in said
    assert not plane.exists("/api/v1/namespaces/simple-ocr")


def test_a_stack_grows_by_one_processor_and_goes_without_a_trace(
    stack: Stack, plane: ControlPlane, kubelet: PlayedKubelet
) -> None:
    stack.configure(**SETTINGS)
    assert "create" in stack.up()
    assert stack.output("url") == "http://198.18.10.10:30080/"
    before = {item["metadata"]["name"]: item for item in plane.request("GET", DEPLOYMENTS)["items"]}
    assert before.keys() == {"processor-cam1", "webserver"}

    assert stack.up().keys() == {"same"}

    stack.configure(**TWO_CAMERAS)
    changes = stack.up()
    # The component and its Deployment.
    assert changes == {"create": 2, "same": changes["same"]}
    after = {item["metadata"]["name"]: item for item in plane.request("GET", DEPLOYMENTS)["items"]}
    assert after.keys() - before.keys() == {"processor-camkor1"}
    assert {name: after[name]["metadata"]["generation"] for name in before} == dict.fromkeys(before, 1)

    stack.configure(**SETTINGS)
    changes = stack.up()
    assert changes == {"delete": 2, "same": changes["same"]}

    stack.pulumi("destroy", "--yes", "--skip-preview", "--stack", "test")
    assert not plane.exists("/api/v1/namespaces/simple-ocr")
    assert not plane.exists("/api/v1/persistentvolumes/simple-ocr-repository")


def test_a_rollout_that_failed_is_awaited_again_by_the_next_up(
    stack: Stack, plane: ControlPlane, kubelet: PlayedKubelet
) -> None:
    stack.configure(**SETTINGS, rolloutSeconds=5)
    kubelet.broken.add("processor-cam1")
    failed = stack.pulumi("up", "--yes", "--skip-preview", "--stack", "test", succeeds=False)
    assert "Deployment simple-ocr/processor-cam1 is not rolled out after" in failed.stdout
    assert "ImagePullBackOff: no such image" in failed.stdout
    kubelet.broken.clear()
    for pod in plane.request("GET", "/api/v1/namespaces/simple-ocr/pods")["items"]:
        plane.open("DELETE", f"/api/v1/namespaces/simple-ocr/pods/{pod['metadata']['name']}", {"gracePeriodSeconds": 0})
    assert stack.up()["update"] == 1
    stack.pulumi("destroy", "--yes", "--skip-preview", "--stack", "test")
