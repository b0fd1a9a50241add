"""/ws/audio on a real uvicorn and scripted engines: the protocol, and all that clients do wrong."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress

import anyio
import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from inzwa.api.codecs import OpusEncoder
from inzwa.asr.scripted import ScriptedTranscriber
from inzwa.client import Refused, open_client
from inzwa.errors import EngineError
from inzwa.events import Cancel, EndTurn, Start, TypedText
from inzwa.llm.scripted import ScriptedChatModel, ScriptedReply
from tests.serving import scripted_engines, serving
from tests.sounds import frames, quiet, tone, utterance

TURN = ("speech.start", "speech.stop", "asr.final", "llm.final", "tts.start", "tts.end", "turn.end")


def kinds(record) -> list[str]:
    return [event["type"] for event in record.events]


@asynccontextmanager
async def raw_socket(url: str, **headers: str):
    """A socket on which nothing has been said yet."""
    address = url.replace("http", "ws") + "/ws/audio"
    async with connect(address, additional_headers=headers, compression=None, max_size=None) as socket:
        yield socket


async def answer(socket) -> dict:
    return json.loads(await socket.recv())


async def close_code(socket) -> int:
    """The code that the server closes with, what it says before passed over."""
    with suppress(ConnectionClosed):
        async for _ in socket:
            pass
    return socket.close_code


@pytest.mark.parametrize("codec", ["opus", "pcm16"])
async def test_a_spoken_turn_is_answered_in_order_with_sound(codec):
    async with serving() as (url, _), open_client(url, Start(audio_out=codec)) as client:
        record = await client.say(utterance())
        seen = [kind for kind in dict.fromkeys(kinds(record)) if kind != "llm.final"]
        assert [kind for kind in seen if kind in TURN] == [kind for kind in TURN if kind != "llm.final"]
        assert kinds(record).index("tts.start") < kinds(record).index("tts.end")
        assert record.text("asr.final") == "mhoro shamwari"
        assert record.text("llm.final") == "Ndiripo, makadiiwo?"
        assert record.sample_rate == client.ready["sample_rate"]
        assert np.abs(record.sound).max() > 0.1


async def test_the_latency_of_a_spoken_turn_has_every_field():
    async with serving() as (url, _), open_client(url) as client:
        record = await client.say(utterance())
        latency = record.events[-1]["latency"]
        assert set(latency) == {"asr_ms", "llm_first_token_ms", "tts_first_audio_ms", "first_audio_ms", "total_ms"}
        assert all(isinstance(value, int) and value >= 0 for value in latency.values())


async def test_silence_ends_a_turn_without_being_asked():
    async with serving() as (url, _), open_client(url) as client:
        await client.send_sound(np.concatenate((utterance(), quiet(1_200))))
        assert kinds(await client.turn())[-1] == "turn.end"


async def test_a_typed_turn_has_no_transcription_time():
    async with serving() as (url, _), open_client(url) as client:
        await client.send(TypedText("makadii"))
        record = await client.turn()
        assert record.text("asr.final") == "makadii"
        assert record.events[-1]["latency"]["asr_ms"] is None


async def test_ready_tells_the_session_the_codecs_and_the_models():
    async with serving() as (url, _), open_client(url, Start(session_id="mine", audio_out="pcm16")) as client:
        assert client.ready["session_id"] == "mine"
        assert (client.ready["audio_out"], client.ready["sample_rate"], client.ready["frame_ms"]) == (
            "pcm16",
            16000,
            20,
        )
        assert client.ready["models"] == {
            "vad": "scripted-vad",
            "asr": "scripted-asr",
            "llm": "scripted-chat",
            "tts": "scripted-voice",
        }


async def test_opus_from_the_client_is_heard():
    async with serving() as (url, _), open_client(url, Start(codec="opus", sample_rate=48_000)) as client:
        encoder = OpusEncoder(28_000)
        for packet in [*encoder.encode(utterance(), 16_000), *encoder.flush()]:
            await client._socket.send(packet)
        await client.send(EndTurn())
        assert (await client.turn()).text("asr.final") == "mhoro shamwari"


async def test_end_turn_after_silence_only_is_no_speech():
    async with serving() as (url, _), open_client(url) as client:
        record = await client.say(quiet(2_000))
        assert kinds(record) == ["asr.final", "turn.cancelled"]
        assert record.events[-1]["reason"] == "no_speech"


async def test_end_turn_before_any_sound_is_no_speech():
    async with serving() as (url, _), open_client(url) as client:
        await client.send(EndTurn())
        assert (await client.turn()).events[-1]["reason"] == "no_speech"


async def test_forty_seconds_of_speech_are_cut_and_the_client_is_told():
    async with serving(max_audio_seconds=20) as (url, _), open_client(url) as client:
        await client.send_sound(tone(40_000))
        record = await client.turn()
        assert next(event for event in record.events if event["type"] == "error")["code"] == "audio_too_long"
        assert record.events[-1]["type"] == "turn.end"
        final = next(event for event in record.events if event["type"] == "asr.final")
        assert 19_000 <= final["end_ms"] - final["start_ms"] <= 20_100


async def test_cancel_stops_the_reply_and_the_next_turn_works():
    gate = anyio.Event()
    engines = scripted_engines(llm=ScriptedChatModel(ScriptedReply(pieces=("Ha, ", "hi."), gates={1: gate}), ["Ehe."]))
    async with serving(engines) as (url, _), open_client(url) as client:
        await client.send(TypedText("taura"))
        while (await client.receive())["type"] != "llm.partial":
            pass
        await client.send(Cancel())
        record = await client.turn()
        assert record.events[-1] == {"type": "turn.cancelled", "turn": 1, "reason": "cancelled"}
        await client.send(TypedText("zvakare"))
        assert (await client.turn()).text("llm.final") == "Ehe."


async def test_speaking_over_the_reply_interrupts_it():
    engines = scripted_engines(llm=ScriptedChatModel(["Nyaya refu kwazvo. " * 10]))
    async with serving(engines) as (url, _), open_client(url) as client:
        await client.send(TypedText("ngano"))
        while not isinstance(await client.receive(), np.ndarray):
            pass
        await client.send_sound(utterance())
        record = await client.turn()
        assert record.events[-1] == {"type": "turn.cancelled", "turn": 1, "reason": "interrupted"}


MISTAKES = {
    "bad_message": ["{", "[]", '{"type":"dance"}', '{"type":"text"}', '{"type":"text","text":7}', "[" * 50_000],
    "bad_audio": [b"\x00\x01\x02"],
    "empty_text": ['{"type":"text","text":"  "}'],
    "text_too_long": [json.dumps({"type": "text", "text": "a" * 10_000})],
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
    async with serving(idle_timeout_s=1) as (url, house), raw_socket(url) as socket:
        await socket.send('{"type":"start"}')
        assert await close_code(socket) == 1000
        assert house.sessions == 0


async def test_a_frame_beyond_the_limit_closes_the_socket():
    async with serving() as (url, _), raw_socket(url) as socket:
        await socket.send('{"type":"start"}')
        await answer(socket)
        await socket.send(b"\x00" * 65_537)
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
            assert (await answer(second))["code"] == "too_many_sessions"
            assert await close_code(second) == 1013
        assert kinds(await first.say(utterance()))[-1] == "turn.end"


async def test_a_place_is_free_again_after_a_hang_up():
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


async def test_a_failing_engine_ends_the_turn_and_not_the_session():
    engines = scripted_engines(asr=ScriptedTranscriber([EngineError("asr", "broken"), "mhoro"]))
    async with serving(engines, partial_ms=5_000, pause_ms=700) as (url, _), open_client(url) as client:
        record = await client.say(utterance())
        assert [event["code"] for event in record.events if event["type"] == "error"] == ["engine_failed"]
        assert record.events[-1]["reason"] == "failed"
        assert (await client.say(utterance())).text("asr.final") == "mhoro"


async def test_a_client_that_vanishes_leaves_no_task_and_no_place():
    async with serving() as (url, house):
        before = len(asyncio.all_tasks())
        for message in (None, '{"type":"text","text":"makadii"}', *frames(utterance())[:1]):
            async with raw_socket(url) as socket:
                await socket.send('{"type":"start"}')
                await answer(socket)
                if message:
                    await socket.send(message)
                socket.transport.abort()
        with anyio.fail_after(10):
            while house.sessions or len(asyncio.all_tasks()) > before:
                await anyio.lowlevel.checkpoint()


async def test_a_client_that_stops_reading_is_let_go_and_others_go_on():
    engines = scripted_engines(llm=ScriptedChatModel(["Nyaya refu kwazvo isingaperi. " * 4000]))
    limits = {"request_timeout_s": 0.5, "audio_out_codec": "pcm16"}
    async with serving(engines, **limits) as (url, house), raw_socket(url) as lazy:
        await lazy.send('{"type":"start"}')
        await answer(lazy)
        lazy.transport.pause_reading()
        await lazy.send('{"type":"text","text":"ngano"}')
        async with open_client(url) as other:
            await other.send(EndTurn())
            assert (await other.turn()).events[-1]["reason"] == "no_speech"
        with anyio.fail_after(20):
            while house.sessions:
                await anyio.lowlevel.checkpoint()
        lazy.transport.abort()


async def test_four_sessions_at_once_hear_only_their_own_replies():
    def reply(messages):
        return [f"Wati {messages[-1].content}."]

    async with serving(scripted_engines(llm=ScriptedChatModel(reply))) as (url, _):

        async def talk(name: str) -> None:
            async with open_client(url) as client:
                for number in range(5):
                    await client.send(TypedText(f"{name}{number}"))
                    record = await client.turn()
                    assert record.text("llm.final") == f"Wati {name}{number}."

        async with anyio.create_task_group() as tasks:
            for name in ("tendai", "rudo", "farai", "chipo"):
                tasks.start_soon(talk, name)


async def test_a_stopping_server_says_so_and_lets_the_turn_finish():
    gate = anyio.Event()
    engines = scripted_engines(llm=ScriptedChatModel(ScriptedReply(pieces=("Ha, ", "hi."), gates={1: gate})))
    async with serving(engines) as (url, house), open_client(url) as client:
        await client.send(TypedText("taura"))
        while (await client.receive())["type"] != "llm.partial":
            pass
        house.stopping.set()
        event = await client.receive()
        while isinstance(event, np.ndarray) or event["type"] != "going_away":
            event = await client.receive()
        gate.set()
        assert (await client.turn()).events[-1]["type"] == "turn.end"
        assert await close_code(client._socket) == 1001
        async with raw_socket(url) as late:
            assert (await answer(late))["code"] == "not_ready"
            assert await close_code(late) == 1013
