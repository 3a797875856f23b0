"""A Kubernetes API server, spoken to in plain manifests."""

import contextlib
import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import urllib3
import yaml
from kubernetes import config
from kubernetes.client import ApiClient, Configuration
from kubernetes.client.rest import RESTResponse

from pulumi_stand_ins.manifests import Manifest, object_id

FIELD_MANAGER = "pulumi-kubernetes"
_TIMEOUT_SECONDS = 30
_APPLY_HEADERS = {"Content-Type": "application/apply-patch+yaml"}
_APPLY_QUERY = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}


class ClusterError(Exception):
    """The API server can't be reached or refuses: one sentence, and its HTTP status (0 without an answer)."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Cluster:
    """The API server of a kubeconfig: its path, its text, or whatever `kubectl` would use."""

    def __init__(self, kubeconfig: str | None) -> None:
        try:
            self._api = _connect(kubeconfig)
        except (config.ConfigException, OSError, yaml.YAMLError) as error:
            raise ClusterError(f"No cluster: {error}; set kubernetes:kubeconfig or KUBECONFIG.") from error

    def apply(self, manifest: Manifest) -> Manifest:
        """Make the object so by server-side apply, and return it as it now is."""
        with _about(manifest):
            return _parsed(self._request("PATCH", self._path(manifest), _APPLY_QUERY, body=manifest))

    def get(self, manifest: Manifest) -> Manifest | None:
        """Return the live object that `manifest` names; None where there is none."""
        try:
            with _about(manifest):
                return _parsed(self._request("GET", self._path(manifest)))
        except ClusterError as error:
            if error.status == 404:
                return None
            raise

    def delete(self, manifest: Manifest) -> None:
        """Ask for the end of all that the object owns and then its own; silent where there is none."""
        try:
            with _about(manifest):
                self._request("DELETE", self._path(manifest), {"propagationPolicy": "Foreground"})
        except ClusterError as error:
            if error.status != 404:
                raise

    def watch(self, live: Manifest, seconds: int) -> Iterator[Manifest | None]:
        """Yield `live` as it changes during `seconds`, and None once it is gone."""
        query = {
            "watch": "true",
            "timeoutSeconds": str(seconds),
            "resourceVersion": live["metadata"]["resourceVersion"],
            "fieldSelector": f"metadata.name={live['metadata']['name']}",
        }
        response = self._request("GET", self._collection(live), query, timeout=seconds + _TIMEOUT_SECONDS)
        for line in _lines(response.response):
            event = json.loads(line)
            if event["type"] == "ERROR":
                return
            yield None if event["type"] == "DELETED" else event["object"]

    def pods(self, live: Manifest) -> list[Manifest]:
        """Return the pods of a workload, by its selector."""
        selector = ",".join(f"{key}={value}" for key, value in live["spec"]["selector"]["matchLabels"].items())
        path = f"/api/v1/namespaces/{live['metadata']['namespace']}/pods"
        return cast("list[Manifest]", _parsed(self._request("GET", path, {"labelSelector": selector}))["items"])

    def last_line(self, pod: Manifest) -> str:
        """Return the last line that the pod has logged; empty where there is none to be had."""
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/log"
        try:
            return _text(self._request("GET", path, {"tailLines": "1"}))
        except ClusterError:
            return ""

    def _path(self, manifest: Manifest) -> str:
        return f"{self._collection(manifest)}/{manifest['metadata']['name']}"

    def _collection(self, manifest: Manifest) -> str:
        version, kind = manifest["apiVersion"], manifest["kind"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        kinds = self._kinds(root)
        if kind not in kinds:
            raise ClusterError(f"this cluster has no such kind in {version}", 404)
        plural, namespaced = kinds[kind]
        if not namespaced:
            return f"{root}/{plural}"
        return f"{root}/namespaces/{manifest['metadata'].get('namespace', 'default')}/{plural}"

    @functools.cache  # noqa: B019 one cluster lives as long as the process
    def _kinds(self, root: str) -> dict[str, tuple[str, bool]]:
        resources = _parsed(self._request("GET", root))["resources"]
        return {item["kind"]: (item["name"], item["namespaced"]) for item in resources if "/" not in item["name"]}

    def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        body: Manifest | None = None,
        timeout: int = _TIMEOUT_SECONDS,
    ) -> RESTResponse:
        serialized = self._api.param_serialize(
            method,
            path,
            query_params=list((query or {}).items()),
            header_params={"Accept": "application/json"} | (_APPLY_HEADERS if body else {}),
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            response = self._api.call_api(*serialized, _request_timeout=timeout)
        except urllib3.exceptions.HTTPError as error:
            raise ClusterError(f"{self._api.configuration.host} does not answer: {error}") from error
        if response.status >= 400:
            raise ClusterError(_reason(response), response.status)
        return response


def _connect(kubeconfig: str | None) -> ApiClient:
    client = Configuration()
    if kubeconfig and "\n" in kubeconfig:
        config.load_kube_config_from_dict(yaml.safe_load(kubeconfig), client_configuration=client)  # type: ignore[no-untyped-call]
    else:
        path = str(Path(kubeconfig).expanduser()) if kubeconfig else None
        config.load_kube_config(path, client_configuration=client)  # type: ignore[no-untyped-call]
    return ApiClient(client)


@contextlib.contextmanager
def _about(manifest: Manifest) -> Iterator[None]:
    try:
        yield
    except ClusterError as error:
        raise ClusterError(f"{manifest['kind']} {object_id(manifest)}: {error}", error.status) from error


def _text(response: RESTResponse) -> str:
    return cast("bytes", response.response.data).decode(errors="replace").strip()


def _parsed(response: RESTResponse) -> Manifest:
    return cast("Manifest", json.loads(_text(response)))


def _lines(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    rest = b""
    for chunk in response.stream():
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines


def _reason(response: RESTResponse) -> str:
    text = _text(response)
    try:
        return cast("str", json.loads(text)["message"])
    except (ValueError, KeyError):
        return f"HTTP {response.status}: {text}"
