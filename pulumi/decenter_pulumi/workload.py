"""How every pod of an application runs: in its region, unprivileged, without access to the cluster's API."""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_kubernetes.core.v1 import (
    CapabilitiesArgs,
    ContainerArgs,
    PodSecurityContextArgs,
    PodSpecArgs,
    PodTemplateSpecArgs,
    ResourceRequirementsArgs,
    SeccompProfileArgs,
    SecretVolumeSourceArgs,
    SecurityContextArgs,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs

from decenter_pulumi.placement import Region

# The account that the application's images run as.
USER_ID = 10001

# Where each service answers /healthz, /readyz and /metrics; no Service opens it to the outside.
OPERATIONS_PORT = 8081

SECRETS_DIRECTORY = "/run/secrets"

# Long enough to pull an image across the world, short enough to learn of a mistake.
ROLLOUT_SECONDS = 180


def labels(name: str) -> dict[str, str]:
    """Name the labels of the workload `name`, by which its controller and its service find its pods."""
    return {"app.kubernetes.io/name": name}


def component_labels(component: str) -> dict[str, str]:
    """Name the label that all workloads of one kind share, by which network policies find their pods."""
    return {"app.kubernetes.io/component": component}


def selector(name: str) -> LabelSelectorArgs:
    """Select the pods of the workload `name`."""
    return LabelSelectorArgs(match_labels=labels(name))


def bound(seconds: int) -> pulumi.CustomTimeouts:
    """Bound the wait for a rollout."""
    return pulumi.CustomTimeouts(create=f"{seconds}s", update=f"{seconds}s")


def needs(*, cpu: str, memory: str, memory_limit: str) -> ResourceRequirementsArgs:
    """Resources of a container: no CPU limit, since reading a frame late is better than throttling an idle core."""
    return ResourceRequirementsArgs(requests={"cpu": cpu, "memory": memory}, limits={"memory": memory_limit})


def unprivileged() -> SecurityContextArgs:
    """Nothing but its own files and sockets."""
    return SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=CapabilitiesArgs(drop=["ALL"]),
    )


def secret_volume(name: str) -> VolumeArgs:
    """Mount the Secret `name`, which is made outside Pulumi so that it does not enter its state."""
    return VolumeArgs(name=name, secret=SecretVolumeSourceArgs(secret_name=name, default_mode=0o440))


def secret_mount(name: str) -> VolumeMountArgs:
    """Where a container finds the Secret `name`: one file a key."""
    return VolumeMountArgs(name=name, mount_path=f"{SECRETS_DIRECTORY}/{name}", read_only=True)


def pod(
    name: str,
    region: Region,
    container: ContainerArgs,
    *,
    volumes: Sequence[VolumeArgs] = (),
    init_containers: Sequence[ContainerArgs] = (),
    near: Mapping[str, str] | None = None,
    component: str | None = None,
) -> PodTemplateSpecArgs:
    """Describe a pod of the workload `name` in `region`, on a node that also carries the labels `near`."""
    return PodTemplateSpecArgs(
        metadata=ObjectMetaArgs(labels=labels(name) | component_labels(component or name)),
        spec=PodSpecArgs(
            node_selector=region.node_selector | dict(near or {}),
            tolerations=[region.toleration],
            # A rented node is another's machine: no token of the cluster may lie on it.
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=PodSecurityContextArgs(
                run_as_non_root=True,
                run_as_user=USER_ID,
                run_as_group=USER_ID,
                fs_group=USER_ID,
                seccomp_profile=SeccompProfileArgs(type="RuntimeDefault"),
            ),
            init_containers=list(init_containers),
            containers=[container],
            volumes=list(volumes),
        ),
    )
