"""The filters that join inventory and chain."""

from typing import Any, ClassVar

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.decenter.brokerage.plugins.filter.federation import (
    handovers,
    listings,
    node_labels,
    reachable_cameras,
    rented_machines,
    reservation_name,
    unservable,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.ids import Address, offer_id

_SELLER = Address("0x" + "5e" * 20)
_OFFERS = [{"name": "keti", "machines": ["keti-1", "keti-2"]}]


def _of(identifier: str, offer: str = "keti") -> dict[str, Any]:
    return {"id": identifier, "name": identifier, "seller": _SELLER, "offer": offer_id(_SELLER, offer)}


_RESERVATION = {
    "id": "0x0123456789abcdef" + "00" * 24,
    "name": "korea-2",
    "description": {"region": {"name": "SEOUL-KETI", "tier": "edge"}, "unit": {"cpus": 2}},
    "access": {
        "vpn": {"identity": "key"},
        "ssh": {"user": "decenter", "port": 22, "host_key": "ssh-ed25519 AAAA"},
        "devices": [{"kind": "ip-camera", "name": "camkor1", "url": "rtsp://camera/"}],
    },
}


def test_an_offer_has_as_many_units_as_machines() -> None:
    assert listings([{"name": "keti", "price": 3, "machines": ["keti-1", "keti-2"]}]) == [
        {"name": "keti", "price": 3, "units": 2}
    ]


class TestReservationName:
    @pytest.mark.parametrize(
        ("known", "expected"),
        [
            ([], "korea-1"),
            ([("korea-1", "requested")], "korea-1"),
            ([("korea-1", "active")], "korea-1"),
            ([("korea-1", "settled")], "korea-2"),
            ([("korea-9", "settled"), ("korea-10", "cancelled")], "korea-11"),
            ([("korea-1", "settled"), ("korea-2", "active")], "korea-2"),
            ([("north-korea-3", "active"), ("korea-x", "active")], "korea-1"),
        ],
    )
    def test_is_the_live_one_or_the_next_unused(self, known: list[tuple[str, str]], expected: str) -> None:
        assert reservation_name("korea", [{"name": name, "state": state} for name, state in known]) == expected


class TestHandovers:
    def test_says_what_to_do_when_no_machine_is_free(self) -> None:
        with pytest.raises(AnsibleFilterError, match="run the reclaim playbook"):
            handovers([_of("r3")], _OFFERS, {"keti-1": "r1", "keti-2": "r2"})

    def test_an_offer_that_the_inventory_forgot_has_no_machine(self) -> None:
        with pytest.raises(AnsibleFilterError, match="No machine is free for reservation r1"):
            handovers([_of("r1", "forgotten")], _OFFERS, {})

    def test_a_machine_is_given_once(self) -> None:
        given = handovers([_of("r1"), _of("r2")], _OFFERS, {"keti-1": "", "keti-2": ""})
        assert [handover["machine"] for handover in given] == ["keti-1", "keti-2"]

    def test_a_reservation_keeps_the_machine_that_serves_it(self) -> None:
        given = handovers([_of("r1"), _of("r2")], _OFFERS, {"keti-1": "r2", "keti-2": ""})
        assert {handover["reservation"]["id"]: handover["machine"] for handover in given} == {
            "r1": "keti-2",
            "r2": "keti-1",
        }


class TestUnservable:
    _SANE: ClassVar = {
        **_of("r1"),
        "state": "requested",
        "units": 1,
        "request": {"vpn": {"driver": "wireguard"}},
    }

    @pytest.mark.parametrize(
        ("request_", "reason"),
        [
            ({**_of("r1"), "state": "requested", "units": 1, "request_error": "Nonsense."}, "Nonsense."),
            ({**_SANE, "request": {"vpn": {"driver": "carrier_pigeon"}}}, "not one of wireguard"),
            ({**_SANE, "units": 2}, "reserved one by one"),
        ],
    )
    def test_nonsense_is_declined_with_a_reason(self, request_: dict[str, Any], reason: str) -> None:
        (declined,) = unservable([request_, self._SANE], ["wireguard"])
        assert reason in declined["reason"]

    def test_what_is_active_is_left_alone(self) -> None:
        assert unservable([{**_of("r1"), "state": "active", "units": 2}], ["wireguard"]) == []


class TestReachableCameras:
    _CAMERAS: ClassVar = {"cam1": {"languages": "eng"}, "camkor1": {"languages": "kor"}, "camjp1": {"languages": "jpn"}}

    def test_those_that_a_node_is_next_to(self) -> None:
        nodes = [{"metadata": {"labels": node_labels("POVO", "edge", [{"kind": "ip-camera", "name": "cam1"}])}}]
        assert reachable_cameras(self._CAMERAS, nodes, []) == {"cam1": {"languages": "eng"}}

    def test_those_of_a_machine_that_has_not_joined_yet(self) -> None:
        machines = rented_machines([_RESERVATION], [{"name": "korea", "vpn_address": "198.19.0.16/24"}])
        assert reachable_cameras(self._CAMERAS, [], machines) == {"camkor1": {"languages": "kor"}}


class TestRentedMachines:
    def test_leaves_out_a_machine_whose_access_can_not_be_opened(self) -> None:
        sealed = {key: value for key, value in _RESERVATION.items() if key != "access"}
        assert rented_machines([sealed], [{"name": "korea", "vpn_address": "198.19.0.16/24"}]) == []

    def test_refuses_a_reservation_that_the_inventory_does_not_know(self) -> None:
        with pytest.raises(AnsibleFilterError, match="add “korea” to brokerage_reservations, or release it first"):
            rented_machines([_RESERVATION], [{"name": "japan", "vpn_address": "198.19.0.9/24"}])

    def test_describes_host_member_and_node(self) -> None:
        (machine,) = rented_machines([_RESERVATION], [{"name": "korea", "vpn_address": "198.19.0.16/24"}])
        assert machine["reservation"] == _RESERVATION["id"]
        assert machine["member"] == {"name": "korea-2", "identity": "key", "address": "198.19.0.16/24"}
        assert machine["taints"] == [{"key": "decenter.io/rented", "value": "seoul-keti", "effect": "NoSchedule"}]
        assert machine["labels"] == {
            "node-restriction.kubernetes.io/decenter-region": "seoul-keti",
            "node-restriction.kubernetes.io/decenter-tier": "edge",
            "node-restriction.kubernetes.io/decenter-reservation": "0123456789abcdef",
            "node-restriction.kubernetes.io/decenter-device-camkor1": "ip-camera",
        }
