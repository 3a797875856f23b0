"""Components that run the parts of an application in the regions where they belong."""

from decenter_pulumi.isolation import Isolation, IsolationArgs
from decenter_pulumi.placement import Device, Region
from decenter_pulumi.processor import Processor, ProcessorArgs
from decenter_pulumi.repository import Repository, RepositoryArgs
from decenter_pulumi.webserver import Webserver, WebserverArgs
from decenter_pulumi.workload import ROLLOUT_SECONDS

__all__ = [
    "ROLLOUT_SECONDS",
    "Device",
    "Isolation",
    "IsolationArgs",
    "Processor",
    "ProcessorArgs",
    "Region",
    "Repository",
    "RepositoryArgs",
    "Webserver",
    "WebserverArgs",
]
