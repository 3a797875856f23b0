"""Where a workload runs: the labels and the taint that a federation gives its nodes, owned and rented alike."""

from dataclasses import dataclass

from pulumi_kubernetes.core.v1 import (
    NodeSelectorArgs,
    NodeSelectorRequirementArgs,
    NodeSelectorTermArgs,
    TolerationArgs,
    VolumeNodeAffinityArgs,
)

# The prefix that a kubelet is forbidden to set on its own node: a rented machine can't claim to be elsewhere.
LABEL_PREFIX = "node-restriction.kubernetes.io/decenter-"
REGION_LABEL = f"{LABEL_PREFIX}region"
RENTED_TAINT = "decenter.io/rented"


@dataclass(frozen=True)
class Region:
    """A named place. `name` is as people write it (`SEOUL-KETI`); nodes carry it in lower case."""

    name: str

    @property
    def label(self) -> str:
        """The value of the region's label and taint."""
        return self.name.lower()

    @property
    def node_selector(self) -> dict[str, str]:
        """Labels that a node has if, and only if, it stands in this region."""
        return {REGION_LABEL: self.label}

    @property
    def toleration(self) -> TolerationArgs:
        """Consent to run on this region's rented nodes; the buyer's own carry no taint, and it says nothing to them."""
        return TolerationArgs(key=RENTED_TAINT, operator="Equal", value=self.label, effect="NoSchedule")

    @property
    def volume_affinity(self) -> VolumeNodeAffinityArgs:
        """The region as a persistent volume names the nodes that can reach it."""
        requirement = NodeSelectorRequirementArgs(key=REGION_LABEL, operator="In", values=[self.label])
        return VolumeNodeAffinityArgs(
            required=NodeSelectorArgs(node_selector_terms=[NodeSelectorTermArgs(match_expressions=[requirement])])
        )


@dataclass(frozen=True)
class Device:
    """What a workload must be near, such as the camera `camkor1` of kind `ip-camera`."""

    name: str
    kind: str

    @property
    def node_selector(self) -> dict[str, str]:
        """The label of the nodes that share a network with the device."""
        return {f"{LABEL_PREFIX}device-{self.name}": self.kind}
