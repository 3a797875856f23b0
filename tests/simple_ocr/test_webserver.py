from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from simple_ocr.observations import Observation, Repository
from simple_ocr.webserver.app import create_app
from starlette.testclient import TestClient

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<script>alert('서울')</script>\" onload=\"x"


@pytest.fixture
def client(repository: Repository) -> TestClient:
    return TestClient(create_app(repository))


def see(repository: Repository, camera: str, text: str, moment: int = 1000) -> Observation:
    observation = Observation(camera, "POVO", text, first_seen=moment, last_seen=moment, count=1)
    repository.put([observation])
    return observation


def test_a_repository_out_of_reach_is_said_in_one_sentence(tmp_path: Path) -> None:
    client = TestClient(create_app(Repository(f"unix://{tmp_path}/none.sock")))
    for page in ("/", "/cards", "/api/texts"):
        answer = client.get(page)
        assert answer.status_code == 503
        assert "does not serve" in answer.json()["error"]
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "many", "²", ""])
def test_a_wrong_limit_is_refused(client: TestClient, limit: str) -> None:
    answer = client.get("/api/texts", params={"limit": limit})
    assert (answer.status_code, answer.json()) == (400, {"error": "limit is a number from 1 to 1000"})


def test_what_a_sign_says_is_text_and_no_markup(client: TestClient, repository: Repository) -> None:
    see(repository, "cam1", HOSTILE)
    see(repository, "<b>cam", "EXIT")
    for page in ("/", "/cards"):
        html = client.get(page).text
        assert "&lt;script&gt;alert(&#39;서울&#39;)&lt;/script&gt;&#34; onload=&#34;x" in html
        assert "<script>alert" not in html
        assert "<b>cam" not in html
    assert client.get("/").headers["content-security-policy"].startswith("default-src 'self'")


def test_an_empty_repository_says_so(client: TestClient) -> None:
    assert "No camera has been read yet" in client.get("/").text
    assert client.get("/api/texts").json() == {"texts": []}


def test_the_page_shows_the_newest_text_of_each_camera(client: TestClient, repository: Repository) -> None:
    see(repository, "cam1", "EXIT", 1000)
    see(repository, "cam1", "ENTRY", 2000)
    see(repository, "camkor1", "비상구", time.time_ns() // 1_000_000)
    html = client.get("/").text
    assert '<p class="newest">ENTRY</p>' in html
    assert '<p class="newest">비상구</p>' in html
    assert html.count('class="live"') == 1
    assert html.count('class="quiet"') == 1


def test_texts_as_json_by_camera(client: TestClient, repository: Repository) -> None:
    first = see(repository, "cam1", "EXIT", 1000)
    second = see(repository, "camkor1", "비상구", 2000)
    texts = client.get("/api/texts").json()["texts"]
    assert [Observation(**text) for text in texts] == [second, first]
    (only,) = client.get("/api/texts", params={"camera": "cam1"}).json()["texts"]
    assert Observation(**only) == first
    assert len(client.get("/api/texts", params={"limit": "1"}).json()["texts"]) == 1


def test_the_page_finds_its_own_files(client: TestClient) -> None:
    for file in ("style.css", "refresh.js", "icon.svg"):
        assert client.get(f"/static/{file}").status_code == 200
