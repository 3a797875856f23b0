"""The JSON that the two sides exchange: description, request, access. Strangers write it, so each field is checked.

What passes here ends up in inventories, labels, authorized_keys and VPN configurations.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from .errors import InvalidValue

Document = TypeVar("Document", "Description", "Request", "Access")

MAX_BYTES = 16 * 1024
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_DRIVER = re.compile(r"[a-z][a-z0-9_]{0,31}")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_SSH_KEY = re.compile(r"(?:ssh|ecdsa|sk)-[a-z0-9@.-]{1,64} [A-Za-z0-9+/]{16,1024}={0,2}")
_OCTETS = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_LINE = re.compile(r"[!-~](?:[ -~]{0,1022}[!-~])?")


@dataclass(frozen=True)
class Region:
    """A named place."""

    name: str
    tier: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Unit:
    """The machine that one unit is."""

    cpus: int
    memory_mib: int
    disk_gib: int


@dataclass(frozen=True)
class Device:
    """Something that a workload must be near."""

    kind: str
    name: str


@dataclass(frozen=True)
class Description:
    """What one unit of an offer is, and the key to which a request is sealed."""

    region: Region
    unit: Unit
    devices: tuple[Device, ...]
    software: tuple[str, ...]
    sealing_key: str

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Description:
        """Check what is given. Raises InvalidValue, which names the field."""
        fields = Fields(given, "description")
        region, unit = fields.inner("region"), fields.inner("unit")
        return cls(
            region=Region(
                name=region.text("name", _LABEL, "letters, digits and dashes, at most 63"),
                tier=region.text("tier", _LABEL, "letters, digits and dashes, at most 63"),
                country=region.text("country", _COUNTRY, "two capital letters (ISO 3166-1)"),
                latitude=region.degrees("latitude", 90),
                longitude=region.degrees("longitude", 180),
            ),
            unit=Unit(
                cpus=unit.positive("cpus"), memory_mib=unit.positive("memory_mib"), disk_gib=unit.positive("disk_gib")
            ),
            devices=tuple(
                Device(
                    kind=device.text("kind", _LABEL, "letters, digits and dashes, at most 63"),
                    name=device.text("name", _LABEL, "letters, digits and dashes, at most 63"),
                )
                for device in fields.list_of_inner("devices")
            ),
            software=fields.lines("software"),
            sealing_key=fields.sealing_key(),
        )


@dataclass(frozen=True)
class RequestedVpn:
    """The network that the machine is to join, and the address it gets there (CIDR). All public."""

    driver: str
    address: str
    network: Mapping[str, str]


@dataclass(frozen=True)
class Request:
    """What the seller has to know of the buyer."""

    sealing_key: str
    ssh_public_key: str
    vpn: RequestedVpn

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Request:
        """Check what is given. Raises InvalidValue, which names the field."""
        fields = Fields(given, "request")
        vpn = fields.inner("vpn")
        network = vpn.inner("network")
        return cls(
            sealing_key=fields.sealing_key(),
            ssh_public_key=fields.ssh_key("ssh_public_key"),
            vpn=RequestedVpn(
                driver=vpn.text("driver", _DRIVER, "a driver's name, such as wireguard or zerotier"),
                address=vpn.cidr("address"),
                # `moon` is how the members of some ZeroTier networks find its controller.
                network=network.texts("name", "subnet", "endpoint", "identity") | network.texts_if_given("moon"),
            ),
        )


@dataclass(frozen=True)
class MemberVpn:
    """Who the machine is in the VPN: its public key or address there."""

    identity: str


@dataclass(frozen=True)
class Ssh:
    """How to log in, and the key by which the machine is known."""

    user: str
    host_key: str
    port: int


@dataclass(frozen=True)
class DeviceAccess:
    """How to use a device. Secret."""

    kind: str
    name: str
    url: str
    username: str
    password: str


@dataclass(frozen=True)
class Access:
    """What the buyer has to know of the machine."""

    vpn: MemberVpn
    ssh: Ssh
    devices: tuple[DeviceAccess, ...]

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Access:
        """Check what is given. Raises InvalidValue, which names the field."""
        fields = Fields(given, "access")
        ssh = fields.inner("ssh")
        return cls(
            vpn=MemberVpn(identity=fields.inner("vpn").line("identity")),
            ssh=Ssh(
                user=ssh.text("user", _USER, "the name of a Unix user"),
                host_key=ssh.ssh_key("host_key"),
                port=ssh.positive("port", at_most=65535),
            ),
            devices=tuple(
                DeviceAccess(
                    kind=device.text("kind", _LABEL, "letters, digits and dashes, at most 63"),
                    name=device.text("name", _LABEL, "letters, digits and dashes, at most 63"),
                    url=device.line("url"),
                    username=device.line("username"),
                    password=device.line("password"),
                )
                for device in fields.list_of_inner("devices")
            ),
        )


def to_json(document: Description | Request | Access) -> dict[str, Any]:
    """Return the document as JSON's types: dicts, lists, strings and numbers."""
    decoded: dict[str, Any] = json.loads(to_bytes(document))
    return decoded


def to_bytes(document: Description | Request | Access) -> bytes:
    """Return the one encoding that hashes and seals are made of: sorted keys, no spaces, UTF-8."""
    return json.dumps(asdict(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def from_bytes(kind: type[Document], encoded: bytes) -> Document:
    """Read a document that a stranger encoded. Raises InvalidValue."""
    what = kind.__name__.lower()
    if len(encoded) > MAX_BYTES:
        raise InvalidValue(what, f"at most {MAX_BYTES} bytes")
    try:
        given = json.loads(encoded)
    except (ValueError, RecursionError) as error:
        raise InvalidValue(what, "JSON") from error
    if not isinstance(given, dict):
        raise InvalidValue(what, "a JSON object")
    return kind.from_json(given)


class Fields:
    """A mapping that a stranger wrote; each reader takes one field, checked, or says which field is wrong."""

    def __init__(self, given: object, path: str) -> None:
        if not isinstance(given, Mapping):
            raise InvalidValue(path, "a dictionary")
        self._given = given
        self._path = path

    def _take(self, name: str) -> Any:  # noqa: ANN401 (whatever JSON has)
        return self._given.get(name)

    def _wrong(self, name: str, rule: str) -> InvalidValue:
        return InvalidValue(f"{self._path}.{name}", rule)

    def inner(self, name: str) -> Fields:
        return Fields(self._take(name), f"{self._path}.{name}")

    def list_of_inner(self, name: str) -> list[Fields]:
        items = self._take(name)
        if not isinstance(items, list | tuple):
            raise self._wrong(name, "a list")
        return [Fields(item, f"{self._path}.{name}[{index}]") for index, item in enumerate(items)]

    def text(self, name: str, pattern: re.Pattern[str], rule: str) -> str:
        value = self._take(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self._wrong(name, rule)
        return str(value)

    def line(self, name: str) -> str:
        return self.text(name, _LINE, "one line of printable ASCII, at most 1024 characters")

    def lines(self, name: str) -> tuple[str, ...]:
        items = self._take(name)
        if not isinstance(items, list | tuple):
            raise self._wrong(name, "a list")
        numbered = Fields({str(index): item for index, item in enumerate(items)}, f"{self._path}.{name}")
        return tuple(numbered.line(str(index)) for index in range(len(items)))

    def texts(self, *names: str) -> dict[str, str]:
        return {name: self.line(name) for name in names}

    def texts_if_given(self, *names: str) -> dict[str, str]:
        return {name: self.line(name) for name in names if name in self._given}

    def positive(self, name: str, at_most: int = 2**53 - 1) -> int:
        value = self._take(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= at_most:
            raise self._wrong(name, f"a whole number from 1 to {at_most}")
        return int(value)

    def whole(self, name: str, bits: int) -> int:
        value = self._take(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**bits:
            raise self._wrong(name, f"a whole number from 0 to {2**bits - 1}")
        return int(value)

    def flag(self, name: str) -> bool:
        value = self._take(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def octets(self, name: str, at_least: int, at_most: int) -> bytes:
        value = self._take(name)
        if not isinstance(value, str) or not _OCTETS.fullmatch(value):
            raise self._wrong(name, "0x and pairs of hexadecimal digits")
        octets = bytes.fromhex(value[2:])
        if not at_least <= len(octets) <= at_most:
            raise self._wrong(name, f"{at_least} bytes" if at_least == at_most else f"{at_least} to {at_most} bytes")
        return octets

    def degrees(self, name: str, limit: int) -> float:
        value = self._take(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not -limit <= value <= limit:
            raise self._wrong(name, f"degrees from -{limit} to {limit}")
        return float(value)

    def cidr(self, name: str) -> str:
        value = self.line(name)
        try:
            interface = ipaddress.ip_interface(value)
        except ValueError as error:
            raise self._wrong(name, "an address with its prefix length, such as 198.19.0.16/24") from error
        if "/" not in value:
            raise self._wrong(name, "an address with its prefix length, such as 198.19.0.16/24")
        return str(interface)

    def ssh_key(self, name: str) -> str:
        key = " ".join(self.line(name).split()[:2])  # a comment is nobody's business
        if not _SSH_KEY.fullmatch(key):
            raise self._wrong(name, "an SSH public key: its type and base64")
        return key

    def sealing_key(self) -> str:
        value = self._take("sealing_key")
        try:
            decoded = base64.b64decode(value, validate=True)
        except (TypeError, ValueError) as error:
            raise self._wrong("sealing_key", "a public X25519 key: 32 bytes in base64") from error
        if len(decoded) != 32:
            raise self._wrong("sealing_key", "a public X25519 key: 32 bytes in base64")
        return str(value)
