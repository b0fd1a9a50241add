"""Health, readiness, warm-up, metrics, headers, and the page that explains the socket."""

from contextlib import asynccontextmanager
from dataclasses import fields

import anyio
import httpx
import pytest

from inzwa.cli.client import Refused, open_client
from inzwa.errors import ModelUnavailable
from inzwa.events import ClientEvent, ServerEvent, TypedText
from inzwa.protocols import StageReport
from inzwa.server.http.protocol_page import protocol_markdown
from tests.serving import opening, scripted_engines, serving

ADMIN = {"Authorization": "Bearer svosve"}


def refusing(times: int, why: str = "whisper-base is not here and cannot be fetched."):
    """An `open_engines` that fails so often, then works; and the list of its calls."""
    calls: list[int] = []

    @asynccontextmanager
    async def open_engines(settings, report):
        calls.append(len(calls))
        if len(calls) <= times:
            report(StageReport("asr", "failed", why, why.partition(" ")[0]))
            raise ModelUnavailable(why)
        async with opening(scripted_engines())(settings, report) as engines:
            yield engines

    return open_engines, calls


async def test_alive_is_said_at_once():
    open_engines, _ = refusing(99)
    async with serving(open_engines=open_engines) as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert (await http.get("/healthz")).json()["status"] == "ok"


async def test_ready_names_models_versions_checksums_and_sources():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.get("/readyz")
        assert answer.status_code == 200
        body = answer.json()
        assert set(body["stages"]) == {"vad", "asr", "llm", "tts"}
        for stage in body["stages"].values():
            assert {"engine", "version", "model", "files", "source", "licence", "load_ms", "warm_ms"} <= set(stage)


async def test_not_ready_says_why_and_refuses_with_a_hint():
    open_engines, _ = refusing(99)
    async with serving(open_engines=open_engines) as (url, app_state), httpx.AsyncClient(base_url=url) as http:
        await app_state.lifecycle.warm_up_ended()
        answer = await http.get("/readyz")
        assert (answer.status_code, answer.json()["reasons"]) == (
            503,
            ["whisper-base is not here and cannot be fetched."],
        )
        answer = await http.post("/v1/tts", json={"text": "mhoro"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_ready")
        assert int(answer.headers["retry-after"]) >= 1
        with pytest.raises(Refused, match="not ready"):
            async with open_client(url):
                pass


async def test_what_is_not_ready_and_what_serves_is_told_without_folders_and_the_log_has_them(caplog):
    reason = "file:/srv/models/base.gguf cannot be read: Permission denied"
    open_engines, _ = refusing(1, reason)
    async with serving(open_engines=open_engines, admin_token="svosve") as (url, app_state):
        await app_state.lifecycle.warm_up_ended()
        async with httpx.AsyncClient(base_url=url, headers=ADMIN) as http:
            body = (await http.get("/readyz")).json()
            assert body["reasons"] == ["file:base.gguf cannot be read: Permission denied"]
            assert body["stages"]["asr"]["tried"] == [{"model": "file:base.gguf", "reason": body["reasons"][0]}]
            assert "/srv" not in (await http.post("/v1/tts", json={"text": "mhoro"})).text
            assert reason in caplog.text
            assert (await http.post("/v1/admin/warmup")).status_code == 200
            assert "/srv" not in (await http.get("/readyz")).text


async def test_warm_up_is_not_there_without_an_admin_token():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert (await http.post("/v1/admin/warmup", headers=ADMIN)).status_code == 404


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer svosv", "Bearer svosvee", "Basic svosve"])
async def test_warm_up_refuses_every_other_token(token):
    async with serving(admin_token="svosve") as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert (await http.post("/v1/admin/warmup", headers={"Authorization": token})).status_code == 401


async def test_who_guesses_the_admin_s_token_is_counted():
    async with (
        serving(admin_token="svosve", requests_per_minute=3) as (url, _),
        httpx.AsyncClient(base_url=url) as http,
    ):
        guesses = [{"Authorization": f"Bearer {number}"} for number in range(4)]
        answers = [await http.post("/v1/admin/warmup", headers=guess) for guess in guesses]
        assert [each.status_code for each in answers] == [401, 401, 401, 429]


async def test_twenty_warm_ups_at_once_try_once_more_together():
    open_engines, calls = refusing(1)
    async with serving(open_engines=open_engines, admin_token="svosve") as (url, app_state):
        await app_state.lifecycle.warm_up_ended()
        async with httpx.AsyncClient(base_url=url, headers=ADMIN) as http:
            answers: list[httpx.Response] = []

            async def warm_up() -> None:
                answers.append(await http.post("/v1/admin/warmup"))

            async with anyio.create_task_group() as tasks:
                for _ in range(20):
                    tasks.start_soon(warm_up)
        assert {answer.status_code for answer in answers} == {200}
        assert set(answers[0].json()["stages"]) == {"vad", "asr", "llm", "tts"}
        assert len(calls) == 2


async def test_a_warm_up_that_fails_is_an_error_with_a_code():
    open_engines, _ = refusing(99)
    async with serving(open_engines=open_engines, admin_token="svosve") as (url, _):
        async with httpx.AsyncClient(base_url=url, headers=ADMIN) as http:
            answer = await http.post("/v1/admin/warmup")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_unavailable")


async def test_metrics_count_turns_and_never_hold_words():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        async with open_client(url) as client:
            await client.send(TypedText("chakavanzika"))
            await client.turn()
        await http.post("/v1/tts", json={"text": ""})
        text = (await http.get("/metrics")).text
        assert 'inzwa_turns_total{outcome="ended"} 1.0' in text
        assert 'inzwa_errors_total{code="empty_text"} 1.0' in text
        assert 'inzwa_turn_latency_seconds_count{step="first_audio"} 1.0' in text
        assert 'inzwa_model_info{model="scripted-chat",stage="llm"} 1.0' in text
        assert "chakavanzika" not in text
        assert "makadiiwo" not in text


async def test_metrics_are_for_this_machine_or_for_a_token():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert (await http.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})).status_code == 403
    async with serving(metrics_token="svosve") as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert (await http.get("/metrics")).status_code == 401
        assert (await http.get("/metrics", headers=ADMIN)).status_code == 200


async def test_every_answer_carries_the_headers_that_browsers_need():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        headers = (await http.get("/healthz")).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "microphone=(self)" in headers["permissions-policy"]
        assert "frame-ancestors" in headers["content-security-policy"]
        assert "x-frame-options" not in headers
        assert "server" not in headers


async def test_a_server_that_is_stopping_is_not_ready():
    async with serving() as (url, app_state), httpx.AsyncClient(base_url=url) as http:
        app_state.admission.stopping.set()
        answer = await http.get("/readyz")
        assert (answer.status_code, answer.json()["reasons"]) == (503, ["The server is stopping."])


async def test_other_sites_get_no_leave_to_read():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        stranger = await http.get("/healthz", headers={"Origin": "http://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers
        ours = await http.get("/healthz", headers={"Origin": "http://localhost:7860"})
        assert ours.headers["access-control-allow-origin"] == "http://localhost:7860"


async def test_a_body_beyond_the_limit_is_not_read():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/tts", content=b"x" * (17 * 2**20), headers={"Content-Type": "application/json"})
        assert answer.status_code == 413


async def test_the_interface_is_described():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        paths = (await http.get("/openapi.json")).json()["paths"]
        assert {"/v1/tts", "/v1/chat", "/healthz", "/readyz", "/v1/admin/warmup", "/metrics"} <= set(paths)
        page = (await http.get("/docs/protocol")).text
        assert "asr.partial" in page


def test_the_protocol_page_names_every_message_and_every_field():
    page = protocol_markdown()
    for union in (ClientEvent, ServerEvent):
        for event in union.__args__:
            if not hasattr(event, "type"):
                continue
            section = page.split(f"### `{event.type}`")[1].split("###")[0]
            for field in fields(event):
                row = next(line for line in section.splitlines() if line.startswith(f"| `{field.name}` |"))
                assert row.split("|")[3].strip(), f"{event.type}.{field.name} has no meaning"
