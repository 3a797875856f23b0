"""Manifests as plain data: to and from the protocol's structs, what differs, and what can't be changed in place."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from google.protobuf import json_format, struct_pb2

Manifest = dict[str, Any]

# What the API server refuses to change, by kind: a change there makes the object anew.
_IDENTITY = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
_IMMUTABLE: dict[str, tuple[str, ...]] = {
    "Deployment": ("spec.selector",),
    "PersistentVolume": ("spec.hostPath", "spec.local", "spec.nodeAffinity"),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.storageClassName", "spec.volumeName"),
    "StatefulSet": ("spec.podManagementPolicy", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
}

_EMPTY: tuple[object, ...] = ("", [], {})


def from_struct(struct: struct_pb2.Struct) -> Manifest:
    """Return plain data, with whole numbers as `int`: the protocol knows floats only and Kubernetes wants integers."""
    return cast("Manifest", _whole(json_format.MessageToDict(struct)))


def to_struct(values: object) -> struct_pb2.Struct:
    """Undo `from_struct`."""
    struct = struct_pb2.Struct()
    struct.update(cast("Manifest", values))
    return struct


def object_id(manifest: Manifest) -> str:
    """Return `namespace/name`, or `name` where there is no namespace: the resource's id in Pulumi's state."""
    metadata = manifest["metadata"]
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata['name']}" if namespace else metadata["name"]


def differences(old: object, new: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield paths such as `spec.template.spec.containers[0].image`, each with `add`, `delete` or `update`."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            inner = f"{path}.{key}" if path else key
            if key not in new:
                yield inner, "delete"
            elif key not in old:
                yield inner, "add"
            else:
                yield from differences(old[key], new[key], inner)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differences(before, after, f"{path}[{index}]")
    elif old != new:
        yield path, "update"


def is_immutable(kind: str, path: str) -> bool:
    """Tell whether a change at `path` needs a new object."""
    fixed = (*_IDENTITY, *_IMMUTABLE.get(kind, ()))
    return any(path == prefix or path.startswith((f"{prefix}.", f"{prefix}[")) for prefix in fixed)


def projected(inputs: object, live: object) -> object:
    """Return what `live` says about the fields in `inputs`: a refresh shows drift there, and no server's defaults.

    A field that is empty stays so: the API server leaves it out.
    """
    if isinstance(inputs, Mapping) and isinstance(live, Mapping):
        return {
            key: projected(value, live[key]) if key in live else value
            for key, value in inputs.items()
            if key in live or value in _EMPTY
        }
    if isinstance(inputs, list) and isinstance(live, list) and len(inputs) == len(live):
        return [projected(before, after) for before, after in zip(inputs, live, strict=True)]
    return live


def _whole(value: object) -> object:
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
