"""What the camera sees: a street with a sign, drawn once for each text."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 1280, 720
TEXTS_FILE = Path(__file__).resolve().parent.parent / "texts.json"

_FONT_FILE = "NanumGothicBold.ttf"  # Debian's fonts-nanum: Latin and Hangul
_SIGN = (290, 190, 990, 330)
_SIGN_MARGIN = 40
_LARGEST_FONT = 72
_PAINT = {"eng": (18, 62, 140), "kor": (14, 98, 62)}


def known_texts(language: str, file: Path = TEXTS_FILE) -> list[str]:
    """Return the texts of one language (`eng` or `kor`), in the order in which the sign shows them."""
    texts: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    if language not in texts:
        raise ValueError(f"{file} has no texts in {language!r}: choose one of {', '.join(sorted(texts))}")
    return texts[language]


def text_at(moment: float, texts: list[str], period: float) -> str:
    """Return the text that the sign shows at `moment` (Unix seconds) when it changes every `period` seconds."""
    return texts[int(moment / period) % len(texts)]


def render(text: str, language: str) -> Image.Image:
    """Draw the scene with `text` on its sign: RGB, 1280x720."""
    image = _street().copy()
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(_SIGN, radius=18, fill=_PAINT[language], outline=(240, 240, 240), width=6)
    left, top, right, bottom = _SIGN
    font = _font_fitting(text, right - left - 2 * _SIGN_MARGIN)
    draw.text(((left + right) / 2, (top + bottom) / 2), text, font=font, fill=(245, 245, 245), anchor="mm")
    return image.filter(ImageFilter.GaussianBlur(0.6))


def _font_fitting(text: str, width: int) -> ImageFont.FreeTypeFont:
    size = _LARGEST_FONT
    font = ImageFont.truetype(_FONT_FILE, size)
    while font.getlength(text) > width:
        size -= 2
        font = ImageFont.truetype(_FONT_FILE, size)
    return font


@lru_cache(maxsize=1)
def _street() -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), (171, 196, 214))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 520, WIDTH, HEIGHT), fill=(92, 94, 98))
    draw.rectangle((0, 505, WIDTH, 520), fill=(150, 150, 146))
    for x in range(60, WIDTH, 240):
        draw.rectangle((x, 610, x + 120, 622), fill=(214, 212, 200))
    draw.rectangle((180, 90, 1100, 505), fill=(160, 132, 112))
    for row, y in enumerate(range(90, 505, 24)):
        draw.line((180, y, 1100, y), fill=(146, 119, 100), width=2)
        for x in range(180 + (row % 2) * 30, 1100, 60):
            draw.line((x, y, x, min(y + 24, 505)), fill=(146, 119, 100), width=2)
    for x in (240, 420, 760, 940):
        draw.rectangle((x, 375, x + 100, 475), fill=(64, 78, 92), outline=(205, 200, 190), width=6)
    draw.rectangle((620, 385, 700, 505), fill=(74, 56, 44))
    return image.filter(ImageFilter.GaussianBlur(1.2))
