"""POST /v1/tts on scripted engines, and who may come to /v1: shapes, streams, refusals."""

import asyncio
import io

import anyio
import httpx
import numpy as np
import pytest
import soundfile

from inzwa.engines.tts.scripted import ScriptedPhrase, ScriptedVoice
from tests.server.http.answers import MHORO, refusal
from tests.serving import scripted_engines, serving


@pytest.mark.parametrize("kind", ["wav", "opus"])
async def test_speech_in_a_container_can_be_played(kind):
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/tts", json={"text": "Mhoro shamwari.", "format": kind})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith({"wav": "audio/wav", "opus": "audio/ogg"}[kind])
        sound, rate = soundfile.read(io.BytesIO(answer.content), dtype="float32")
        assert rate == {"wav": 22_050, "opus": 48_000}[kind]
        assert 0.5 < sound.size / rate < 1.0
        assert np.abs(sound).max() > 0.1


async def test_bare_pcm_is_sixteen_kilohertz():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/tts", json={"text": "Mhoro shamwari.", "format": "pcm16"})
        assert "rate=16000" in answer.headers["content-type"]
        assert 0.5 < len(answer.content) / 2 / 16_000 < 1.0


async def test_speech_is_sent_while_it_is_made():
    gate = anyio.Event()
    voice = ScriptedVoice(ScriptedPhrase(gates={1: gate}))
    async with serving(scripted_engines(tts=voice)) as (url, _), httpx.AsyncClient(base_url=url) as http:
        wanted = {"text": "Mhoro shamwari yangu.", "format": "pcm16"}
        async with http.stream("POST", "/v1/tts", json=wanted) as answer:
            parts = answer.aiter_raw()
            assert await anext(parts)
            gate.set()
            assert b"".join([part async for part in parts])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": ""}, (422, "empty_text")),
        ({"text": "a" * 401}, (413, "text_too_long")),
        ({"text": "mhoro", "voice": "nobody"}, (422, "unknown_voice")),
        ({"text": "mhoro", "format": "mp3"}, (422, "bad_request")),
        ({"text": "mhoro", "speed": 9}, (422, "bad_request")),
        ({"txt": "mhoro"}, (422, "bad_request")),
        ([], (422, "bad_request")),
    ],
)
async def test_a_wrong_request_for_speech_is_refused_in_words(body, expected):
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert refusal(await http.post("/v1/tts", json=body)) == expected


async def test_a_voice_that_fails_at_once_is_an_http_error():
    voice = ScriptedVoice(ScriptedPhrase(fails_at=0))
    async with serving(scripted_engines(tts=voice)) as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert refusal(await http.post("/v1/tts", json={"text": "mhoro"})) == (500, "engine_failed")
        assert (await http.post("/v1/tts", json={"text": "mhoro"})).status_code == 200


async def test_a_listener_who_leaves_stops_the_voice():
    gate = anyio.Event()
    voice = ScriptedVoice(ScriptedPhrase(gates={1: gate}))
    async with serving(scripted_engines(tts=voice)) as (url, _):
        before = len(asyncio.all_tasks())
        async with httpx.AsyncClient(base_url=url) as http:
            wanted = {"text": "Mhoro shamwari yangu.", "format": "pcm16"}
            async with http.stream("POST", "/v1/tts", json=wanted) as answer:
                await anext(answer.aiter_raw())
        with anyio.fail_after(10):
            while voice.closed < voice.opened or len(asyncio.all_tasks()) > before:
                await anyio.lowlevel.checkpoint()


async def test_one_address_may_ask_so_often_and_no_more():
    async with serving(requests_per_minute=2) as (url, _), httpx.AsyncClient(base_url=url) as http:
        for _ in range(2):
            assert (await http.post("/v1/tts", json={"text": "mhoro"})).status_code == 200
        answer = await http.post("/v1/tts", json={"text": "mhoro"})
        assert refusal(answer) == (429, "rate_limited")
        assert int(answer.headers["retry-after"]) >= 1
        forged = {"X-Forwarded-For": "203.0.113.9"}
        assert (await http.post("/v1/chat", json=MHORO, headers=forged)).status_code == 200


async def test_the_access_token_guards_speech_and_chat():
    async with serving(access_token="svosve") as (url, _), httpx.AsyncClient(base_url=url) as http:
        for path, body in (("/v1/tts", {"text": "mhoro"}), ("/v1/chat", MHORO)):
            assert refusal(await http.post(path, json=body)) == (401, "unauthorized")
            wrong = {"Authorization": "Bearer svosv"}
            assert refusal(await http.post(path, json=body, headers=wrong)) == (401, "unauthorized")
            right = {"Authorization": "Bearer svosve"}
            assert (await http.post(path, json=body, headers=right)).status_code == 200


async def test_whoever_guesses_tokens_is_counted():
    async with (
        serving(access_token="svosve", requests_per_minute=3) as (url, _),
        httpx.AsyncClient(base_url=url) as http,
    ):
        answers = [await http.post("/v1/chat", json=MHORO, headers={"Authorization": f"Bearer {n}"}) for n in range(4)]
        assert [refusal(each) for each in answers] == [(401, "unauthorized")] * 3 + [(429, "rate_limited")]


async def test_a_refusal_repeats_little_of_what_was_sent():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/tts", json={"text": "Mhoro", "x" * 100_000: 1})
        assert answer.status_code == 422
        assert len(answer.content) < 400
