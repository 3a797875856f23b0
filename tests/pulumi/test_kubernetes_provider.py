"""The Kubernetes stand-in against a real API server: each call that Pulumi's engine makes."""

import contextlib
import itertools
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2
from pulumi_stand_ins.kubernetes_provider import KubernetesProvider
from pulumi_stand_ins.manifests import from_struct, to_struct

from tests.pulumi.control_plane import ControlPlane, PlayedKubelet

pytestmark = pytest.mark.hosts

Manifest = dict[str, Any]
_numbers = itertools.count()


Provider = provider_pb2_grpc.ResourceProviderStub


@contextlib.contextmanager
def provider_of(kubeconfig: Path | str) -> Iterator[Provider]:
    with ThreadPoolExecutor() as pool:
        server = grpc.server(pool)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(KubernetesProvider(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            provider = Provider(channel)
            request = provider_pb2.ConfigureRequest(variables={"kubernetes:config:kubeconfig": str(kubeconfig)})
            assert provider.Configure(request).supportsPreview
            yield provider
        server.stop(grace=None).wait()


def refusal(call: Callable[..., object], *arguments: object, **options: object) -> grpc.Call:
    with pytest.raises(grpc.RpcError) as error:
        call(*arguments, **options)
    assert isinstance(error.value, grpc.Call)
    assert error.value.code() is grpc.StatusCode.UNKNOWN
    return error.value


def sentence(call: Callable[..., object], *arguments: object, **options: object) -> str:
    details = refusal(call, *arguments, **options).details()
    assert details is not None
    return details


@pytest.fixture
def provider(plane: ControlPlane) -> Iterator[Provider]:
    with provider_of(plane.kubeconfig) as provider:
        yield provider


@pytest.fixture
def namespace(provider: Provider) -> str:
    name = f"test-{next(_numbers)}"
    create(provider, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    return name


def create(provider: Provider, manifest: Manifest, seconds: float = 60) -> provider_pb2.CreateResponse:
    request = provider_pb2.CreateRequest(properties=to_struct(manifest), timeout=seconds)
    response: provider_pb2.CreateResponse = provider.Create(request)
    return response


def delete(provider: Provider, manifest: Manifest, seconds: float = 60) -> None:
    provider.Delete(provider_pb2.DeleteRequest(old_inputs=to_struct(manifest), timeout=seconds))


def deployment(namespace: str, name: str = "web", image: str = "image:1") -> Manifest:
    labels = {"app.kubernetes.io/name": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": image}]}},
        },
    }


def config_map(namespace: str, **data: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": namespace},
        "data": data,
    }


def test_no_kubeconfig_is_one_sentence(tmp_path: Path) -> None:
    with provider_of(tmp_path / "missing") as provider:
        said = sentence(create, provider, config_map("default"))
    assert re.fullmatch(r"No cluster: .*; set kubernetes:kubeconfig or KUBECONFIG\.", said)


def test_a_server_that_does_not_answer_is_named(plane: ControlPlane) -> None:
    text = plane.kubeconfig.read_text().replace(plane.url, "https://127.0.0.1:1")
    with provider_of(text) as provider:
        said = sentence(create, provider, config_map("default"))
    assert said.startswith("ConfigMap default/settings: https://127.0.0.1:1 does not answer: ")


def test_an_unknown_kind_is_refused(provider: Provider) -> None:
    said = sentence(create, provider, config_map("default") | {"kind": "Nothing"})
    assert said == "Nothing default/settings: this cluster has no such kind in v1"


def test_an_unknown_field_is_refused_and_nothing_made(provider: Provider, namespace: str) -> None:
    said = sentence(create, provider, config_map(namespace) | {"date": {}})
    assert re.match(rf"ConfigMap {namespace}/settings: .*field not declared in schema", said)
    assert provider.Read(provider_pb2.ReadRequest(id="x", inputs=to_struct(config_map(namespace)))).id == ""


def test_a_missing_namespace_is_named(provider: Provider) -> None:
    said = sentence(create, provider, config_map("nowhere"))
    assert said == 'ConfigMap nowhere/settings: namespaces "nowhere" not found'


def test_an_object_without_a_name_is_refused(provider: Provider) -> None:
    request = provider_pb2.CheckRequest(news=to_struct({"apiVersion": "v1", "kind": "ConfigMap"}))
    (failure,) = provider.Check(request).failures
    assert (failure.property, failure.reason) == ("metadata.name", "give the object a name")


def test_what_another_manager_has_set_is_not_taken_over(
    provider: Provider, namespace: str, plane: ControlPlane
) -> None:
    create(provider, config_map(namespace, a="ours"))
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings?fieldManager=other"
    plane.request("PATCH", path, {"data": {"a": "theirs"}})
    said = sentence(create, provider, config_map(namespace, a="ours"))
    assert said.startswith(f'ConfigMap {namespace}/settings: Apply failed with 1 conflict: conflict with "other"')


def test_a_rollout_that_fails_is_recorded_and_explained(
    provider: Provider, namespace: str, kubelet: PlayedKubelet
) -> None:
    kubelet.broken.add("web")
    error = refusal(create, provider, deployment(namespace), seconds=3)
    said = error.details()
    assert said is not None
    assert said.startswith(f"Deployment {namespace}/web is not rolled out after 3 s: 0 of 1 pods ready; pod web-")
    assert said.endswith(" waits: ImagePullBackOff: no such image.")
    recorded = provider_pb2.ErrorResourceInitFailed()
    status = dict(error.trailing_metadata())["grpc-status-details-bin"]
    assert isinstance(status, bytes)
    (detail,) = status_pb2.Status.FromString(status).details
    assert detail.Unpack(recorded)
    assert (recorded.id, list(recorded.reasons)) == (f"{namespace}/web", [said])
    assert from_struct(recorded.inputs) == deployment(namespace)


def test_an_interrupt_ends_the_wait(provider: Provider, namespace: str, kubelet: PlayedKubelet) -> None:
    kubelet.broken.add("web")
    request = provider_pb2.CreateRequest(properties=to_struct(deployment(namespace)), timeout=600)
    waiting = provider.Create.future(request)
    provider.Cancel(empty_pb2.Empty())
    assert "is not rolled out when cancelled" in sentence(waiting.result)


def test_a_deployment_is_made_once_its_pods_are_ready(
    provider: Provider, namespace: str, kubelet: PlayedKubelet
) -> None:
    response = create(provider, deployment(namespace))
    assert response.id == f"{namespace}/web"
    live = from_struct(response.properties)
    assert live["status"]["availableReplicas"] == 1
    assert "managedFields" not in live["metadata"]


def test_making_it_again_changes_nothing(provider: Provider, namespace: str, kubelet: PlayedKubelet) -> None:
    before = from_struct(create(provider, deployment(namespace)).properties)
    again = from_struct(create(provider, deployment(namespace)).properties)
    assert again["metadata"]["generation"] == before["metadata"]["generation"]
    assert again["metadata"]["uid"] == before["metadata"]["uid"]


def test_a_preview_makes_nothing(provider: Provider, plane: ControlPlane, namespace: str) -> None:
    request = provider_pb2.CreateRequest(properties=to_struct(config_map(namespace, a="1")), preview=True)
    assert from_struct(provider.Create(request).properties) == config_map(namespace, a="1")
    assert not plane.exists(f"/api/v1/namespaces/{namespace}/configmaps/settings")


def test_an_update_changes_what_differs_and_drops_what_is_gone(provider: Provider, namespace: str) -> None:
    create(provider, config_map(namespace, a="1", b="1"))
    request = provider_pb2.UpdateRequest(news=to_struct(config_map(namespace, a="2")))
    assert from_struct(provider.Update(request).properties)["data"] == {"a": "2"}


def test_an_update_waits_for_the_new_pods(provider: Provider, namespace: str, kubelet: PlayedKubelet) -> None:
    create(provider, deployment(namespace))
    request = provider_pb2.UpdateRequest(news=to_struct(deployment(namespace, image="image:2")), timeout=60)
    live = from_struct(provider.Update(request).properties)
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "image:2"
    assert (live["status"]["updatedReplicas"], live["status"]["replicas"]) == (1, 1)


def test_a_changed_selector_makes_the_deployment_anew(provider: Provider) -> None:
    old, new = deployment("n"), deployment("n")
    new["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    diff = provider.Diff(provider_pb2.DiffRequest(old_inputs=to_struct(old), news=to_struct(new)))
    assert diff.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(diff.replaces) == [
        "spec.selector.matchLabels.app",
        "spec.selector.matchLabels.app.kubernetes.io/name",
    ]
    assert diff.deleteBeforeReplace


def test_no_difference_is_no_change(provider: Provider) -> None:
    same = to_struct(deployment("n"))
    diff = provider.Diff(provider_pb2.DiffRequest(old_inputs=same, news=same))
    assert diff.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_refresh_finds_drift(provider: Provider, namespace: str, plane: ControlPlane) -> None:
    create(provider, config_map(namespace, a="ours"))
    plane.request("PATCH", f"/api/v1/namespaces/{namespace}/configmaps/settings", {"data": {"a": "theirs"}})
    request = provider_pb2.ReadRequest(id=f"{namespace}/settings", inputs=to_struct(config_map(namespace, a="ours")))
    read = provider.Read(request)
    assert (read.id, from_struct(read.inputs)["data"]) == (f"{namespace}/settings", {"a": "theirs"})


def test_deleting_waits_until_the_object_and_its_pods_are_gone(
    provider: Provider, namespace: str, kubelet: PlayedKubelet, plane: ControlPlane
) -> None:
    create(provider, deployment(namespace))
    delete(provider, deployment(namespace))
    assert not plane.exists(f"/apis/apps/v1/namespaces/{namespace}/deployments/web")
    assert plane.request("GET", f"/api/v1/namespaces/{namespace}/pods")["items"] == []


def test_deleting_what_is_gone_succeeds(provider: Provider, namespace: str, plane: ControlPlane) -> None:
    delete(provider, config_map(namespace))
    assert not plane.exists(f"/api/v1/namespaces/{namespace}/configmaps/settings")


def test_an_object_that_something_holds_is_named(provider: Provider, namespace: str, plane: ControlPlane) -> None:
    create(provider, config_map(namespace))
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    plane.request("PATCH", path, {"metadata": {"finalizers": ["example.org/held"]}})
    said = sentence(delete, provider, config_map(namespace), seconds=1)
    assert said == (
        f"ConfigMap {namespace}/settings is not deleted after 1 s: something still uses it or holds a finalizer."
    )
    plane.request("PATCH", path, {"metadata": {"finalizers": None}})
