"""A conversation's turns: each ends once, whatever stops it, and says how long it took."""

import anyio
import pytest

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.tts.scripted import ScriptedPhrase, ScriptedVoice
from inzwa.events import (
    Cancel,
    EndTurn,
    Latency,
    SpeechStart,
    TurnCancelled,
    TurnEnd,
)
from tests.conversation.driver import Fakes, conversation


@pytest.mark.parametrize("gate_of", ["asr", "llm", "tts"])
async def test_cancel_stops_a_turn_at_any_stage_and_the_next_one_works(gate_of):
    gate = anyio.Event()
    fakes = {
        "asr": Fakes(asr=ScriptedTranscriber(["mhoro"], gate=gate)),
        "llm": Fakes(llm=ScriptedChatModel(ScriptedReply(pieces=("Ehe, ", "ndiripo."), gates={1: gate}))),
        "tts": Fakes(tts=ScriptedVoice(ScriptedPhrase(gates={1: gate}))),
    }[gate_of]
    async with conversation(fakes) as talk:
        await talk.say()
        assert talk.endings() == []
        await talk.take(Cancel())
        assert (talk.endings(), fakes.at_rest) == ([(1, "cancelled")], True)
        gate.set()
        talk.listen_out()
        await talk.say()
    assert talk.endings() == [(1, "cancelled"), (2, "ended")]
    assert all(
        event.turn == 2
        for event in talk.events[talk.events.index(talk.all_of(SpeechStart)[1]) :]
        if hasattr(event, "turn")
    )


async def test_after_cancel_nothing_of_the_turn_is_told():
    gate = anyio.Event()
    async with conversation(Fakes(asr=ScriptedTranscriber(["mhoro"], gate=gate))) as talk:
        await talk.speak()
        await talk.be_silent(240)
        await talk.take(EndTurn())
        await talk.take(Cancel())
        told = list(talk.events)
        gate.set()
        await talk.settle()
    assert talk.events == told


async def test_a_cancelled_turn_leaves_no_transcript_under_way_and_reads_nothing_ahead():
    gate = anyio.Event()
    fakes = Fakes(asr=ScriptedTranscriber(["mhoro"], gate=gate))
    async with conversation(fakes) as talk:
        await talk.say()
        assert fakes.asr.running == 1
        await talk.take(Cancel())
        assert fakes.asr.running == 0
        gate.set()
        await talk.settle()
    assert [asked.messages[-1].content for asked in fakes.llm.prepared] == [""]


async def test_cancelling_twice_ends_the_turn_once():
    gate = anyio.Event()
    fakes = Fakes(llm=ScriptedChatModel(ScriptedReply(pieces=("Ehe.",), gates={0: gate})))
    async with conversation(fakes) as talk:
        await talk.write()
        await talk.session.handle(Cancel())
        await talk.session.handle(Cancel())
        await talk.settle()
    assert talk.endings() == [(1, "cancelled")]


async def test_cancel_with_nothing_under_way_says_nothing():
    async with conversation() as talk:
        await talk.take(Cancel())
        await talk.write()
        talk.listen_out()
        await talk.take(Cancel())
    assert talk.endings() == [(1, "ended")]


async def test_cancel_while_the_sound_still_plays_follows_the_turns_end():
    async with conversation() as talk:
        await talk.write()
        await talk.take(Cancel())
        await talk.take(Cancel())
    assert talk.endings() == [(1, "ended"), (1, "cancelled")]
    assert talk.session.turns.playout.cancelled == 1


async def test_speaking_over_the_reply_stops_it():
    gate = anyio.Event()
    fakes = Fakes(tts=ScriptedVoice(ScriptedPhrase(gates={2: gate})))
    async with conversation(fakes, barge_in_after_ms=0) as talk:
        await talk.write()
        await talk.speak()
        assert (talk.endings(), fakes.at_rest) == ([(1, "interrupted")], True)
        gate.set()
        await talk.be_silent()
    assert talk.endings() == [(1, "interrupted"), (2, "ended")]
    names = talk.story()
    assert names.index("tts.hold") < names.index("speech.start") < names.index("turn.cancelled")
    assert "sound" not in names[names.index("tts.hold") : names.index("turn.cancelled")]


async def test_no_sound_of_an_interrupted_turn_follows_its_end():
    gate = anyio.Event()
    fakes = Fakes(tts=ScriptedVoice(ScriptedPhrase(gates={2: gate})))
    async with conversation(fakes) as talk:
        await talk.write()
        await talk.write("chimbomira")
        gate.set()
        await talk.settle()
    end = talk.events.index(talk.all_of(TurnCancelled)[0])
    assert all(event.turn == 2 for event in talk.events[end + 1 :])
    assert talk.endings() == [(1, "interrupted"), (2, "ended")]


@pytest.mark.parametrize("room", range(16))
async def test_wherever_a_client_stops_reading_cancel_still_ends_the_turn_once(room):
    fakes = Fakes(llm=ScriptedChatModel(["Ehe. ", "Ndiripo, ", "..."]))
    async with conversation(fakes, room=room) as talk:
        await talk.write()
        talk.listen_out()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(talk.session.handle, Cancel())
            await talk.settle()
            talk.outbox.read_on()
        await talk.settle()
    assert len(talk.endings()) == 1, talk.story()
    assert fakes.at_rest


async def test_a_turn_that_fails_while_it_is_stopped_ends_once():
    fakes = Fakes(llm=ScriptedChatModel(ScriptedReply(pieces=("Ehe, ",), fails_at=0)))
    for room in range(4):
        async with conversation(fakes, room=room) as talk:
            await talk.write()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(talk.session.handle, Cancel())
                await talk.settle()
                talk.outbox.read_on()
            await talk.settle()
        assert len(talk.endings()) == 1


async def test_waiting_for_the_turn_to_finish_waits_until_its_end_is_told():
    async with conversation(room=1) as talk, anyio.create_task_group() as tasks:
        await talk.write()
        tasks.start_soon(talk.session.turns.finished)
        await talk.settle()
        talk.outbox.read_on()
        await talk.session.turns.finished()
        assert talk.endings() == [(1, "ended")]


async def test_with_no_turn_there_is_nothing_to_wait_for():
    async with conversation() as talk:
        await talk.session.turns.finished()
        await talk.write()
        await talk.session.turns.finished()


async def test_a_spoken_turns_figures_count_from_the_end_of_speech():
    gates = [anyio.Event() for _ in range(3)]
    fakes = Fakes(
        asr=ScriptedTranscriber(["mhoro"], gate=gates[0]),
        llm=ScriptedChatModel(ScriptedReply(pieces=("Ehe.",), gates={0: gates[1]})),
        tts=ScriptedVoice(ScriptedPhrase(gates={0: gates[2]})),
    )
    async with conversation(fakes) as talk:
        await talk.say()
        for gate, seconds in zip(gates, (0.1, 0.2, 0.4), strict=True):
            talk.watch.now_s += seconds
            gate.set()
            await talk.settle()
    silence_ms = 960 - 1_664 % 32
    latency = talk.all_of(TurnEnd)[0].latency
    assert (latency.asr_ms, latency.llm_first_token_ms, latency.tts_first_audio_ms) == (100, 200, 400)
    assert latency.first_audio_ms == latency.total_ms
    assert 700 + 700 <= latency.first_audio_ms <= 700 + silence_ms


async def test_a_typed_turn_has_no_figure_for_hearing():
    async with conversation() as talk:
        await talk.write()
    assert talk.all_of(TurnEnd)[0].latency == Latency(None, 0, 0, 0, 0)
