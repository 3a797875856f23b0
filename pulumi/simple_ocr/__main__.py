"""simple_ocr across regions: Repository and Webserver in one, a Processor beside each camera."""

import pulumi
from decenter_pulumi import (
    Isolation,
    IsolationArgs,
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

# Baseline, not restricted: as root, a container of the Repository hands a host's directory to Redis' account.
pod_security = {"pod-security.kubernetes.io/enforce": "baseline", "pod-security.kubernetes.io/warn": "restricted"}
home = Namespace("home", metadata=ObjectMetaArgs(name=settings.namespace, labels=pod_security))
namespace = home.metadata.apply(lambda metadata: metadata.name or "")

Isolation("isolation", IsolationArgs(namespace=namespace))

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
        access=settings.webserver.access,
        proxies=settings.webserver.proxies,
        keep_days=settings.webserver.keep_days,
        keep_count=settings.webserver.keep_count,
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
            repository_url=repository.processor_url,
            keeps_pictures=camera.keeps_pictures,
            rollout_seconds=settings.rollout_seconds,
        ),
    )

pulumi.export("url", settings.webserver.url)
