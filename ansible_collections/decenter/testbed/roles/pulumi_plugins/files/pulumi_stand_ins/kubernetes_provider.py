"""Stand-in for `pulumi-resource-kubernetes`: objects by server-side apply, awaited until they are rolled out.

Against the real provider it lacks: names made up for objects without one, the server's defaults in a preview, Helm,
Kustomize and YAML resources, invokes, and awaiting kinds other than Deployment and StatefulSet.
"""

# ruff: noqa: ARG002, N802 the protocol's names and signatures

import functools
import importlib.metadata
import threading
from collections.abc import Callable
from typing import NoReturn, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from pulumi_stand_ins.cluster import Cluster, ClusterError
from pulumi_stand_ins.manifests import (
    Manifest,
    differences,
    from_struct,
    is_immutable,
    object_id,
    projected,
    to_struct,
)
from pulumi_stand_ins.rollout import Wait, WaitError
from pulumi_stand_ins.server import serve

# That of the package beside it, whose resources it makes.
VERSION = f"{importlib.metadata.version('pulumi-kubernetes')}+stand-in"
DEFAULT_SECONDS = 300.0

_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}

Request = TypeVar("Request")
Response = TypeVar("Response")
Method = Callable[["KubernetesProvider", Request, grpc.ServicerContext], Response]


def _reports(method: Method[Request, Response]) -> Method[Request, Response]:
    """Turn what can go wrong in a cluster into the sentence that `pulumi` prints."""

    @functools.wraps(method)
    def wrapper(self: "KubernetesProvider", request: Request, context: grpc.ServicerContext) -> Response:
        try:
            return method(self, request, context)
        except (ClusterError, WaitError) as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    return wrapper


class KubernetesProvider(provider_pb2_grpc.ResourceProviderServicer):
    """The part of Pulumi's provider protocol that applies manifests."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._kubeconfig: str | None = None

    @functools.cached_property
    def _cluster(self) -> Cluster:
        return Cluster(self._kubeconfig)

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Say which provider this is not."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Accept the provider's configuration."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Tell changed configuration; none of it makes objects anew."""
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        return _diff("Provider", old, new)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Remember which cluster is meant; it is called when first needed."""
        self._kubeconfig = request.variables.get("kubernetes:config:kubeconfig")
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Refuse what lacks a name of its own."""
        if from_struct(request.news).get("metadata", {}).get("name"):
            return provider_pb2.CheckResponse(inputs=request.news)
        failure = provider_pb2.CheckFailure(property="metadata.name", reason="give the object a name")
        return provider_pb2.CheckResponse(inputs=request.news, failures=[failure])

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Compare what was asked for with what is asked for."""
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        return _diff(old["kind"], old, new)

    @_reports
    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Apply the object and wait for it."""
        inputs = from_struct(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        live = self._rolled_out(inputs, request.timeout, context)
        return provider_pb2.CreateResponse(id=object_id(inputs), properties=live)

    @_reports
    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Apply the object as it is wanted now and wait for it."""
        if request.preview:
            return provider_pb2.UpdateResponse(properties=request.news)
        live = self._rolled_out(from_struct(request.news), request.timeout, context)
        return provider_pb2.UpdateResponse(properties=live)

    @_reports
    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Tell how the object is now; no id where there is none any more."""
        inputs = from_struct(request.inputs)
        live = self._cluster.get(inputs or from_struct(request.properties))
        if live is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=request.id, inputs=to_struct(projected(inputs, live)), properties=_outputs(live)
        )

    @_reports
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete the object and what it owns, and wait until they are gone."""
        manifest = from_struct(request.old_inputs)
        self._cluster.delete(manifest)
        if live := self._cluster.get(manifest):
            self._wait(request.timeout).gone(live)
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """End every wait."""
        self._cancelled.set()
        return empty_pb2.Empty()

    def _wait(self, seconds: float) -> Wait:
        return Wait(self._cluster, seconds or DEFAULT_SECONDS, self._cancelled)

    def _rolled_out(self, inputs: Manifest, seconds: float, context: grpc.ServicerContext) -> struct_pb2.Struct:
        applied = self._cluster.apply(inputs)
        try:
            return _outputs(self._wait(seconds).rolled_out(applied))
        except WaitError as error:
            _abort_half_done(context, inputs, _outputs(applied), str(error))


def _outputs(live: Manifest) -> struct_pb2.Struct:
    """Return the object as the program sees it: without the server's bookkeeping of who set what."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return to_struct(live | {"metadata": metadata})


def _diff(kind: str, old: Manifest, new: Manifest) -> provider_pb2.DiffResponse:
    detailed = {
        path: provider_pb2.PropertyDiff(kind=_KINDS[change, is_immutable(kind, path)], inputDiff=True)
        for path, change in differences(old, new)
    }
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if detailed else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=sorted({path.partition(".")[0] for path in detailed}),
        replaces=sorted(path for path in detailed if is_immutable(kind, path)),
        detailedDiff=detailed,
        hasDetailedDiff=True,
        # Two objects of one name can't live side by side.
        deleteBeforeReplace=True,
    )


def _abort_half_done(
    context: grpc.ServicerContext, inputs: Manifest, outputs: struct_pb2.Struct, reason: str
) -> NoReturn:
    """Fail so that the engine records the object as made but not yet working: the next `up` waits for it again."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=object_id(inputs), properties=outputs, inputs=to_struct(inputs), reasons=[reason]
        )
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)


def main() -> None:
    """Serve the engine until it ends this process."""
    serve(functools.partial(provider_pb2_grpc.add_ResourceProviderServicer_to_server, KubernetesProvider()))
