from __future__ import annotations

from pathlib import Path

import pytest
from simple_ocr.processor.settings import Settings

NEEDED = {"CAMERA": "cam1", "REGION": "POVO", "REPOSITORY_URL": "redis://repository:6379/0", "LANGUAGES": "kor+eng"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"CAMERA": "", "REGION": ""}, "set CAMERA, REGION in the environment"),
        ({"LANGUAGES": "../eng"}, "LANGUAGES is Tesseract's"),
        ({"KEEP_PICTURES": "maybe"}, "KEEP_PICTURES is yes or no, not 'maybe'"),
        ({"OPERATIONS_PORT": "-1"}, "OPERATIONS_PORT is a positive whole number"),
    ],
)
def test_a_wrong_setting_is_one_sentence(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Settings.from_environment(NEEDED | changes)


def test_pictures_are_not_kept_unless_asked_for() -> None:
    settings = Settings.from_environment(NEEDED)
    assert settings.keeps_pictures is False
    assert settings.spool_file == Path("/var/spool/simple_ocr/spool.sqlite")
    assert Settings.from_environment(NEEDED | {"KEEP_PICTURES": "yes"}).keeps_pictures is True
