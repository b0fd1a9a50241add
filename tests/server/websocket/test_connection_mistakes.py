"""/ws/audio and all that clients do wrong: each is answered or closed, and nobody else notices."""

import json
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from inzwa.cli.client import Refused, open_client
from inzwa.events import Start, TypedText
from inzwa.server.engine_lifecycle import RETRY_AFTER_S
from tests.server.websocket.talking import answer, close_code, kinds, raw_socket
from tests.serving import serving
from tests.sounds import utterance

MISTAKES = {
    "bad_message": ["{", "[]", '{"type":"dance"}', '{"type":"text"}', '{"type":"text","text":7}', "[" * 50_000],
    "bad_audio": [b"\x00\x01\x02"],
    "audio_too_long": [b"\x00" * 65_538],
    "empty_text": ['{"type":"text","text":"  "}'],
    "text_too_long": [json.dumps({"type": "text", "text": "a" * size}) for size in (10_000, 200_000)],
    "out_of_order": ['{"type":"start"}'],
}


@pytest.mark.parametrize(("code", "frame"), [(code, frame) for code, all_ in MISTAKES.items() for frame in all_])
async def test_a_mistake_is_answered_and_the_session_lives(code, frame):
    async with serving() as (url, _), raw_socket(url) as socket:
        await socket.send('{"type":"start"}')
        assert (await answer(socket))["type"] == "ready"
        await socket.send(frame)
        problem = await answer(socket)
        assert (problem["type"], problem["code"]) == ("error", code)
        await socket.send('{"type":"text","text":"makadii"}')
        assert (await answer(socket))["type"] == "asr.final"


BEFORE_START = {
    "unknown_voice": ['{"type":"start","voice":"nobody"}'],
    "out_of_order": ['{"type":"end_turn"}', '{"type":"text","text":"mhoro"}', b"\x00\x00"],
    "unsupported_format": [
        '{"type":"start","sample_rate":44100}',
        '{"type":"start","codec":"opus"}',
        '{"type":"start","language":"xx"}',
    ],
    "bad_message": [
        '{"type":"start","codec":"mp3"}',
        '{"type":"start","audio_out":"flac"}',
        '{"type":"start","silence_ms":5}',
        '{"type":"start","speed":2.5}',
        '{"type":"start","speed":NaN}',
        '{"type":"start","speed":"fast"}',
        json.dumps({"type": "start", "session_id": "a" * 65}),
    ],
}


@pytest.mark.parametrize(("code", "frame"), [(code, frame) for code, all_ in BEFORE_START.items() for frame in all_])
async def test_a_mistake_before_start_is_answered_and_start_still_works(code, frame):
    async with serving() as (url, _), raw_socket(url) as socket:
        await socket.send(frame)
        assert (await answer(socket))["code"] == code
        await socket.send('{"type":"start"}')
        assert (await answer(socket))["type"] == "ready"


async def test_a_client_that_says_nothing_is_let_go():
    async with serving(request_timeout_s=0.5) as (url, _), raw_socket(url) as socket:
        assert await close_code(socket) == 1008


async def test_an_idle_session_ends():
    async with serving(idle_timeout_s=1) as (url, app_state), raw_socket(url) as socket:
        await socket.send('{"type":"start"}')
        assert await close_code(socket) == 1000
        assert app_state.admission.sessions == 0


async def test_a_frame_beyond_the_limit_closes_the_socket():
    async with serving() as (url, _), raw_socket(url) as socket:
        await socket.send('{"type":"start"}')
        await answer(socket)
        await socket.send(b"\x00" * 262_145)
        assert await close_code(socket) == 1009


async def test_a_client_of_nothing_but_mistakes_is_let_go():
    async with serving() as (url, _), raw_socket(url) as socket:
        await socket.send('{"type":"start"}')
        for _ in range(60):
            await socket.send("{")
        assert await close_code(socket) == 1008


async def test_one_session_too_many_is_told_to_come_again():
    async with serving(max_sessions=1) as (url, _), open_client(url) as first:
        async with raw_socket(url) as second:
            refusal = await answer(second)
            assert (refusal["code"], refusal["retry_after_s"]) == ("too_many_sessions", RETRY_AFTER_S)
            assert await close_code(second) == 1013
        assert kinds(await first.say(utterance()))[-1] == "turn.end"


async def test_one_address_does_not_take_every_session():
    one, other = {"X-Forwarded-For": "203.0.113.5"}, {"X-Forwarded-For": "203.0.113.6"}
    async with serving(max_sessions=3, max_sessions_per_address=1) as (url, _), raw_socket(url, **one) as first:
        await first.send('{"type":"start"}')
        assert (await answer(first))["type"] == "ready"
        async with raw_socket(url, **one) as second:
            assert (await answer(second))["code"] == "too_many_sessions"
            assert await close_code(second) == 1013
        async with raw_socket(url, **other) as third:
            await third.send('{"type":"start"}')
            assert (await answer(third))["type"] == "ready"


async def test_this_machine_may_take_every_session():
    async with (
        serving(max_sessions=2, max_sessions_per_address=1) as (url, _),
        open_client(url),
        open_client(url) as last,
    ):
        assert last.ready["type"] == "ready"


async def test_endless_sound_faster_than_speech_closes_the_socket():
    async with serving(max_audio_seconds=1) as (url, app_state), raw_socket(url) as socket:
        await socket.send('{"type":"start","mode":"push_to_talk"}')
        with suppress(ConnectionClosed):
            for _ in range(20):
                await socket.send(bytes(32_000))
        assert await close_code(socket) == 1013
        assert b"rate_limited" in app_state.metrics.text()


async def test_a_session_is_free_again_after_a_hang_up():
    async with serving(max_sessions=1) as (url, _):
        for _ in range(3):
            async with open_client(url) as client:
                await client.send(TypedText("mhoro"))
                await client.turn()


async def test_the_access_token_is_asked_for_where_one_is_set():
    async with serving(access_token="svosve") as (url, _):
        with pytest.raises(Refused) as refused:
            async with open_client(url, Start(auth="other")):
                pass
        assert refused.value.event["code"] == "unauthorized"
        async with open_client(url, Start(auth="svosve")) as client:
            assert client.ready["type"] == "ready"
        async with open_client(url, headers=[("Authorization", "Bearer svosve")]) as client:
            assert client.ready["type"] == "ready"


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (None, True),
        ("http://localhost:7860", True),
        ("http://{host}", True),
        ("http://evil.example", False),
        ("null", False),
        ("http://localhost:7860.evil.example", False),
    ],
)
async def test_only_our_own_pages_may_open_a_socket(origin, welcome):
    async with serving() as (url, _):
        headers = {"Origin": origin.format(host=url.removeprefix("http://"))} if origin else {}
        if welcome:
            async with raw_socket(url, **headers) as socket:
                await socket.send('{"type":"start"}')
                assert (await answer(socket))["type"] == "ready"
        else:
            with pytest.raises(Exception, match="403"):
                async with raw_socket(url, **headers):
                    pass
