"""simple_ocr across regions: Repository and Webserver in one, a Processor beside each camera."""

import pulumi
from decenter_pulumi import (
    Processor,
    ProcessorArgs,
    Repository,
    RepositoryArgs,
    Webserver,
    WebserverArgs,
)
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from settings import Settings

settings = Settings.of(pulumi.Config())

home = Namespace("home", metadata=ObjectMetaArgs(name=settings.namespace))
namespace = home.metadata.apply(lambda metadata: metadata.name or "")

repository = Repository(
    "repository",
    RepositoryArgs(
        namespace=namespace,
        image=settings.images.repository,
        region=settings.repository.region,
        directory=settings.repository.directory,
        rollout_seconds=settings.rollout_seconds,
    ),
)

Webserver(
    "webserver",
    WebserverArgs(
        namespace=namespace,
        image=settings.images.webserver,
        region=settings.webserver.region,
        node_port=settings.webserver.node_port,
        repository_url=repository.url,
        rollout_seconds=settings.rollout_seconds,
    ),
)

for camera in settings.cameras:
    Processor(
        f"processor-{camera.name}",
        ProcessorArgs(
            namespace=namespace,
            image=settings.images.processor,
            region=camera.region,
            camera=camera.name,
            languages=camera.languages,
            repository_url=repository.url,
            rollout_seconds=settings.rollout_seconds,
        ),
    )

pulumi.export("url", settings.webserver.url)
