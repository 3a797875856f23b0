from __future__ import annotations

import csv
import io
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import uvicorn
from simple_ocr.observations import CameraHealth, Observation, Repository, Retention
from simple_ocr.webserver.app import create_app
from simple_ocr.webserver.settings import Settings
from starlette.testclient import TestClient

from tests.simple_ocr.camera import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTILE = "<script>alert('서울')</script>\" onload=\"x"
TOKEN = "correct-horse-battery"  # noqa: S105 the tests' own
EVER = {"KEEP_DAYS": "36500"}


def app_of(url: str, **environment: str) -> Any:  # noqa: ANN401 - what TestClient takes
    return create_app(Settings.from_environment({"REPOSITORY_URL": url, "ACCESS": "open"} | EVER | environment))


@pytest.fixture
def client(repository: Repository, redis_url: str) -> TestClient:
    return TestClient(app_of(redis_url))


def see(repository: Repository, camera: str, text: str, moment: int = 1000) -> Observation:
    observation = Observation(camera, "POVO", text, first_seen=moment, last_seen=moment, count=1, confidence=90)
    repository.put([observation])
    return observation


def test_a_repository_out_of_reach_is_said_in_one_sentence(tmp_path: Path) -> None:
    client = TestClient(app_of(f"unix://{tmp_path}/none.sock"))
    for page in (
        "/",
        "/cameras",
        "/api/texts",
        "/api/observations",
        "/api/observations.csv",
        "/api/cameras",
        "/events",
    ):
        answer = client.get(page)
        assert answer.status_code == 503, page
        assert "does not serve" in answer.json()["error"]


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "many", "²", "", "9" * 5000])
def test_a_wrong_limit_is_refused(client: TestClient, limit: str) -> None:
    answer = client.get("/api/texts", params={"limit": limit})
    assert (answer.status_code, answer.json()) == (400, {"error": "limit is a number from 1 to 1000"})


@pytest.mark.parametrize("path", ["/?period=soon", "/?since=x", "/events?until=-1", "/api/observations.csv?since=²"])
def test_a_wrong_time_is_refused(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert " is " in answer.json()["error"]


def test_what_a_sign_says_is_text_and_no_markup(client: TestClient, repository: Repository) -> None:
    see(repository, "cam1", HOSTILE)
    see(repository, '<em>cam"', "EXIT")
    repository.tell(CameraHealth("cam1", "<i>POVO", "frozen", HOSTILE, moment=time.time_ns() // 1_000_000))
    for page in ("/", "/cameras"):
        html = client.get(page, params={"q": ""}).text
        assert "&lt;script&gt;alert(&#39;서울&#39;)&lt;/script&gt;&#34; onload=&#34;x" in html
        assert "<script>alert" not in html
        assert "<em>cam" not in html
        assert "<i>POVO" not in html
    assert "<script>" not in client.get("/", params={"q": HOSTILE}).text
    assert client.get("/").headers["content-security-policy"].startswith("default-src 'self'")


def test_an_empty_repository_says_so(client: TestClient) -> None:
    assert "No text has been read yet" in client.get("/").text
    assert "Nothing like that was seen" in client.get("/?q=exit").text
    assert client.get("/api/texts").json() == {"texts": []}


def test_the_page_shows_each_camera_and_how_it_is(client: TestClient, repository: Repository) -> None:
    now = time.time_ns() // 1_000_000
    see(repository, "cam1", "EXIT", 1000)
    see(repository, "cam1", "ENTRY", 2000)
    see(repository, "camkor1", "비상구", now)
    repository.tell(CameraHealth("camkor1", "SEOUL-KETI", "reading", "", now, video_bytes=1_234_567, sent_bytes=890))
    repository.tell(CameraHealth("cam3", "POVO", "wrong-password", "renew the password", now))
    html = client.get("/").text
    assert '<p class="newest">ENTRY</p>' in html
    assert '<p class="newest">비상구</p>' in html
    assert "1.2 MB of video stayed there, 890 B of text came" in html
    assert "renew the password" in html
    assert html.count('class="card good"') == 1
    assert html.count(">silent</p>") == 1


def test_a_picture_is_shown_only_where_it_is_kept(client: TestClient, repository: Repository) -> None:
    seen = replace(see(repository, "cam1", "EXIT"), has_picture=True)
    assert "<img" not in client.get("/").text
    path = f"/pictures/cam1/{seen.identity}.jpg"
    assert client.get(path).status_code == 404
    repository.put([seen], {seen.identity: b"\xff\xd8jpeg"})
    assert path in client.get("/").text
    assert client.get(path).content == b"\xff\xd8jpeg"


def test_texts_as_json_by_camera(client: TestClient, repository: Repository) -> None:
    first = see(repository, "cam1", "EXIT", 1000)
    second = see(repository, "camkor1", "비상구", 2000)
    texts = client.get("/api/texts").json()["texts"]
    assert [replace(Observation(**text), confidence=90) for text in texts] == [second, first]
    (only,) = client.get("/api/texts", params={"camera": "cam1"}).json()["texts"]
    assert set(only) == {"camera", "region", "text", "first_seen", "last_seen", "count"}
    assert len(client.get("/api/texts", params={"limit": "1"}).json()["texts"]) == 1


def test_observations_are_found_by_words_and_time(client: TestClient, repository: Repository) -> None:
    see(repository, "cam1", "Platform 4 to Milan", 1000)
    see(repository, "camkor1", "서울역 3번 출구", 2000)

    def found(**parameters: str) -> list[str]:
        answer = client.get("/api/observations", params=parameters).json()["observations"]
        return [observation["text"] for observation in answer]

    assert found(q="출구") == found(q="역3번") == found(since="1001") == ["서울역 3번 출구"]
    assert found(q="milan PLAT") == found(until="1999") == ["Platform 4 to Milan"]
    assert found(q="form") == found(q="출구", camera="cam1") == []


def test_everything_goes_out_as_csv_and_nothing_is_a_formula(client: TestClient, repository: Repository) -> None:
    seen = see(repository, "cam1", '=HYPERLINK("x"),🚧', 1000)
    answer = client.get("/api/observations.csv")
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["text"], row["id"]) == ('\'=HYPERLINK("x"),🚧', seen.identity)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_the_api_is_described_as_it_is(client: TestClient, repository: Repository) -> None:
    see(repository, "cam1", "EXIT")
    repository.tell(CameraHealth("cam1", "POVO", "reading", "", 0))
    openapi = client.get("/api/openapi.json").json()
    schemas = openapi["components"]["schemas"]
    for path, name in (("observations", "Observation"), ("texts", "Text"), ("cameras", "Camera")):
        (document,) = client.get(f"/api/{path}").json()[path]
        assert set(schemas[name]["required"]) <= set(document)
    assert all(client.get(path).status_code == 200 for path in openapi["paths"])


def test_the_page_finds_its_own_files(client: TestClient) -> None:
    for file in ("style.css", "live.js", "theme.js", "icon.svg"):
        assert client.get(f"/static/{file}").status_code == 200


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "set REPOSITORY_URL"),
        ({"REPOSITORY_URL": "redis://r"}, "set ACCESS_TOKEN_FILE to the file with the token"),
        ({"REPOSITORY_URL": "redis://r", "ACCESS": "all"}, "ACCESS is token, proxy or open, not 'all'"),
        ({"REPOSITORY_URL": "redis://r", "ACCESS": "proxy"}, "set ACCESS_PROXIES to the networks"),
        ({"REPOSITORY_URL": "redis://r", "ACCESS_TOKEN_FILE": "/none/token"}, "cannot read /none/token"),
        ({"REPOSITORY_URL": "redis://r", "ACCESS": "open", "KEEP_DAYS": "0"}, "KEEP_DAYS is a positive whole number"),
    ],
)
def test_nothing_is_open_by_mistake(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Settings.from_environment(environment)


def test_a_token_opens_the_page_and_the_api(redis_url: str, repository: Repository, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("short")
    with pytest.raises(ValueError, match="shorter than 16"):
        app_of(redis_url, ACCESS="token", ACCESS_TOKEN_FILE=str(file))
    file.write_text(TOKEN)
    client = TestClient(app_of(redis_url, ACCESS="token", ACCESS_TOKEN_FILE=str(file)), follow_redirects=False)
    for path in ("/", "/api/texts", "/api/openapi.json", "/events", "/cameras", "/pictures/a/b.jpg"):
        assert client.get(path).status_code == 401, path
    assert client.get("/", headers={"Accept": "text/html"}).headers["location"] == "/login"
    assert client.get("/api/texts", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert client.get("/api/texts", headers={"Authorization": "Bearer guess"}).status_code == 401
    wrong = client.post("/login", data={"token": "guess"})
    assert (wrong.status_code, "That is not the token" in wrong.text) == (401, True)
    right = client.post("/login", data={"token": TOKEN})
    assert (right.status_code, "HttpOnly" in right.headers["set-cookie"]) == (303, True)
    assert TOKEN not in right.headers["set-cookie"]
    assert client.get("/api/texts").status_code == 200


def test_a_proxy_is_trusted_by_its_address(redis_url: str, repository: Repository) -> None:
    app = app_of(redis_url, ACCESS="proxy", ACCESS_PROXIES="10.0.0.0/24, ::1/128", ACCESS_HEADER="X-User")
    near, far = TestClient(app, client=("10.0.0.7", 1)), TestClient(app, client=("10.0.1.7", 1))
    assert near.get("/api/texts", headers={"X-User": "ada"}).status_code == 200
    assert near.get("/api/texts").status_code == 401
    assert far.get("/api/texts", headers={"X-User": "ada"}).status_code == 401


@pytest.fixture
def served(redis_url: str, repository: Repository) -> Iterator[str]:
    """Serve the app as in production, for what TestClient can't do: an answer that never ends."""
    port = free_port()
    app = app_of(redis_url)
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    app.state.feed.stop()
    server.should_exit = True
    thread.join()


def test_a_page_is_told_what_appears_and_goes_on_where_it_was(served: str, repository: Repository) -> None:
    see(repository, "cam1", "BEFORE", 1000)
    with httpx2.stream("GET", f"{served}/events?q=exit", timeout=10) as answer:
        lines = answer.iter_lines()
        start = next(line for line in lines if line.startswith("id: "))
        see(repository, "cam1", "ENTRY", 2000)
        see(repository, "cam1", HOSTILE + " exit", 3000)
        shown = next(line for line in lines if "exit" in line)
        assert "&lt;script&gt;" in shown
    later = {"Last-Event-ID": start.removeprefix("id: ")}
    with httpx2.stream("GET", f"{served}/events", headers=later, timeout=10) as answer:
        first = next(line for line in answer.iter_lines() if 'class="text"' in line)
        assert "ENTRY" in first


def test_what_is_past_its_time_is_forgotten_while_the_page_is_served(redis_url: str, repository: Repository) -> None:
    see(repository, "cam1", "OLD", 1000)
    assert repository.newest("cam1", 1)
    settings = Settings.from_environment({"REPOSITORY_URL": redis_url, "ACCESS": "open", "KEEP_DAYS": "1"})
    assert settings.retention == Retention(days=1)
    with TestClient(create_app(settings)):
        deadline = time.monotonic() + 10
        while repository.newest("cam1", 1) and time.monotonic() < deadline:
            time.sleep(0.01)
    assert repository.newest("cam1", 1) == []
