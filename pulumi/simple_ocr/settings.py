"""The stack's configuration, read once and checked before anything is declared."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import pulumi
from decenter_pulumi import ROLLOUT_SECONDS, Region

# RFC 1123 labels: each name becomes part of a Kubernetes object's name and of a node's label.
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")
_LANGUAGES = re.compile(r"[a-z_]{3,}(\+[a-z_]{3,})*")
_ACCESS = re.compile("token|proxy|open")
_NODE_PORTS = range(30000, 32768)


@dataclass(frozen=True)
class Images:
    """References of the application's three images."""

    processor: str
    repository: str
    webserver: str


@dataclass(frozen=True)
class RepositorySettings:
    """Where the texts are kept: the region, and the directory on its node."""

    region: Region
    directory: str


@dataclass(frozen=True)
class WebserverSettings:
    """Where the page is served and at which address; who may see it, and how long texts are kept."""

    region: Region
    host: str
    node_port: int
    access: str
    proxies: str
    keep_days: int
    keep_count: int

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://{self.host}:{self.node_port}/"


@dataclass(frozen=True)
class Camera:
    """One camera to read, in Tesseract's languages; whether crops of its texts may leave its region."""

    name: str
    region: Region
    languages: str
    keeps_pictures: bool


@dataclass(frozen=True)
class Settings:
    """All of the stack's configuration."""

    namespace: str
    images: Images
    repository: RepositorySettings
    webserver: WebserverSettings
    cameras: tuple[Camera, ...]
    rollout_seconds: int

    @classmethod
    def of(cls, config: pulumi.Config) -> Self:
        """Read `config`.

        Raises:
            pulumi.RunError: one sentence that names the key and what to write there.

        """
        images = _Section.of(config, "images")
        repository = _Section.of(config, "repository")
        webserver = _Section.of(config, "webserver")
        cameras = _Section.of(config, "cameras")
        return cls(
            namespace=_checked(
                "namespace", config.get("namespace") or "simple-ocr", _NAME, "a name such as simple-ocr"
            ),
            images=Images(*(images.text(name) for name in ("processor", "repository", "webserver"))),
            repository=RepositorySettings(repository.region(), repository.text("directory", "/var/lib/simple-ocr")),
            webserver=_webserver(webserver),
            cameras=tuple(_camera(cameras, name) for name in cameras.values),
            rollout_seconds=_rollout_seconds(config),
        )


def _webserver(section: "_Section") -> WebserverSettings:
    access = section.text("access", "token")
    _checked(f"{section.path}.access", access, _ACCESS, "token, proxy or open")
    proxies = section.text("proxies") if access == "proxy" else ""
    return WebserverSettings(
        section.region(),
        section.text("host"),
        section.node_port(),
        access,
        proxies,
        section.count("keepDays", 30),
        section.count("keepCount", 10_000),
    )


def _rollout_seconds(config: pulumi.Config) -> int:
    value = config.get("rolloutSeconds") or str(ROLLOUT_SECONDS)
    if not value.isdecimal() or int(value) == 0:
        raise _error("rolloutSeconds", f"must be a whole number of seconds, not {value!r}")
    return int(value)


def _camera(cameras: "_Section", name: str) -> Camera:
    _checked(f"cameras.{name}", name, _NAME, "lower-case letters, digits and dashes")
    camera = cameras.section(name)
    languages = camera.text("languages")
    _checked(f"{camera.path}.languages", languages, _LANGUAGES, "Tesseract's languages, such as eng or eng+kor")
    return Camera(name, camera.region(), languages, camera.flag("keepPictures"))


@dataclass(frozen=True)
class _Section:
    """A mapping in the configuration, and its path for messages."""

    path: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, config: pulumi.Config, key: str) -> Self:
        try:
            value = config.get_object(key)
        except pulumi.ConfigTypeError:
            raise _error(key, "must be a mapping") from None
        return cls(key, _mapping(key, value))

    def section(self, key: str) -> "_Section":
        path = f"{self.path}.{key}"
        return _Section(path, _mapping(path, self.values[key]))

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str) or not value:
            raise _error(f"{self.path}.{key}", f"must be text, not {value!r}")
        return value

    def region(self) -> Region:
        name = self.text("region")
        if not _NAME.fullmatch(name.lower()):
            raise _error(f"{self.path}.region", f"must be a region's name, such as SEOUL-KETI, not {name!r}")
        return Region(name)

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise _error(f"{self.path}.{key}", f"must be true or false, not {value!r}")
        return value

    def count(self, key: str, default: int) -> int:
        value = self.values.get(key, default)
        if type(value) is not int or value < 1:
            raise _error(f"{self.path}.{key}", f"must be a whole number above 0, not {value!r}")
        return value

    def node_port(self) -> int:
        value = self.values.get("nodePort")
        if type(value) is not int or value not in _NODE_PORTS:
            raise _error(f"{self.path}.nodePort", f"must be a port from 30000 to 32767, not {value!r}")
        return value


def _mapping(path: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _error(path, f"must be a mapping, not {value!r}")
    return value


def _checked(path: str, value: str, pattern: re.Pattern[str], wanted: str) -> str:
    if not pattern.fullmatch(value):
        raise _error(path, f"must be {wanted}, not {value!r}")
    return value


def _error(path: str, problem: str) -> pulumi.RunError:
    return pulumi.RunError(f"Configuration {pulumi.get_project()}:{path} {problem}.")
