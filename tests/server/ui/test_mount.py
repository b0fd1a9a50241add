"""The mounted page: what is open to everybody, and what stays closed."""

import uuid
from pathlib import Path

import httpx
import numpy as np
import pytest
from fastapi import FastAPI

from inzwa.server.app_state import AppState
from inzwa.server.ui.mount import MAX_WAITING, PROGRESS_POLL_S, QUEUE_POLL_S, mount_page
from inzwa.server.ui.page import build_page
from tests.browser.microphone import write_wav

HEARD = "16000 samples"
"""What is heard in the canary, should it ever reach the transcriber."""


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A sound file on the server that nobody uploaded, and that the endpoint could read."""
    return write_wav(tmp_path / "canary.wav", np.zeros(16_000, dtype=np.float32), 16_000)


def paths(canary: Path) -> list[str]:
    return [
        str(canary),
        f"{canary.parent}/../{canary.parent.name}/canary.wav",
        "/etc/hostname",
        "../../../../etc/hostname",
        f"file://{canary}",
        "http://127.0.0.1:1/x.wav",
        "http://169.254.169.254/latest/meta-data/",
    ]


def event_stream(http: httpx.Client, api_name: str, data: list) -> str:
    """What a call answers, to its end."""
    asked = http.post(f"/gradio_api/call/{api_name}", json={"data": data})
    return http.get(f"/gradio_api/call/{api_name}/{asked.json()['event_id']}").text if asked.is_success else asked.text


def test_the_endpoint_that_takes_a_file_refuses_paths_it_did_not_receive(http: httpx.Client, canary: Path) -> None:
    for path in paths(canary):
        answer = event_stream(http, "talk", [{"path": path, "meta": {"_type": "gradio.FileData"}}])
        assert "event: error" in answer, path
        assert HEARD not in answer, path


def test_the_same_file_is_read_when_it_was_uploaded(http: httpx.Client, canary: Path) -> None:
    """Shows that the refusals below and above are about where a path came from, not about the file."""
    path = http.post("/gradio_api/upload", files={"files": (canary.name, canary.read_bytes())}).json()[0]
    assert HEARD in event_stream(http, "talk", [{"path": path, "meta": {"_type": "gradio.FileData"}}])


def test_the_queue_refuses_them_too(http: httpx.Client, canary: Path) -> None:
    numbers = [each["id"] for each in http.get("/config").json()["dependencies"] if each["api_name"] == "talk"]
    for path in paths(canary):
        session = uuid.uuid4().hex
        data = [{"path": path, "meta": {"_type": "gradio.FileData"}}]
        http.post("/gradio_api/queue/join", json={"data": data, "fn_index": numbers[0], "session_hash": session})
        answer = http.get(f"/gradio_api/queue/data?session_hash={session}").text
        assert '"success":false' in answer, path
        assert HEARD not in answer, path


@pytest.mark.parametrize(
    "route", ["/gradio_api/file=", "/file=", "/inzwa/", "/static/", "/assets/", "/gradio_api/proxy="]
)
def test_no_route_gives_files_away(http: httpx.Client, canary: Path, route: str) -> None:
    for path in paths(canary):
        answer = http.get(route + path)
        assert not answer.is_success, path
        assert b"RIFF" not in answer.content, path


async def test_the_queue_is_bounded_and_serves_one_at_a_time(cold: AppState) -> None:
    blocks = build_page(cold)
    mount_page(FastAPI(), blocks, cold.settings)
    assert MAX_WAITING <= 8
    assert blocks._queue.max_size == MAX_WAITING
    assert blocks._queue.default_concurrency_limit == 1


async def test_an_idle_queue_looks_for_calls_only_now_and_then(cold: AppState) -> None:
    blocks = build_page(cold)
    mount_page(FastAPI(), blocks, cold.settings)
    assert blocks._queue.sleep_when_free == QUEUE_POLL_S >= 0.05
    assert blocks._queue.progress_update_sleep_when_free == PROGRESS_POLL_S >= 0.05


async def test_gradio_checks_paths_because_it_believes_that_it_was_launched(cold: AppState) -> None:
    blocks = build_page(cold)
    mount_page(FastAPI(), blocks, cold.settings)
    assert blocks.has_launched


def test_nobody_keeps_the_visitors_runs(http: httpx.Client) -> None:
    assert http.get("/gradio_api/runs").status_code == 404


def test_other_sites_may_not_call(http: httpx.Client) -> None:
    answer = http.get("/config", headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in answer.headers
    ours = http.get("/config", headers={"Origin": "http://localhost:7860"})
    assert ours.headers["access-control-allow-origin"] == "http://localhost:7860"


def test_the_pages_own_files_are_served_and_asked_for_anew_each_time(http: httpx.Client) -> None:
    for name, kind in {
        "ui/page.js": "javascript",
        "ui/page.css": "text/css",
        "icons/inzwa.svg": "image/svg+xml",
    }.items():
        answer = http.get(f"/inzwa/{name}")
        assert kind in answer.headers["content-type"]
        assert answer.headers["cache-control"] == "no-cache"


def test_the_page_asks_nothing_of_other_servers(http: httpx.Client) -> None:
    page = http.get("/app").text
    head = page.split("<script>window.gradio_config")[0]
    assert 'rel="stylesheet" href="https:' not in page
    assert "fonts.googleapis" not in page
    assert '<script src="http' not in head
