"""What a seller offers, a buyer asks for and a seller hands over."""

from __future__ import annotations

from typing import Any

SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHqW0000000000000000000000000000000000000000"
SEALING_KEY = "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08="

DESCRIPTION: dict[str, Any] = {
    "region": {"name": "SEOUL-KETI", "tier": "edge", "country": "KR", "latitude": 37.4, "longitude": 127.1},
    "unit": {"cpus": 2, "memory_mib": 2048, "disk_gib": 10},
    "devices": [{"kind": "ip-camera", "name": "camkor1"}],
    "software": ["debian-12"],
}
REQUEST: dict[str, Any] = {
    "ssh_public_key": SSH_KEY,
    "vpn": {
        "driver": "wireguard",
        "address": "198.19.0.16/24",
        "network": {
            "name": "decenter",
            "subnet": "198.19.0.0/24",
            "endpoint": "198.18.0.10:51820",
            "identity": "aHViJ3Mga2V5",
        },
    },
}
ACCESS: dict[str, Any] = {
    "vpn": {"identity": "bm9kZSdzIGtleQ"},
    "ssh": {"user": "decenter", "host_key": SSH_KEY, "port": 22},
    "devices": [
        {
            "kind": "ip-camera",
            "name": "camkor1",
            "url": "rtsp://198.18.40.2:8554/live",
            "username": "viewer",
            "password": "rosebud",
        }
    ],
}
TERMS: dict[str, Any] = {
    "name": "seoul",
    "price": 1_000,
    "units": 2,
    "min_duration": 60,
    "max_duration": 3600,
    "acknowledge_within": 300,
    "service_level": {
        "availability": 9_900,
        "shortfall_multiple": 3,
        "receipt_interval": 120,
        "claim_window": 3600,
        "notice": 60,
    },
}
