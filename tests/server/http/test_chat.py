"""POST /v1/chat on scripted engines: both shapes of an answer, what other clients send, refusals."""

import asyncio
import json

import anyio
import httpx
import pytest

from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.errors import EngineError
from inzwa.protocols import Message
from tests.server.http.answers import MHORO, refusal
from tests.serving import scripted_engines, serving

WHOLE = {**MHORO, "stream": False}


def chunks(text: str) -> list[dict]:
    """The events of a stream, the closing [DONE] checked and left out."""
    events = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    assert events[-1] == "[DONE]"
    return [json.loads(event) for event in events[:-1]]


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
        ({"messages": [{"role": "user", "content": []}]}, (422, "empty_text")),
        ({"messages": [{"role": "user"}]}, (422, "bad_request")),
        ({"messages": [{"role": "user", "content": 7}]}, (422, "bad_request")),
        ({**MHORO, "stream": "later"}, (422, "bad_request")),
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


async def test_without_a_stream_the_reply_is_one_object():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/chat", json=WHOLE)
        assert answer.headers["content-type"] == "application/json"
        body = answer.json()
        assert (body["object"], body["model"]) == ("chat.completion", "scripted-chat")
        assert body["id"].startswith("chatcmpl-")
        assert isinstance(body["created"], int)
        [choice] = body["choices"]
        assert choice["message"] == {"role": "assistant", "content": "Ndiripo, makadiiwo?"}
        assert (choice["index"], choice["finish_reason"]) == (0, "stop")


@pytest.mark.parametrize("stream", [True, None])
async def test_a_stream_is_what_there_is_unless_it_is_declined(stream):
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert chunks((await http.post("/v1/chat", json={**MHORO, "stream": stream})).text)


async def test_a_model_that_fails_midway_is_an_http_error_where_nothing_is_streamed():
    model = ScriptedChatModel(ScriptedReply(pieces=("Ndi ", "ri ", "po"), fails_at=2))
    async with serving(scripted_engines(llm=model)) as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert refusal(await http.post("/v1/chat", json=WHOLE)) == (500, "engine_failed")


@pytest.mark.parametrize("stream", [True, False])
async def test_a_reader_who_leaves_before_the_first_word_stops_the_model(stream):
    model = ScriptedChatModel(ScriptedReply(pieces=("Ndiripo.",), gates={0: anyio.Event()}))
    async with serving(scripted_engines(llm=model)) as (url, _):
        before = len(asyncio.all_tasks())
        async with httpx.AsyncClient(base_url=url) as http, anyio.create_task_group() as tasks:
            tasks.start_soon(_post, http, {**MHORO, "stream": stream})
            while not model.opened:
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        with anyio.fail_after(10):
            while model.speaking or len(asyncio.all_tasks()) > before:
                await anyio.lowlevel.checkpoint()


async def _post(http: httpx.AsyncClient, body: dict) -> None:
    await http.post("/v1/chat", json=body)


ASKS = {"role": "user", "content": "Kuri kunaya here?"}
CALLS = {"role": "assistant", "content": None, "tool_calls": [{"id": "a", "type": "function", "function": {}}]}
RESULT = {"role": "tool", "tool_call_id": "a", "content": '{"rain": true}'}


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        (
            [{"role": "user", "content": [{"type": "text", "text": "Mhoro."}, {"type": "text", "text": "Makadii?"}]}],
            [Message("user", "Mhoro.\nMakadii?")],
        ),
        ([{"role": "developer", "content": "Be brief."}, ASKS], [Message("system", "Be brief."), Message(**ASKS)]),
        ([ASKS, CALLS, RESULT], [Message("user", 'Kuri kunaya here?\n\n{"rain": true}')]),
        ([ASKS, {**CALLS, "content": ""}, RESULT], [Message("user", 'Kuri kunaya here?\n\n{"rain": true}')]),
        (
            [ASKS, {**CALLS, "content": "Regai nditarise."}, {**RESULT, "content": [{"type": "text", "text": "Ehe"}]}],
            [Message(**ASKS), Message("assistant", "Regai nditarise."), Message("user", "Ehe")],
        ),
        ([ASKS, CALLS, RESULT, {"role": "user", "content": "Saka?"}], None),
    ],
)
async def test_messages_as_other_clients_send_them_reach_the_model(sent, asked):
    model = ScriptedChatModel(["Ehe."])
    async with serving(scripted_engines(llm=model)) as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/chat", json={"messages": sent, "stream": False})
        assert answer.json()["choices"][0]["message"]["content"] == "Ehe."
    assert asked is None or list(model.asked[0].messages) == asked


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "text"},
        {"type": "text", "text": 7},
        "text",
    ],
)
async def test_parts_that_are_no_text_are_refused_with_what_would_be_right(part):
    body = {"messages": [{"role": "user", "content": [{"type": "text", "text": "Mhoro"}, part]}]}
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/chat", json=body)
    assert refusal(answer) == (422, "bad_request")
    assert answer.json()["error"]["message"] == (
        '`messages.0.content`: Only parts of the kind {"type": "text", "text": "..."} are taken; no images, no sound.'
    )


async def test_fields_of_openai_that_mean_nothing_here_are_ignored():
    others = {"model": "gpt-4o", "user": "a", "top_p": 0.5, "n": 1, "tools": [], "stream_options": {}, "logit_bias": {}}
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        assert (await http.post("/v1/chat", json={**WHOLE, **others})).status_code == 200


async def test_a_longer_reply_than_there_is_room_for_is_refused_with_the_most():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/v1/chat", json={**WHOLE, "max_tokens": 4096})
    assert refusal(answer) == (422, "bad_request")
    assert answer.json()["error"]["message"] == "`max_tokens`: Input should be less than or equal to 1024."


async def test_a_system_message_and_words_to_stop_at_have_their_bounds():
    async with serving() as (url, _), httpx.AsyncClient(base_url=url) as http:
        system = [{"role": "system", "content": "a" * 8_001}, *MHORO["messages"]]
        assert refusal(await http.post("/v1/chat", json={"messages": system})) == (413, "text_too_long")
        assert refusal(await http.post("/v1/chat", json={**MHORO, "stop": ["a" * 65]})) == (422, "bad_request")
        empty = [{"role": "system", "content": ""}, *MHORO["messages"]]
        assert (await http.post("/v1/chat", json={"messages": empty})).status_code == 200
        result = [*MHORO["messages"], {"role": "tool", "content": "a" * 8_001}]
        assert refusal(await http.post("/v1/chat", json={"messages": result})) == (413, "text_too_long")
