"""The program: its configuration, and what a camera more or less changes."""

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime
import pytest
import yaml
from settings import Settings

from tests.pulumi.engine import declared

PROGRAM = Path(__file__).parents[2] / "pulumi" / "simple_ocr"
VALID: dict[str, Any] = {
    "images": {"processor": "r/processor:1", "repository": "r/repository:1", "webserver": "r/webserver:1"},
    "repository": {"region": "CLOUD"},
    "webserver": {"region": "CLOUD", "host": "198.18.10.10", "nodePort": 30080},
    "cameras": {"cam1": {"region": "povo", "languages": "eng"}},
}
CAMKOR1 = {"camkor1": {"region": "seoul-keti", "languages": "kor"}}


@pytest.fixture(autouse=True)
def _no_configuration_left() -> Iterator[None]:
    yield
    pulumi.runtime.set_all_config({})


def configure(**changes: object) -> pulumi.Config:
    values = VALID | changes
    pulumi.runtime.set_all_config(
        {
            f"simple-ocr:{key}": value if isinstance(value, str) else json.dumps(value)
            for key, value in values.items()
            if value is not None
        }
    )
    return pulumi.Config("simple-ocr")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cameras": None}, "cameras must be a mapping, not None."),
        ({"cameras": []}, "cameras must be a mapping, not []."),
        ({"cameras": "cam1"}, "cameras must be a mapping."),
        (
            {"cameras": {"Cam_1": {}}},
            "cameras.Cam_1 must be lower-case letters, digits and dashes, not 'Cam_1'.",
        ),
        ({"cameras": {"cam1": "povo"}}, "cameras.cam1 must be a mapping, not 'povo'."),
        ({"cameras": {"cam1": {"region": "povo"}}}, "cameras.cam1.languages must be text, not None."),
        ({"cameras": {"cam1": {"languages": "eng"}}}, "cameras.cam1.region must be text, not None."),
        (
            {"cameras": {"cam1": {"region": "povo", "languages": "English"}}},
            "cameras.cam1.languages must be Tesseract's languages, such as eng or eng+kor, not 'English'.",
        ),
        (
            {"repository": {"region": "Seoul KETI"}},
            "repository.region must be a region's name, such as SEOUL-KETI, not 'Seoul KETI'.",
        ),
        (
            {"webserver": {"region": "CLOUD", "host": "a", "nodePort": 80}},
            "webserver.nodePort must be a port from 30000 to 32767, not 80.",
        ),
        (
            {"webserver": VALID["webserver"] | {"access": "all"}},
            "webserver.access must be token, proxy or open, not 'all'.",
        ),
        ({"webserver": VALID["webserver"] | {"access": "proxy"}}, "webserver.proxies must be text, not None."),
        (
            {"webserver": VALID["webserver"] | {"keepDays": 0}},
            "webserver.keepDays must be a whole number above 0, not 0.",
        ),
        (
            {"cameras": {"cam1": {"region": "povo", "languages": "eng", "keepPictures": "no"}}},
            "cameras.cam1.keepPictures must be true or false, not 'no'.",
        ),
        ({"images": {"processor": "r/p:1", "repository": "r/r:1"}}, "images.webserver must be text, not None."),
        ({"rolloutSeconds": "soon"}, "rolloutSeconds must be a whole number of seconds, not 'soon'."),
        ({"namespace": "Simple OCR"}, "namespace must be a name such as simple-ocr, not 'Simple OCR'."),
    ],
)
def test_bad_configuration_is_one_sentence_that_names_the_key(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(pulumi.RunError) as error:
        Settings.of(configure(**changes))
    assert str(error.value) == f"Configuration simple-ocr:{sentence}"


def test_defaults_are_the_papers_application() -> None:
    settings = Settings.of(configure())
    assert settings.namespace == "simple-ocr"
    assert settings.webserver.url == "http://198.18.10.10:30080/"
    assert settings.webserver.access == "token"
    assert not any(camera.keeps_pictures for camera in settings.cameras)


def test_a_stack_may_have_no_camera() -> None:
    assert Settings.of(configure(cameras={})).cameras == ()


def test_the_sample_is_valid() -> None:
    sample = yaml.safe_load((PROGRAM / "Pulumi.sample.yaml").read_text())["config"]
    changes = {key.removeprefix("simple-ocr:"): value for key, value in sample.items() if key.startswith("simple-ocr:")}
    assert [camera.region.label for camera in Settings.of(configure(**changes)).cameras] == ["povo"]


def run_program() -> None:
    runpy.run_path(str(PROGRAM), run_name="__main__")


def test_a_second_camera_adds_its_processor_and_nothing_else() -> None:
    configure()
    before = declared(run_program)
    configure(cameras=VALID["cameras"] | CAMKOR1)
    after = declared(run_program)
    assert after.keys() - before.keys() == {
        ("decenter:simple_ocr:Processor", "processor-camkor1"),
        ("kubernetes:apps/v1:Deployment", "processor-camkor1"),
    }
    assert {key: after[key] for key in before} == before


def test_all_objects_live_in_the_namespace() -> None:
    configure(namespace="elsewhere")
    namespaced = {
        name: inputs["metadata"]["namespace"]
        for (kind, name), inputs in declared(run_program).items()
        if kind.startswith("kubernetes:") and not kind.endswith((":Namespace", ":PersistentVolume"))
    }
    policies = {f"isolation-{part}" for part in ("closed", "processor", "repository", "webserver")}
    assert set(namespaced) == {"repository", "webserver", "processor-cam1"} | policies
    assert set(namespaced.values()) == {"elsewhere"}
