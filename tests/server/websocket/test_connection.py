"""/ws/audio on a real uvicorn and scripted engines: the protocol, and all that clients do wrong."""

import anyio
import numpy as np
import pytest

from inzwa.audio.codecs import OpusEncoder
from inzwa.cli.client import open_client
from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.errors import EngineError
from inzwa.events import Cancel, EndTurn, Start, TypedText
from tests.server.websocket.talking import kinds
from tests.serving import scripted_engines, serving
from tests.sounds import quiet, tone, utterance

TURN = ("speech.start", "speech.stop", "asr.final", "llm.final", "tts.start", "tts.end", "turn.end")


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
    async with serving(engines, barge_in_after_ms=0) as (url, _), open_client(url) as client:
        await client.send(TypedText("ngano"))
        while not isinstance(await client.receive(), np.ndarray):
            pass
        await client.send_sound(utterance())
        record = await client.turn()
        assert record.events[-1] == {"type": "turn.cancelled", "turn": 1, "reason": "interrupted"}


async def test_a_failing_engine_ends_the_turn_and_not_the_session():
    engines = scripted_engines(asr=ScriptedTranscriber([EngineError("asr", "broken"), "mhoro"]))
    async with serving(engines, partial_ms=5_000, pause_ms=700) as (url, _), open_client(url) as client:
        record = await client.say(utterance())
        assert [event["code"] for event in record.events if event["type"] == "error"] == ["engine_failed"]
        assert record.events[-1]["reason"] == "failed"
        assert (await client.say(utterance())).text("asr.final") == "mhoro"


async def test_assent_holds_the_reply_for_a_moment_and_nothing_of_it_is_lost():
    engines = scripted_engines(
        asr=ScriptedTranscriber(["ehe"]), llm=ScriptedChatModel(["Nyaya refu kwazvo yekare kare. " * 3])
    )
    async with serving(engines, barge_in_after_ms=0) as (url, _):
        async with open_client(url) as client:
            await client.send(TypedText("ngano"))
            whole = await client.turn()
        async with open_client(url) as client:
            await client.send(TypedText("ngano"))
            while not isinstance(await client.receive(), np.ndarray):
                pass
            await client.send_sound(np.concatenate((utterance(300), quiet(1_000))))
            record = await client.turn()
            later = []
            while "tts.resume" not in kinds(record) + later:
                event = await client.receive()
                later += [event["type"]] if isinstance(event, dict) else []
    assert "turn.cancelled" not in kinds(record) + later
    assert {"tts.hold", "tts.resume"} <= {*kinds(record), *later}
    assert record.sound.size >= whole.sound.size - client.sample_rate // 10
