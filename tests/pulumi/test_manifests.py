"""What a stand-in says of a change, without a cluster."""

from typing import Any

import pytest
from pulumi_stand_ins.manifests import differences, from_struct, is_immutable, object_id, projected, to_struct

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "a", "namespace": "n"},
    "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "c", "image": "i:1"}]}}},
}


def test_numbers_survive_the_protocol_as_integers() -> None:
    numbers = from_struct(to_struct({"replicas": 1, "share": 0.5}))
    assert [(key, type(value)) for key, value in sorted(numbers.items())] == [("replicas", int), ("share", float)]


def test_the_same_manifest_has_no_differences() -> None:
    assert list(differences(DEPLOYMENT, from_struct(to_struct(DEPLOYMENT)))) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": {"b": [{"c": 1}]}}, {"a": {"b": [{"c": 2}]}}, [("a.b[0].c", "update")]),
        ({"a": [1]}, {"a": [1, 2]}, [("a", "update")]),
        ({"a": 1}, {"b": 1}, [("a", "delete"), ("b", "add")]),
        ({"a": {}}, {"a": None}, [("a", "update")]),
    ],
)
def test_differences_name_the_path(old: object, new: object, expected: list[tuple[str, str]]) -> None:
    assert list(differences(old, new)) == expected


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        ("Service", "metadata.name", True),
        ("Service", "metadata.labels", False),
        ("Deployment", "spec.selector.matchLabels.a", True),
        ("Deployment", "spec.selectors", False),
        ("Deployment", "spec.template.spec.containers[0].image", False),
        ("PersistentVolumeClaim", "spec.accessModes[0]", True),
        ("PersistentVolumeClaim", "spec.resources.requests.storage", False),
    ],
)
def test_a_new_object_only_where_the_api_refuses_to_change_it(kind: str, path: str, expected: bool) -> None:
    assert is_immutable(kind, path) is expected


def test_an_id_names_the_namespace_if_there_is_one() -> None:
    assert object_id(DEPLOYMENT) == "n/a"
    assert object_id({"metadata": {"name": "n"}}) == "n"


def test_a_refresh_shows_drift_and_no_defaults() -> None:
    live = {"spec": {"replicas": 3, "strategy": {}, "ports": [{"port": 80, "protocol": "TCP"}]}, "status": {}}
    assert projected({"spec": {"replicas": 1, "ports": [{"port": 80}]}}, live) == {
        "spec": {"replicas": 3, "ports": [{"port": 80}]}
    }


def test_a_refresh_keeps_what_the_server_leaves_out_for_being_empty() -> None:
    inputs = {"spec": {"volumes": [], "storageClassName": "", "selector": {}, "replicas": 1, "paused": True}}
    assert projected(inputs, {"spec": {"replicas": 1}}) == {
        "spec": {"volumes": [], "storageClassName": "", "selector": {}, "replicas": 1}
    }
