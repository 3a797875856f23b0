"""The page in a browser. Screenshots go to the folder that SCREENSHOTS names, for people to look at."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import decenter_camera
import pytest
import uvicorn
from decenter_camera import scene
from simple_ocr.observations import CameraHealth, Observation, Repository
from simple_ocr.webserver.app import create_app
from simple_ocr.webserver.settings import Settings

from tests.simple_ocr.browser import Browser
from tests.simple_ocr.camera import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.hosts

HOSTILE = "<script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">"
TEXTS = Path(decenter_camera.__file__).parents[1] / "texts.json"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser"), free_port()) as browser:
        yield browser


@pytest.fixture
def page(redis_url: str, repository: Repository) -> Iterator[str]:
    port = free_port()
    settings = Settings.from_environment({"REPOSITORY_URL": redis_url, "ACCESS": "open"})
    app = create_app(settings)
    config = uvicorn.Config(app, "127.0.0.1", port, log_level="error", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    fill(repository)
    yield f"http://127.0.0.1:{port}/"
    app.state.feed.stop()
    server.should_exit = True
    thread.join()


def fill(repository: Repository) -> None:
    now = time.time_ns() // 1_000_000
    for camera, region, language in (("cam1", "POVO", "eng"), ("camkor1", "SEOUL-KETI", "kor")):
        for age, text in enumerate(scene.known_texts(language)):
            moment = now - age * 4000 - 4000
            repository.put([Observation(camera, region, text, moment, moment + 3800, 39 - age, 96 - 4 * age)])
    reading = CameraHealth(
        "cam1", "POVO", "reading", "reading camera cam1", now, 3000, 2890, 0, video_bytes=123_456_789, sent_bytes=45_678
    )
    repository.tell(reading)
    detail = "the camera at rtsp://198.18.40.2:8554/live has sent no picture for 5 s: it is connected again"
    repository.tell(replace(reading, camera="camkor1", region="SEOUL-KETI", state="frozen", detail=detail))


def keep(browser: Browser, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        browser.screenshot(Path(folder, f"{name}.png"))


def test_a_hostile_sign_runs_nothing(browser: Browser, page: str, repository: Repository) -> None:
    browser.open(page)
    browser.wait_for("document.querySelector('.status.live')")
    now = time.time_ns() // 1_000_000
    repository.put([Observation("cam1", "POVO", HOSTILE, now, now, 1, 40)])
    browser.wait_for("document.querySelector('td.text').textContent.includes('<script>')")
    assert browser.run("return document.title") == "simple_ocr"
    assert browser.run("return document.querySelectorAll('td img, td script').length") == 0


def test_a_text_appears_by_itself_and_grows_in_place(browser: Browser, page: str, repository: Repository) -> None:
    browser.open(page, scheme="dark")
    browser.wait_for("document.querySelector('.status.live')")
    before = browser.run("return document.querySelectorAll('#rows tr').length")
    now = time.time_ns() // 1_000_000
    seen = Observation("cam1", "POVO", "PLATFORM 9 TO HOGWARTS", now, now, 1, 88)
    repository.put([seen])
    browser.wait_for("document.querySelector('#rows tr').innerText.includes('HOGWARTS')")
    repository.put([replace(seen, count=77)])
    browser.wait_for("document.querySelector('#rows tr').innerText.includes('77')")
    assert browser.run("return document.querySelectorAll('#rows tr').length") == before + 1
    keep(browser, "dark")


def test_search_by_keyboard_finds_a_korean_substring(browser: Browser, page: str) -> None:
    browser.open(page)
    browser.wait_for("document.querySelector('.status.live')")
    keep(browser, "light")
    browser.press("/")
    assert browser.run("return document.activeElement.name") == "q"
    browser.press("출구\ue007")
    browser.wait_for("location.search.includes('q=')")
    browser.wait_for("document.querySelector('.status.live')")
    assert browser.run("return [...document.querySelectorAll('td.text')].map(cell => cell.innerText)") == [
        json.loads(TEXTS.read_text())["kor"][0]
    ]
    keep(browser, "search")


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, page: str) -> None:
    browser.open(page, width=390, height=844)
    browser.wait_for("document.querySelector('.status.live')")
    assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
    keep(browser, "phone")


def test_the_theme_is_kept(browser: Browser, page: str) -> None:
    browser.open(page)
    browser.run("document.getElementById('theme').click()")
    browser.open(page)
    assert browser.run("return document.documentElement.style.colorScheme") == "dark"
    browser.run("localStorage.clear()")
