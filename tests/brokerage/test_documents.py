"""What strangers write is checked to the last field."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.documents import (
    MAX_BYTES,
    Access,
    Description,
    Request,
    from_bytes,
    to_bytes,
    to_json,
)
from ansible_collections.decenter.brokerage.plugins.module_utils._brokerage.errors import InvalidValue
from tests.brokerage.samples import ACCESS, DESCRIPTION, REQUEST, SEALING_KEY

SAMPLES: dict[type[Description | Request | Access], dict[str, Any]] = {
    Description: {**DESCRIPTION, "sealing_key": SEALING_KEY},
    Request: {**REQUEST, "sealing_key": SEALING_KEY},
    Access: ACCESS,
}


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        (Description, "region", None),
        (Description, "region.name", "Seoul/../Pusan"),
        (Description, "region.name", "-seoul"),
        (Description, "region.tier", ""),
        (Description, "region.country", "Korea"),
        (Description, "region.latitude", 90.1),
        (Description, "region.longitude", "127"),
        (Description, "region.longitude", float("nan")),
        (Description, "unit.cpus", 0),
        (Description, "unit.cpus", True),
        (Description, "unit.memory_mib", 2.5),
        (Description, "devices", {}),
        (Description, "devices[0].name", "cam\nera"),
        (Description, "software[0]", "debian\n12"),
        (Description, "sealing_key", "c2hvcnQ="),
        (Description, "sealing_key", 5),
        (Request, "ssh_public_key", "ssh-ed25519"),
        (Request, "ssh_public_key", f"{REQUEST['ssh_public_key']}\nssh-ed25519 {'A' * 68}"),
        (Request, "ssh_public_key", f'command="sh" {REQUEST["ssh_public_key"]}'),
        (Request, "vpn.driver", "../wireguard"),
        (Request, "vpn.address", "198.19.0.16"),
        (Request, "vpn.address", "anywhere/24"),
        (Request, "vpn.network.identity", "key\nPostUp = sh"),
        (Request, "vpn.network.endpoint", None),
        (Access, "ssh.user", "root; reboot"),
        (Access, "ssh.port", 65536),
        (Access, "vpn.identity", ""),
        (Access, "devices[0].password", "two\nlines"),
    ],
)
def test_a_wrong_field_is_named(kind: type[Description | Request | Access], path: str, value: object) -> None:
    given = copy.deepcopy(SAMPLES[kind])
    keys = path.replace("[0]", ".0").split(".")
    inner: Any = given
    for key in keys[:-1]:
        inner = inner[int(key) if key.isdigit() else key]
    inner[int(keys[-1]) if keys[-1].isdigit() else keys[-1]] = value

    with pytest.raises(InvalidValue) as caught:
        kind.from_json(given)

    assert caught.value.what.replace("[0]", ".0") == f"{kind.__name__.lower()}.{path}".replace("[0]", ".0")
    assert str(caught.value).startswith(f"Correct {caught.value.what}: it must be ")


@pytest.mark.parametrize(
    ("encoded", "rule"),
    [
        (b"", "JSON"),
        (b"\xff", "JSON"),
        (b"[" * 10_000, "JSON"),
        (b"[]", "a JSON object"),
        (b" " * (MAX_BYTES + 1), f"at most {MAX_BYTES} bytes"),
    ],
)
def test_nonsense_is_refused(encoded: bytes, rule: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        from_bytes(Description, encoded)

    assert caught.value.rule == rule


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_document_survives_its_encoding(kind: type[Any]) -> None:
    document = kind.from_json(SAMPLES[kind])

    assert from_bytes(kind, to_bytes(document)) == document
    assert to_json(document) == SAMPLES[kind]


def test_the_encoding_does_not_depend_on_the_order_of_keys_or_on_strangers() -> None:
    given = SAMPLES[Description]
    reversed_ = {key: given[key] for key in reversed(given)} | {"unknown": "dropped"}

    assert to_bytes(Description.from_json(reversed_)) == to_bytes(Description.from_json(given))
    assert json.loads(to_bytes(Description.from_json(given))) == given


def test_a_network_that_has_a_moon_keeps_it() -> None:
    given = copy.deepcopy(SAMPLES[Request])
    given["vpn"]["network"]["moon"] = "bW9vbg=="

    assert to_json(Request.from_json(given)) == given
    given["vpn"]["network"]["moon"] = 1
    with pytest.raises(InvalidValue, match="moon"):
        Request.from_json(given)


def test_the_comment_of_a_key_stays_at_home() -> None:
    given = {**SAMPLES[Request], "ssh_public_key": f"{REQUEST['ssh_public_key']} me@home"}

    assert Request.from_json(given).ssh_public_key == REQUEST["ssh_public_key"]
