"""The Webserver: the page that lists the newest texts by camera."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgs
from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    ContainerPortArgs,
    EnvVarArgs,
    HTTPGetActionArgs,
    ProbeArgs,
    Service,
    ServicePortArgs,
    ServiceSpecArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from decenter_pulumi.placement import Region
from decenter_pulumi.workload import ROLLOUT_SECONDS, bound, labels, needs, pod, selector, unprivileged

PORT = 8080


@dataclass(frozen=True)
class WebserverArgs:
    """What a Webserver is made from; people reach it on any node's address at `node_port`."""

    namespace: pulumi.Input[str]
    image: str
    region: Region
    node_port: int
    repository_url: pulumi.Input[str]
    rollout_seconds: int = ROLLOUT_SECONDS


class Webserver(pulumi.ComponentResource):
    """One Deployment of one pod, and the service that opens `node_port`."""

    def __init__(self, name: str, args: WebserverArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("decenter:simple_ocr:Webserver", name, None, opts)
        self.service = Service(
            name,
            metadata=ObjectMetaArgs(name=name, namespace=args.namespace),
            spec=ServiceSpecArgs(
                type="NodePort",
                selector=labels(name),
                ports=[ServicePortArgs(name="http", port=80, target_port="http", node_port=args.node_port)],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.deployment = Deployment(
            name,
            metadata=ObjectMetaArgs(name=name, namespace=args.namespace),
            spec=DeploymentSpecArgs(
                replicas=1,
                selector=selector(name),
                template=pod(name, args.region, _container(args)),
            ),
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=bound(args.rollout_seconds)),
        )
        self.register_outputs({})


def _container(args: WebserverArgs) -> ContainerArgs:
    alive = HTTPGetActionArgs(path="/healthz", port="http")
    return ContainerArgs(
        name="webserver",
        image=args.image,
        env=[EnvVarArgs(name="REPOSITORY_URL", value=args.repository_url)],
        ports=[ContainerPortArgs(name="http", container_port=PORT)],
        readiness_probe=ProbeArgs(http_get=alive, period_seconds=2, timeout_seconds=2),
        liveness_probe=ProbeArgs(http_get=alive, initial_delay_seconds=10, timeout_seconds=5),
        resources=needs(cpu="20m", memory="64Mi", memory_limit="128Mi"),
        security_context=unprivileged(),
    )
