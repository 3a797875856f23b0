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
from decenter_pulumi.workload import (
    OPERATIONS_PORT,
    ROLLOUT_SECONDS,
    SECRETS_DIRECTORY,
    bound,
    labels,
    needs,
    pod,
    secret_mount,
    secret_volume,
    selector,
    unprivileged,
)

PORT = 8080
REPOSITORY_SECRET = "repository"  # noqa: S105 a name
TOKEN_SECRET = "webserver"  # noqa: S105 a name


@dataclass(frozen=True)
class WebserverArgs:
    """What a Webserver is made from; people reach it on any node's address at `node_port`.

    `access` says who may see the texts: `token` (Secret `webserver`, key `token`), `proxy` (whom one of the
    `proxies`, networks separated by commas, names in X-Forwarded-User), or `open`.
    """

    namespace: pulumi.Input[str]
    image: str
    region: Region
    node_port: int
    repository_url: pulumi.Input[str]
    access: str = "token"
    proxies: str = ""
    keep_days: int = 30
    keep_count: int = 10_000
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
                template=pod(name, args.region, _container(args), volumes=[secret_volume(s) for s in _secrets(args)]),
            ),
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=bound(args.rollout_seconds)),
        )
        self.register_outputs({})


def _container(args: WebserverArgs) -> ContainerArgs:
    alive = HTTPGetActionArgs(path="/healthz", port="operations")
    return ContainerArgs(
        name="webserver",
        image=args.image,
        env=[
            EnvVarArgs(name="REPOSITORY_URL", value=args.repository_url),
            EnvVarArgs(name="REPOSITORY_PASSWORD_FILE", value=f"{SECRETS_DIRECTORY}/{REPOSITORY_SECRET}/password"),
            EnvVarArgs(name="ACCESS", value=args.access),
            EnvVarArgs(name="ACCESS_PROXIES", value=args.proxies),
            EnvVarArgs(name="ACCESS_TOKEN_FILE", value=f"{SECRETS_DIRECTORY}/{TOKEN_SECRET}/token"),
            EnvVarArgs(name="KEEP_DAYS", value=str(args.keep_days)),
            EnvVarArgs(name="KEEP_COUNT", value=str(args.keep_count)),
        ],
        ports=[
            ContainerPortArgs(name="http", container_port=PORT),
            ContainerPortArgs(name="operations", container_port=OPERATIONS_PORT),
        ],
        # Alive is ready: while the Repository is away, a page that says so is better than none.
        readiness_probe=ProbeArgs(http_get=alive, period_seconds=2, timeout_seconds=2),
        liveness_probe=ProbeArgs(http_get=alive, initial_delay_seconds=10, timeout_seconds=5),
        resources=needs(cpu="20m", memory="64Mi", memory_limit="128Mi"),
        security_context=unprivileged(),
        volume_mounts=[secret_mount(secret) for secret in _secrets(args)],
    )


def _secrets(args: WebserverArgs) -> tuple[str, ...]:
    return (REPOSITORY_SECRET, TOKEN_SECRET) if args.access == "token" else (REPOSITORY_SECRET,)
