"""The components: what each declares, where it may run and what it may touch."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from decenter_pulumi import (
    Device,
    Isolation,
    IsolationArgs,
    Processor,
    ProcessorArgs,
    Region,
    Repository,
    RepositoryArgs,
    Webserver,
    WebserverArgs,
)

from tests.pulumi.engine import declared

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
SERVICE = "kubernetes:core/v1:Service"

Resources = dict[tuple[str, str], Mapping[str, Any]]


def a_processor() -> None:
    Processor(
        "processor-camkor1",
        ProcessorArgs(
            namespace="simple-ocr",
            image="registry/processor:1",
            region=Region("SEOUL-KETI"),
            camera="camkor1",
            languages="kor",
            repository_url="redis://repository:6379/0",
        ),
    )


def a_repository() -> None:
    Repository(
        "repository",
        RepositoryArgs(
            namespace="simple-ocr",
            image="registry/repository:1",
            region=Region("CLOUD"),
            directory="/var/lib/simple-ocr",
        ),
    )


def a_webserver() -> None:
    Webserver(
        "webserver",
        WebserverArgs(
            namespace="simple-ocr",
            image="registry/webserver:1",
            region=Region("CLOUD"),
            node_port=30080,
            repository_url="redis://repository:6379/0",
        ),
    )


def pod_of(resources: Resources, kind: str, name: str) -> Mapping[str, Any]:
    pod: Mapping[str, Any] = resources[kind, name]["spec"]["template"]["spec"]
    return pod


def test_region_is_selected_and_its_taint_tolerated_in_lower_case() -> None:
    region = Region("SEOUL-KETI")
    assert region.node_selector == {"node-restriction.kubernetes.io/decenter-region": "seoul-keti"}
    assert (region.toleration.key, region.toleration.operator) == ("decenter.io/rented", "Equal")
    assert (region.toleration.value, region.toleration.effect) == ("seoul-keti", "NoSchedule")


def test_device_is_a_label_of_the_nodes_beside_it() -> None:
    assert Device("camkor1", "ip-camera").node_selector == {
        "node-restriction.kubernetes.io/decenter-device-camkor1": "ip-camera"
    }


def test_processor_is_one_deployment_beside_its_camera() -> None:
    resources = declared(a_processor)
    assert list(resources) == [
        ("decenter:simple_ocr:Processor", "processor-camkor1"),
        (DEPLOYMENT, "processor-camkor1"),
    ]
    pod = pod_of(resources, DEPLOYMENT, "processor-camkor1")
    assert pod["nodeSelector"] == {
        "node-restriction.kubernetes.io/decenter-region": "seoul-keti",
        "node-restriction.kubernetes.io/decenter-device-camkor1": "ip-camera",
    }
    assert pod["tolerations"] == [
        {"key": "decenter.io/rented", "operator": "Equal", "value": "seoul-keti", "effect": "NoSchedule"}
    ]


def test_processor_reads_its_camera_from_a_secret_that_pulumi_never_sees() -> None:
    resources = declared(a_processor)
    pod = pod_of(resources, DEPLOYMENT, "processor-camkor1")
    assert {"name": "camera", "secret": {"secretName": "camera-camkor1", "defaultMode": 0o440}} in pod["volumes"]
    (container,) = pod["containers"]
    assert {"name": "camera", "mountPath": "/run/secrets/camera", "readOnly": True} in container["volumeMounts"]
    assert not any(kind == "kubernetes:core/v1:Secret" for kind, _ in resources)


def test_processor_is_told_who_it_is() -> None:
    (container,) = pod_of(declared(a_processor), DEPLOYMENT, "processor-camkor1")["containers"]
    assert {variable["name"]: variable["value"] for variable in container["env"]} == {
        "CAMERA": "camkor1",
        "REGION": "SEOUL-KETI",
        "LANGUAGES": "kor",
        "REPOSITORY_URL": "redis://repository:6379/0",
        "REPOSITORY_PASSWORD_FILE": "/run/secrets/repository-processor/password",
        "KEEP_PICTURES": "no",
    }


def test_processor_never_runs_twice_at_once() -> None:
    spec = declared(a_processor)[DEPLOYMENT, "processor-camkor1"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_repository_keeps_its_texts_on_its_own_regions_node() -> None:
    resources = declared(a_repository)
    volume = resources["kubernetes:core/v1:PersistentVolume", "repository"]
    assert volume["metadata"]["name"] == "simple-ocr-repository"
    assert volume["spec"]["hostPath"] == {"path": "/var/lib/simple-ocr", "type": "DirectoryOrCreate"}
    assert volume["spec"]["claimRef"] == {"namespace": "simple-ocr", "name": "repository"}
    (term,) = volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"]
    assert term["matchExpressions"] == [
        {"key": "node-restriction.kubernetes.io/decenter-region", "operator": "In", "values": ["cloud"]}
    ]
    claim = resources["kubernetes:core/v1:PersistentVolumeClaim", "repository"]["spec"]
    assert (claim["volumeName"], claim["storageClassName"]) == ("simple-ocr-repository", "")
    pod = pod_of(resources, STATEFUL_SET, "repository")
    assert {"name": "data", "persistentVolumeClaim": {"claimName": "repository"}} in pod["volumes"]
    assert pod["nodeSelector"] == {"node-restriction.kubernetes.io/decenter-region": "cloud"}


def test_repository_answers_at_its_url() -> None:
    resources = declared(a_repository)
    service = resources[SERVICE, "repository"]
    assert (service["metadata"]["name"], service["spec"]["ports"][0]["port"]) == ("repository", 6379)
    labels = resources[STATEFUL_SET, "repository"]["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= labels.items()


def test_webserver_opens_the_port_asked_for() -> None:
    resources = declared(a_webserver)
    service = resources[SERVICE, "webserver"]["spec"]
    assert (service["type"], service["ports"][0]["nodePort"]) == ("NodePort", 30080)
    assert pod_of(resources, DEPLOYMENT, "webserver")["nodeSelector"] == {
        "node-restriction.kubernetes.io/decenter-region": "cloud"
    }


def test_a_rented_machine_gets_no_password_that_reads() -> None:
    pod = pod_of(declared(a_processor), DEPLOYMENT, "processor-camkor1")
    mounted = {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
    assert mounted == {"camera-camkor1", "repository-processor"}


def test_the_webserver_asks_for_a_token_unless_told_otherwise() -> None:
    pod = pod_of(declared(a_webserver), DEPLOYMENT, "webserver")
    (container,) = pod["containers"]
    assert {"name": "ACCESS", "value": "token"} in container["env"]
    assert {"name": "webserver", "mountPath": "/run/secrets/webserver", "readOnly": True} in container["volumeMounts"]


def an_isolation() -> None:
    Isolation("isolation", IsolationArgs(namespace="simple-ocr"))


def test_only_processors_and_the_webserver_reach_the_repository() -> None:
    policies = {name: inputs["spec"] for (kind, name), inputs in declared(an_isolation).items() if "spec" in inputs}
    closed = policies["isolation-closed"]
    assert (closed["podSelector"], closed["policyTypes"]) == ({}, ["Ingress", "Egress"])
    assert not {"ingress", "egress"} & closed.keys()
    repository = policies["isolation-repository"]
    (rule,) = repository["ingress"]
    admitted = [peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for peer in rule["from"]]
    assert (admitted, rule["ports"]) == (["processor", "webserver"], [{"protocol": "TCP", "port": 6379}])
    assert not repository.get("egress")


def test_the_policies_find_the_pods_they_are_for() -> None:
    policies = {name: inputs["spec"] for (_, name), inputs in declared(an_isolation).items() if "spec" in inputs}
    for program, kind, pod, part in (
        (a_processor, DEPLOYMENT, "processor-camkor1", "processor"),
        (a_repository, STATEFUL_SET, "repository", "repository"),
        (a_webserver, DEPLOYMENT, "webserver", "webserver"),
    ):
        labels = declared(program)[kind, pod]["spec"]["template"]["metadata"]["labels"]
        assert policies[f"isolation-{part}"]["podSelector"]["matchLabels"].items() <= labels.items()


@pytest.mark.parametrize(
    ("program", "kind", "name"),
    [
        (a_processor, DEPLOYMENT, "processor-camkor1"),
        (a_repository, STATEFUL_SET, "repository"),
        (a_webserver, DEPLOYMENT, "webserver"),
    ],
)
def test_no_pod_has_more_rights_than_it_needs(program: Callable[[], None], kind: str, name: str) -> None:
    pod = pod_of(declared(program), kind, name)
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        rights = container["securityContext"]
        assert rights["capabilities"] == {"drop": ["ALL"]}
        assert rights["allowPrivilegeEscalation"] is False
        assert rights["readOnlyRootFilesystem"] is True
        assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize(
    ("program", "kind", "name"),
    [(a_processor, DEPLOYMENT, "processor-camkor1"), (a_webserver, DEPLOYMENT, "webserver")],
)
def test_a_pod_fits_the_smallest_machine_of_table_one(program: Callable[[], None], kind: str, name: str) -> None:
    (container,) = pod_of(declared(program), kind, name)["containers"]
    needs = container["resources"]
    assert int(needs["requests"]["cpu"].removesuffix("m")) <= 500
    assert int(needs["limits"]["memory"].removesuffix("Mi")) <= 512
