"""Pictures whose text is known: boards in a cluttered street, drawn from public fonts, filmed well or badly.

A scene is a function of its number alone. `MADE` scenes are of the kind that the reader was tuned on; `HARD` ones have
other texts, other fonts and one of `TROUBLES` each, `WORST` ones two, and no parameter was chosen by looking at them.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cv2.typing import MatLike
    from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 720
MADE, HARD, WORST = "made", "hard", "worst"
TROUBLES = ("perspective", "blur", "dark", "small")
_FONTS = Path("/usr/share/fonts/truetype")
_TROUBLES_OF = {MADE: 0, HARD: 1, WORST: 2}
_FOCUS = 1000.0  # pixels: a lens of 65 degrees


@dataclass(frozen=True)
class Scene:
    """A picture (BGR) and what it says."""

    frame: MatLike
    text: str


@dataclass(frozen=True)
class _Vocabulary:
    texts: Sequence[str]
    fonts: Sequence[str]


_VOCABULARIES = {
    (MADE, "eng"): _Vocabulary(
        (
            "Platform 4 to Milan", "Emergency exit", "Car park full", "No entry for trucks", "Gate 27 closes 14:35",
            "Mind the step", "Road work ahead", "Open Monday to Friday", "Library second floor", "Speed limit 30",
            "Fresh bread daily", "City hall", "Bus stop", "Deliveries only", "Please keep left", "Caution wet floor",
            "Tickets and information", "Central station", "Lost property office", "Push to open", "School zone",
        ),
        (
            "dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf", "dejavu/DejaVuSerif.ttf",
            "dejavu/DejaVuSerif-Bold.ttf",
        ),
    ),
    (MADE, "kor"): _Vocabulary(
        (
            "서울역 3번 출구", "비상구", "주차 금지", "공사 중 우회하세요", "버스 전용 차로", "도서관 2층",
            "어린이 보호 구역", "영업 시간 9시부터", "안전모를 착용하세요", "제한 속도 30", "관계자 외 출입 금지",
            "매표소", "지하철 환승 통로", "응급실 입구", "오늘의 특가 상품", "분실물 보관소",
            "우체국", "횡단보도 앞 정지",
        ),
        (
            "nanum/NanumGothic.ttf", "nanum/NanumGothicBold.ttf", "nanum/NanumBarunGothic.ttf",
            "nanum/NanumMyeongjo.ttf", "nanum/NanumSquareB.ttf",
        ),
    ),
    (HARD, "eng"): _Vocabulary(
        (
            "Harbour ferry terminal", "Bicycles not allowed", "Reception third floor", "Danger high voltage",
            "Flights to Lisbon 08:50", "Visitors must sign in", "Water not for drinking", "Museum closed Tuesday",
            "Taxi rank", "Use other door", "Fire assembly point", "Parking for residents", "Quiet carriage",
            "Beware of the dog", "Pharmacy", "Toll road 7 km", "Market every Saturday", "Beach access",
        ),
        (
            "liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf",
            "liberation/LiberationSerif-Bold.ttf", "liberation/LiberationSansNarrow-Bold.ttf",
        ),
    ),
    (HARD, "kor"): _Vocabulary(
        (
            "인천공항 방면", "촬영 금지", "계단 이용 바랍니다", "시청 앞 정류장", "약국", "고속도로 진입로",
            "음식물 반입 금지",
            "한강 공원 입구", "대기실 4층", "문을 닫아 주세요", "경찰서", "미끄럼 주의", "자전거 보관소", "토요일 휴무",
            "안내 데스크", "택시 승강장", "고압 전기 위험", "박물관 매표소",
        ),
        (
            "unfonts-core/UnDotum.ttf", "unfonts-core/UnDotumBold.ttf", "unfonts-core/UnBatang.ttf",
            "unfonts-core/UnBatangBold.ttf",
        ),
    ),
}  # fmt: skip


def scene(kind: str, language: str, number: int) -> Scene:
    """Draw a scene: `made`, `hard` or `worst`, in `eng` or `kor`."""
    dice = random.Random(zlib.crc32(f"{kind} {language} {number}".encode()))  # noqa: S311 - no secret
    noise = np.random.default_rng(dice.randrange(1 << 32))
    vocabulary = _VOCABULARIES[MADE if kind == MADE else HARD, language]
    text = dice.choice(vocabulary.texts)
    if language == "eng" and dice.random() < 0.3:
        text = text.upper()
    troubles = set(dice.sample(TROUBLES, _TROUBLES_OF[kind]))
    size = dice.randrange(16, 26) if "small" in troubles else dice.randrange(36, 76)
    board = _board(dice, text, _FONTS / dice.choice(vocabulary.fonts), size)
    frame = _street(dice, noise)
    _hang(frame, board, _corners(dice, board, tilted="perspective" in troubles))
    return Scene(_film(dice, noise, frame, size, troubles), text)


def _board(dice: random.Random, text: str, font_file: Path, size: int) -> MatLike:
    """Draw a board twice as large as it will hang, so that turning it costs no sharpness."""
    font = ImageFont.truetype(str(font_file), 2 * size)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(text))
    margin = int(2 * size * dice.uniform(0.35, 0.8))
    light = (dice.randrange(200, 256), dice.randrange(200, 256), dice.randrange(200, 256))
    dark = (dice.randrange(90), dice.randrange(90), dice.randrange(90))
    ink, paint = (light, dark) if dice.random() < 0.5 else (dark, light)
    image = Image.new("RGB", (right - left + 2 * margin, bottom - top + 2 * margin), paint)
    draw = ImageDraw.Draw(image)
    if dice.random() < 0.6:
        draw.rectangle((4, 4, image.width - 5, image.height - 5), outline=ink, width=max(2, size // 8))
    draw.text((margin - left, margin - top), text, font=font, fill=ink)
    return cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)


def _street(dice: random.Random, noise: np.random.Generator) -> MatLike:
    ground = cv2.resize(noise.normal(0, 25, (9, 16, 3)), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    frame = np.clip(ground + [dice.uniform(60, 200) for _ in range(3)], 0, 255).astype(np.uint8)
    for _ in range(dice.randrange(10, 25)):
        x, y = dice.randrange(WIDTH), dice.randrange(HEIGHT)
        corner = (x + dice.randrange(30, 260), y + dice.randrange(20, 220))
        color = [dice.randrange(30, 225) for _ in range(3)]
        cv2.rectangle(frame, (x, y), corner, color, cv2.FILLED if dice.random() < 0.6 else 3)
    return cv2.GaussianBlur(frame, (0, 0), 1.2)


def _corners(dice: random.Random, board: MatLike, *, tilted: bool) -> NDArray[np.float32]:
    """Choose where the corners of a board appear, clockwise from the upper left."""
    height, width = (length / 2 for length in board.shape[:2])
    shrink = min(1.0, 1100 / width)
    x, y = width * shrink / 2, height * shrink / 2
    corners = np.array([[-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0]])
    if tilted:
        corners = corners @ _turn(*(np.deg2rad(dice.uniform(-most, most)) for most in (25, 45, 12))).T
    flat = corners[:, :2] * _FOCUS / (_FOCUS + corners[:, 2:])
    low, high = flat.min(axis=0), flat.max(axis=0)
    place = [dice.uniform(20 - low[i], max(21 - low[i], (WIDTH, HEIGHT)[i] - 20 - high[i])) for i in range(2)]
    return (flat + place).astype(np.float32)


def _turn(pitch: float, yaw: float, roll: float) -> NDArray[np.float64]:
    rotations = (cv2.Rodrigues(np.array(axis))[0] for axis in ((pitch, 0.0, 0.0), (0.0, yaw, 0.0), (0.0, 0.0, roll)))
    about_x, about_y, about_z = (np.asarray(rotation, np.float64) for rotation in rotations)
    turn: NDArray[np.float64] = about_z @ about_y @ about_x
    return turn


def _hang(frame: MatLike, board: MatLike, corners: NDArray[np.float32]) -> None:
    height, width = board.shape[:2]
    turn = cv2.getPerspectiveTransform(
        np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32), corners
    )
    hung = cv2.warpPerspective(cv2.GaussianBlur(board, (0, 0), 0.7), turn, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    where = cv2.warpPerspective(np.full((height, width), 255, np.uint8), turn, (WIDTH, HEIGHT)) > 127
    frame[where] = hung[where]


def _film(dice: random.Random, noise: np.random.Generator, frame: MatLike, size: int, troubles: set[str]) -> MatLike:
    """Make a camera's picture of what is there: optics, light, noise, compression."""
    blur = size / 56 * dice.uniform(1.8, 2.8) if "blur" in troubles else dice.uniform(0.3, 0.9)
    picture = cv2.GaussianBlur(frame.astype(np.float32), (0, 0), blur)
    if "dark" in troubles:
        picture = picture * dice.uniform(0.12, 0.25) + noise.normal(0, dice.uniform(3, 6), frame.shape) + 4
    picture = picture + noise.normal(0, dice.uniform(1.5, 5), frame.shape)
    quality = [cv2.IMWRITE_JPEG_QUALITY, dice.randrange(60, 85)]
    _, jpeg = cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8), quality)
    filmed = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    assert filmed is not None
    return filmed
