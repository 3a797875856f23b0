"""The Repository: Redis that keeps every text in an append-only file on a volume of its region."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.apps.v1 import StatefulSet, StatefulSetSpecArgs
from pulumi_kubernetes.core.v1 import (
    CapabilitiesArgs,
    ContainerArgs,
    ContainerPortArgs,
    HostPathVolumeSourceArgs,
    ObjectReferenceArgs,
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpecArgs,
    PersistentVolumeClaimVolumeSourceArgs,
    PersistentVolumeSpecArgs,
    ProbeArgs,
    SecurityContextArgs,
    Service,
    ServicePortArgs,
    ServiceSpecArgs,
    TCPSocketActionArgs,
    VolumeArgs,
    VolumeMountArgs,
    VolumeResourceRequirementsArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from decenter_pulumi.placement import Region
from decenter_pulumi.workload import (
    ROLLOUT_SECONDS,
    USER_ID,
    bound,
    labels,
    needs,
    pod,
    secret_mount,
    secret_volume,
    selector,
    unprivileged,
)

PORT = 6379
DATA_DIRECTORY = "/data"
_SECRETS = ("repository", "repository-processor")


@dataclass(frozen=True)
class RepositoryArgs:
    """What a Repository is made from; `directory` is where its region's node keeps the texts."""

    namespace: pulumi.Input[str]
    image: str
    region: Region
    directory: str
    storage: str = "1Gi"
    rollout_seconds: int = ROLLOUT_SECONDS


class Repository(pulumi.ComponentResource):
    """A volume bound to the region's node, one Redis on it, and the service `name` inside the cluster.

    Its passwords lie in the Secrets `repository` and `repository-processor`, which are made outside Pulumi.
    `processor_url` is for processors, whose account may write and not read.
    """

    url: str
    processor_url: str

    def __init__(self, name: str, args: RepositoryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("decenter:simple_ocr:Repository", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        self.volume = PersistentVolume(
            name,
            metadata=ObjectMetaArgs(name=pulumi.Output.concat(args.namespace, "-", name)),
            spec=PersistentVolumeSpecArgs(
                capacity={"storage": args.storage},
                access_modes=["ReadWriteOnce"],
                persistent_volume_reclaim_policy="Retain",
                storage_class_name="",
                claim_ref=ObjectReferenceArgs(namespace=args.namespace, name=name),
                host_path=HostPathVolumeSourceArgs(path=args.directory, type="DirectoryOrCreate"),
                node_affinity=args.region.volume_affinity,
            ),
            opts=child,
        )
        self.claim = PersistentVolumeClaim(
            name,
            metadata=ObjectMetaArgs(name=name, namespace=args.namespace),
            spec=PersistentVolumeClaimSpecArgs(
                access_modes=["ReadWriteOnce"],
                # The empty class: this claim waits for the volume above and never for a provisioner.
                storage_class_name="",
                volume_name=self.volume.metadata.apply(lambda metadata: metadata.name or ""),
                resources=VolumeResourceRequirementsArgs(requests={"storage": args.storage}),
            ),
            opts=child,
        )
        self.service = Service(
            name,
            metadata=ObjectMetaArgs(name=name, namespace=args.namespace),
            spec=ServiceSpecArgs(
                selector=labels(name), ports=[ServicePortArgs(name="redis", port=PORT, target_port="redis")]
            ),
            opts=child,
        )
        self.stateful_set = StatefulSet(
            name,
            metadata=ObjectMetaArgs(name=name, namespace=args.namespace),
            spec=StatefulSetSpecArgs(
                # A set, not a Deployment: never two Redis on one file.
                replicas=1,
                service_name=name,
                selector=selector(name),
                template=pod(
                    name,
                    args.region,
                    _redis(args.image),
                    init_containers=[_owner(args.image)],
                    volumes=[
                        VolumeArgs(
                            name="data",
                            persistent_volume_claim=PersistentVolumeClaimVolumeSourceArgs(claim_name=name),
                        ),
                        *(secret_volume(secret) for secret in _SECRETS),
                    ],
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[self.claim], custom_timeouts=bound(args.rollout_seconds)
            ),
        )
        self.url = f"redis://{name}:{PORT}/0"
        self.processor_url = f"redis://processor@{name}:{PORT}/0"
        self.register_outputs({"url": self.url})


def _redis(image: str) -> ContainerArgs:
    return ContainerArgs(
        name="repository",
        image=image,
        ports=[ContainerPortArgs(name="redis", container_port=PORT)],
        readiness_probe=ProbeArgs(tcp_socket=TCPSocketActionArgs(port="redis"), period_seconds=2),
        liveness_probe=ProbeArgs(tcp_socket=TCPSocketActionArgs(port="redis"), initial_delay_seconds=10),
        resources=needs(cpu="20m", memory="64Mi", memory_limit="256Mi"),
        security_context=unprivileged(),
        volume_mounts=[
            VolumeMountArgs(name="data", mount_path=DATA_DIRECTORY),
            *(secret_mount(secret) for secret in _SECRETS),
        ],
    )


def _owner(image: str) -> ContainerArgs:
    """Hand the directory to Redis' account: Kubernetes makes it as root and applies no group to a host's path."""
    return ContainerArgs(
        name="owner",
        image=image,
        command=["chown", f"{USER_ID}:{USER_ID}", DATA_DIRECTORY],
        resources=needs(cpu="20m", memory="16Mi", memory_limit="64Mi"),
        security_context=SecurityContextArgs(
            run_as_user=0,
            run_as_non_root=False,
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=CapabilitiesArgs(drop=["ALL"], add=["CHOWN"]),
        ),
        volume_mounts=[VolumeMountArgs(name="data", mount_path=DATA_DIRECTORY)],
    )
