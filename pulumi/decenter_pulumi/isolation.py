"""Who may speak to whom: each pod reaches what it works with, and nothing else reaches it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.networking.v1 import (
    IPBlockArgs,
    NetworkPolicy,
    NetworkPolicyEgressRuleArgs,
    NetworkPolicyIngressRuleArgs,
    NetworkPolicyPeerArgs,
    NetworkPolicyPortArgs,
    NetworkPolicySpecArgs,
)

from decenter_pulumi import processor, repository, webserver
from decenter_pulumi.workload import OPERATIONS_PORT, component_labels

_EVERYWHERE = [NetworkPolicyPeerArgs(ip_block=IPBlockArgs(cidr=cidr)) for cidr in ("0.0.0.0/0", "::/0")]
_EVERY_NAMESPACE = [NetworkPolicyPeerArgs(namespace_selector=LabelSelectorArgs())]


@dataclass(frozen=True)
class IsolationArgs:
    """The namespace, and the ports at which cameras serve: their addresses lie outside the cluster."""

    namespace: pulumi.Input[str]
    camera_ports: Sequence[int] = (554, 8554)


class Isolation(pulumi.ComponentResource):
    """A policy for each part of the application, and one that closes the namespace to all else."""

    def __init__(self, name: str, args: IsolationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("decenter:simple_ocr:Isolation", name, None, opts)
        to_repository = NetworkPolicyEgressRuleArgs(to=[_pods("repository")], ports=_tcp(repository.PORT))
        names = NetworkPolicyEgressRuleArgs(
            to=_EVERY_NAMESPACE, ports=[*_tcp(53), NetworkPolicyPortArgs(protocol="UDP", port=53)]
        )
        figures = NetworkPolicyIngressRuleArgs(from_=_EVERY_NAMESPACE, ports=_tcp(OPERATIONS_PORT))
        policies: Mapping[str, NetworkPolicySpecArgs] = {
            "closed": NetworkPolicySpecArgs(pod_selector=LabelSelectorArgs(), policy_types=["Ingress", "Egress"]),
            "processor": _policy(
                processor.COMPONENT,
                ingress=[figures],
                egress=[
                    names,
                    to_repository,
                    NetworkPolicyEgressRuleArgs(to=_EVERYWHERE, ports=_tcp(*args.camera_ports)),
                ],
            ),
            "repository": _policy(
                "repository",
                ingress=[
                    NetworkPolicyIngressRuleArgs(
                        from_=[_pods(processor.COMPONENT), _pods("webserver")], ports=_tcp(repository.PORT)
                    )
                ],
                egress=[],
            ),
            "webserver": _policy(
                "webserver",
                ingress=[figures, NetworkPolicyIngressRuleArgs(from_=_EVERYWHERE, ports=_tcp(webserver.PORT))],
                egress=[names, to_repository],
            ),
        }
        for part, spec in policies.items():
            NetworkPolicy(
                f"{name}-{part}",
                metadata=ObjectMetaArgs(name=part, namespace=args.namespace),
                spec=spec,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


def _policy(
    component: str,
    *,
    ingress: Sequence[NetworkPolicyIngressRuleArgs],
    egress: Sequence[NetworkPolicyEgressRuleArgs],
) -> NetworkPolicySpecArgs:
    return NetworkPolicySpecArgs(
        pod_selector=LabelSelectorArgs(match_labels=component_labels(component)),
        policy_types=["Ingress", "Egress"],
        ingress=list(ingress),
        egress=list(egress),
    )


def _pods(component: str) -> NetworkPolicyPeerArgs:
    return NetworkPolicyPeerArgs(pod_selector=LabelSelectorArgs(match_labels=component_labels(component)))


def _tcp(*ports: int) -> list[NetworkPolicyPortArgs]:
    return [NetworkPolicyPortArgs(protocol="TCP", port=port) for port in ports]
