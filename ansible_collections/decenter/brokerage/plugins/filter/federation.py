"""Filters that join a provider's inventory with what the chain says. Pure: lists in, lists out."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import offer_id

_LIVE = ("requested", "active")
_LABEL = "node-restriction.kubernetes.io/decenter"


def reservation_name(wanted: str, reservations: Sequence[Mapping[str, Any]]) -> str:
    """Return the name under which the inventory's reservation `wanted` is, or is to be, on the chain.

    A name is used once for ever: what the inventory calls `korea` is `korea-1` on the chain, and `korea-2` when it is
    rented again.

    Args:
        wanted: the inventory's name.
        reservations: the buyer's own, each with `name` and `state`, as reservation_info returns them.

    """
    serial = re.compile(rf"{re.escape(wanted)}-(\d+)")
    used = {int(match[1]): r for r in reservations if (match := serial.fullmatch(r["name"]))}
    newest = max(used, default=0)
    if newest and used[newest]["state"] in _LIVE:
        return f"{wanted}-{newest}"
    return f"{wanted}-{newest + 1}"


def listings(offers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the inventory's brokerage_offers as the module `offers` takes them: with a unit for each machine."""
    return [
        {**{key: value for key, value in offer.items() if key != "machines"}, "units": len(offer["machines"])}
        for offer in offers
    ]


def node_labels(region: str, tier: str, devices: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the labels of a node that stands in `region`, next to `devices` (each with `kind` and `name`).

    Their prefix is one that a kubelet is forbidden to set on its own node: a machine can't claim to be elsewhere.
    """
    return {
        f"{_LABEL}-region": region.lower(),
        f"{_LABEL}-tier": tier,
        **{f"{_LABEL}-device-{device['name']}": device["kind"] for device in devices},
    }


def rented_machines(
    reservations: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Describe the machine behind each active reservation in the terms that inventory, VPN and Kubernetes need.

    Args:
        reservations: the buyer's active ones as reservation_info returns them; one whose access could not be opened has
            no machine that could be reached, and is left out.
        wanted: the inventory's brokerage_reservations.

    Returns:
        A list of dicts: `name` (of reservation, host and node), `reservation` (its id), `address` (in the VPN, CIDR
        form), `member` (`name`, `identity` and `address`, as the VPN's roles want them), `user`, `port` and `host_key`
        (SSH), `region`, `unit` (what was offered), `labels`, `taints` (kubeadm's form) and `devices` (with what opens
        them: secret).

    Raises:
        AnsibleFilterError: a live reservation that the inventory doesn't know.

    """
    entries = {entry["name"]: entry for entry in wanted}
    machines = []
    for reservation in reservations:
        if "access" not in reservation:
            continue
        base = reservation["name"].rpartition("-")[0]
        if base not in entries:
            raise AnsibleFilterError(
                f"Reservation {reservation['name']} is live, but the inventory does not know it: "
                f"add “{base}” to brokerage_reservations, or release it first."
            )
        region = reservation["description"]["region"]
        access = reservation["access"]
        machines.append(
            {
                "name": reservation["name"],
                "reservation": reservation["id"],
                "address": entries[base]["vpn_address"],
                "member": {
                    "name": reservation["name"],
                    "identity": access["vpn"]["identity"],
                    "address": entries[base]["vpn_address"],
                },
                "user": access["ssh"]["user"],
                "port": access["ssh"]["port"],
                "host_key": access["ssh"]["host_key"],
                "region": region["name"],
                "unit": reservation["description"]["unit"],
                "labels": {
                    **node_labels(region["name"], region["tier"], access["devices"]),
                    f"{_LABEL}-reservation": reservation["id"].removeprefix("0x")[:16],
                },
                "taints": [{"key": "decenter.io/rented", "value": region["name"].lower(), "effect": "NoSchedule"}],
                "devices": access["devices"],
            }
        )
    return machines


def reachable_cameras(
    cameras: Mapping[str, Any], nodes: Iterable[Mapping[str, Any]], machines: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return those of `cameras`, settings by name, that the cluster can read.

    Next to them is one of its `nodes` (Kubernetes' objects), or one of the rented `machines` (as `rented_machines`
    describes them), which may still be about to join.
    """
    labels = {label for node in nodes for label in node["metadata"]["labels"]}
    labels.update(label for machine in machines for label in machine["labels"])
    return {name: settings for name, settings in cameras.items() if f"{_LABEL}-device-{name}" in labels}


def unservable(reservations: Sequence[Mapping[str, Any]], drivers: Sequence[str]) -> list[dict[str, Any]]:
    """Return the requested reservations that no machine of ours can serve, each with `reason`, a sentence.

    Buyers are strangers: one who asks for nonsense is declined, and can't keep the others waiting.

    Args:
        reservations: the seller's live ones as reservation_info returns them, requests opened.
        drivers: the VPNs that this seller's machines can join.

    """
    found = []
    for reservation in reservations:
        if reservation["state"] != "requested":
            continue
        if "request" not in reservation:
            reason = reservation["request_error"]
        elif reservation["request"]["vpn"]["driver"] not in drivers:
            reason = f"The buyer's VPN is not one of {', '.join(drivers)}."
        elif reservation["units"] != 1:
            reason = "A request describes one machine: more are reserved one by one."
        else:
            continue
        found.append({**reservation, "reason": reason})
    return found


def handovers(
    reservations: Sequence[Mapping[str, Any]],
    offers: Sequence[Mapping[str, Any]],
    occupants: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Give each live reservation a machine of its offer: the one that serves it already, else the first free one.

    Args:
        reservations: the seller's live ones that can be served, oldest first.
        offers: the inventory's brokerage_offers, each with `name` and `machines`.
        occupants: by machine, the id of the reservation that it serves, empty for none.

    Returns:
        A list of `{machine, reservation}`.

    Raises:
        AnsibleFilterError: all machines of an offer are taken.

    """
    serving = {occupant: machine for machine, occupant in occupants.items() if occupant}
    taken = set(serving.values())
    found = []
    for reservation in reservations:
        machine = serving.get(reservation["id"])
        if machine is None:
            candidates = _machines_of(reservation, offers)
            machine = next((candidate for candidate in candidates if candidate not in taken), None)
        if machine is None:
            raise AnsibleFilterError(
                f"No machine is free for reservation {reservation['name']}: "
                "run the reclaim playbook, then this one again."
            )
        taken.add(machine)
        found.append({"machine": machine, "reservation": reservation})
    return found


def _machines_of(reservation: Mapping[str, Any], offers: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    for offer in offers:
        if offer_id(reservation["seller"], offer["name"]) == reservation["offer"]:
            return list(offer["machines"])
    return []


class FilterModule:
    """The filters' names in templates."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Map each name to its function."""
        return {
            "handovers": handovers,
            "listings": listings,
            "node_labels": node_labels,
            "reachable_cameras": reachable_cameras,
            "rented_machines": rented_machines,
            "reservation_name": reservation_name,
            "unservable": unservable,
        }
