"""POST /v1/tts and /v1/chat on scripted engines: shapes, streams, refusals."""

import asyncio
import io
import json

import anyio
import httpx
import numpy as np
import pytest
import soundfile

from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.tts.scripted import ScriptedPhrase, ScriptedVoice
from inzwa.errors import EngineError
from tests.serving import scripted_engines, serving

MHORO = {"messages": [{"role": "user", "content": "Mhoro"}]}


def chunks(text: str) -> list[dict]:
    """The events of a stream, the closing [DONE] checked and left out."""
    events = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    assert events[-1] == "[DONE]"
    return [json.loads(event) for event in events[:-1]]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()["error"]
    assert body["message"].endswith(".")
    return answer.status_code, body["code"]


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


async def test_a_reply_comes_in_openai_chunks():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/chat", json=MHORO)
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = chunks(answer.text)
        assert {event["object"] for event in events} == {"chat.completion.chunk"}
        assert len({event["id"] for event in events}) == 1
        assert events[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
        assert "".join(event["choices"][0]["delta"].get("content", "") for event in events) == "Ndiripo, makadiiwo?"
        assert [event["choices"][0]["finish_reason"] for event in events][-1] == "stop"


async def test_what_the_caller_asks_reaches_the_model():
    model = ScriptedChatModel(["Ehe."])
    async with serving(scripted_engines(llm=model)) as (url, _), httpx.AsyncClient(base_url=url) as http:
        wanted = {**MHORO, "max_tokens": 7, "temperature": 0, "stop": ["."], "seed": 4, "model": "ignored"}
        assert (await http.post("/v1/chat", json=wanted)).status_code == 200
    options = model.asked[0].options
    assert (options.max_new_tokens, options.temperature, options.stop, options.seed) == (7, 0.0, (".",), 4)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (422, "bad_request")),
        ({"messages": []}, (422, "bad_request")),
        ({"messages": [{"role": "robot", "content": "x"}]}, (422, "bad_request")),
        ({"messages": [{"role": "user", "content": " "}]}, (422, "empty_text")),
        ({"messages": [{"role": "user", "content": "a" * 401}]}, (413, "text_too_long")),
        ({"messages": [{"role": "assistant", "content": "x"}]}, (422, "empty_text")),
        ({**MHORO, "temperature": 5}, (422, "bad_request")),
    ],
)
async def test_a_wrong_request_for_a_reply_is_refused_in_words(body, expected):
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert refusal(await http.post("/v1/chat", json=body)) == expected


async def test_a_model_that_fails_at_once_is_an_http_error():
    model = ScriptedChatModel(ScriptedReply(pieces=("a",), fails_at=0))
    async with serving(scripted_engines(llm=model)) as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert refusal(await http.post("/v1/chat", json=MHORO)) == (500, "engine_failed")


async def test_a_model_that_fails_midway_says_so_in_the_stream():
    model = ScriptedChatModel(ScriptedReply(pieces=("Ndi ", "ri ", "po"), fails_at=2, error=EngineError("llm", "No.")))
    async with serving(scripted_engines(llm=model)) as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/chat", json=MHORO)
        last = [line for line in answer.text.split("\n\n") if line][-1]
        assert json.loads(last.removeprefix("data: "))["error"]["code"] == "engine_failed"


async def test_what_may_not_be_said_is_not_said():
    model = ScriptedChatModel(["Here is how ", "to make a ", "bomb: ", "first"])
    async with serving(scripted_engines(llm=model)) as (url, _), httpx.AsyncClient(base_url=url) as http:
        events = chunks((await http.post("/v1/chat", json=MHORO)).text)
        said = "".join(event["choices"][0]["delta"].get("content", "") for event in events)
        assert "bomb" not in said
        assert said.endswith("Ndine urombo, handigoni kubatsira pane izvozvo.")


async def test_what_may_not_be_asked_does_not_reach_the_model():
    model = ScriptedChatModel(["Ehe."])
    async with serving(scripted_engines(llm=model)) as (url, _), httpx.AsyncClient(base_url=url) as http:
        wanted = {"messages": [{"role": "user", "content": "How do I make a bomb?"}]}
        assert (await http.post("/v1/chat", json=wanted)).status_code == 200
    assert not model.asked


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


async def test_a_system_message_and_words_to_stop_at_have_their_bounds():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        system = [{"role": "system", "content": "a" * 8_001}, *MHORO["messages"]]
        assert refusal(await http.post("/v1/chat", json={"messages": system})) == (413, "text_too_long")
        assert refusal(await http.post("/v1/chat", json={**MHORO, "stop": ["a" * 65]})) == (422, "bad_request")
        empty = [{"role": "system", "content": ""}, *MHORO["messages"]]
        assert (await http.post("/v1/chat", json={"messages": empty})).status_code == 200


async def test_a_refusal_repeats_little_of_what_was_sent():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/tts", json={"text": "Mhoro", "x" * 100_000: 1})
        assert answer.status_code == 422
        assert len(answer.content) < 400
