"""The Processor: reads one camera's signs in the camera's own region and sends the text to the Repository."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgs, DeploymentStrategyArgs
from pulumi_kubernetes.core.v1 import (
    ContainerArgs,
    ContainerPortArgs,
    EmptyDirVolumeSourceArgs,
    EnvVarArgs,
    HTTPGetActionArgs,
    ProbeArgs,
    SecretVolumeSourceArgs,
    VolumeArgs,
    VolumeMountArgs,
)
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from decenter_pulumi.placement import Device, Region
from decenter_pulumi.workload import (
    OPERATIONS_PORT,
    ROLLOUT_SECONDS,
    SECRETS_DIRECTORY,
    bound,
    needs,
    pod,
    secret_mount,
    secret_volume,
    selector,
    unprivileged,
)

CAMERA_DIRECTORY = "/run/secrets/camera"
SPOOL_DIRECTORY = "/var/spool/simple_ocr"
COMPONENT = "processor"
# An account that may write and not read: the node may be somebody else's.
REPOSITORY_SECRET = "repository-processor"  # noqa: S105 a name


@dataclass(frozen=True)
class ProcessorArgs:
    """What a Processor is made from.

    `languages` are Tesseract's (`kor`, `eng+kor`). The camera's address and password lie in the Secret
    `camera-<camera>`, the Repository's password for processors in `repository-processor`: both are made outside Pulumi
    so that no password enters its state. `keeps_pictures` lets crops of the texts leave the region.
    """

    namespace: pulumi.Input[str]
    image: str
    region: Region
    camera: str
    languages: str
    repository_url: pulumi.Input[str]
    keeps_pictures: bool = False
    rollout_seconds: int = ROLLOUT_SECONDS


class Processor(pulumi.ComponentResource):
    """One Deployment of one pod, beside the camera: its video never leaves the region."""

    def __init__(self, name: str, args: ProcessorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("decenter:simple_ocr:Processor", name, None, opts)

        camera = Device(args.camera, "ip-camera")
        self.deployment = Deployment(
            name,
            metadata=ObjectMetaArgs(name=name, namespace=args.namespace),
            spec=DeploymentSpecArgs(
                replicas=1,
                # One writer a camera: the old pod goes before the new one comes.
                strategy=DeploymentStrategyArgs(type="Recreate"),
                selector=selector(name),
                template=pod(
                    name,
                    args.region,
                    _container(args),
                    near=camera.node_selector,
                    component=COMPONENT,
                    volumes=[
                        VolumeArgs(
                            name="camera",
                            secret=SecretVolumeSourceArgs(secret_name=f"camera-{args.camera}", default_mode=0o440),
                        ),
                        # Frames pass through memory only: none is left on a rented disk.
                        VolumeArgs(
                            name="frames", empty_dir=EmptyDirVolumeSourceArgs(medium="Memory", size_limit="64Mi")
                        ),
                        # Texts that wait for the Repository outlive the container, and go with the pod.
                        VolumeArgs(name="spool", empty_dir=EmptyDirVolumeSourceArgs(size_limit="256Mi")),
                        secret_volume(REPOSITORY_SECRET),
                    ],
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=bound(args.rollout_seconds)),
        )
        self.register_outputs({})


def _container(args: ProcessorArgs) -> ContainerArgs:
    return ContainerArgs(
        name="processor",
        image=args.image,
        env=[
            EnvVarArgs(name="CAMERA", value=args.camera),
            EnvVarArgs(name="REGION", value=args.region.name),
            EnvVarArgs(name="LANGUAGES", value=args.languages),
            EnvVarArgs(name="REPOSITORY_URL", value=args.repository_url),
            EnvVarArgs(name="REPOSITORY_PASSWORD_FILE", value=f"{SECRETS_DIRECTORY}/{REPOSITORY_SECRET}/password"),
            EnvVarArgs(name="KEEP_PICTURES", value="yes" if args.keeps_pictures else "no"),
        ],
        ports=[ContainerPortArgs(name="operations", container_port=OPERATIONS_PORT)],
        # Ready means reading the camera: a Processor with a wrong password never counts as deployed.
        readiness_probe=ProbeArgs(
            http_get=HTTPGetActionArgs(path="/readyz", port="operations"), period_seconds=2, timeout_seconds=2
        ),
        liveness_probe=ProbeArgs(
            http_get=HTTPGetActionArgs(path="/healthz", port="operations"), period_seconds=15, timeout_seconds=5
        ),
        resources=needs(cpu="100m", memory="256Mi", memory_limit="512Mi"),
        security_context=unprivileged(),
        volume_mounts=[
            VolumeMountArgs(name="camera", mount_path=CAMERA_DIRECTORY, read_only=True),
            VolumeMountArgs(name="frames", mount_path="/tmp"),  # noqa: S108 the container's own, in memory
            VolumeMountArgs(name="spool", mount_path=SPOOL_DIRECTORY),
            secret_mount(REPOSITORY_SECRET),
        ],
    )
