"""A conversation from the microphone to the last sound: order, and the edges of speech."""

import anyio
import numpy as np
import pytest

from inzwa.conversation.input.endpointing import EndpointOptions
from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.vad.scripted import ScriptedDetector
from inzwa.events import (
    Cancel,
    EndTurn,
    SpeechStart,
    SpeechStop,
)
from tests.conversation.driver import Fakes, conversation
from tests.sounds import quiet, tone


async def test_a_spoken_turn_is_told_in_order():
    async with conversation() as talk:
        await talk.say()
    story = talk.story()
    assert story[:3] == ["speech.start", "asr.partial", "speech.stop"]
    assert story[3] == "asr.final"
    assert story.index("asr.final") < story.index("llm.partial") < story.index("llm.final")
    assert story.index("tts.start") < story.index("sound") < story.index("tts.end")
    assert story[-2:] == ["tts.end", "turn.end"]
    assert (talk.finals(), talk.replies()) == (["mhoro shamwari"], ["Ndiripo, makadiiwo?"])


async def test_a_typed_turn_is_told_in_order():
    async with conversation() as talk:
        await talk.write("mhoro")
    story = talk.story()
    assert (story[0], story[-2:]) == ("asr.final", ["tts.end", "turn.end"])
    assert not {"speech.start", "speech.stop", "asr.partial"} & set(story)
    assert talk.finals() == ["mhoro"]


async def test_turns_are_counted_and_each_ends_once():
    async with conversation() as talk:
        for _ in range(3):
            await talk.say()
            talk.listen_out()
            await talk.write()
            talk.listen_out()
        await talk.take(EndTurn())
    assert talk.endings() == [*((turn, "ended") for turn in range(1, 7)), (7, "no_speech")]


async def test_silence_is_answered_with_silence():
    async with conversation() as talk:
        await talk.be_silent(3_000)
    assert talk.events == []


async def test_the_users_times_are_those_of_the_microphone():
    async with conversation() as talk:
        await talk.be_silent(640)
        await talk.say(1_280)
    pad_ms = EndpointOptions().pad_ms
    assert talk.all_of(SpeechStart) == [SpeechStart(640 - pad_ms)]
    assert talk.all_of(SpeechStop) == [SpeechStop(1_920)]


async def test_what_is_transcribed_is_what_was_said():
    fakes = Fakes()
    async with conversation(fakes) as talk:
        await talk.be_silent(640)
        await talk.say(1_280)
    sound, options = fakes.asr.calls[-1]
    assert options.final
    assert np.flatnonzero(sound)[[0, -1]] / 16 == pytest.approx([300, 1_580], abs=1)


async def test_end_turn_ends_the_utterance_at_once():
    async with conversation() as talk:
        await talk.speak()
        await talk.take(EndTurn())
    assert talk.endings() == [(1, "ended")]


async def test_end_turn_counts_a_word_too_short_to_have_begun():
    async with conversation() as talk:
        await talk.speak(64)
        assert talk.events == []
        await talk.take(EndTurn())
    assert talk.story()[:3] == ["speech.start", "speech.stop", "asr.final"]
    assert talk.endings() == [(1, "ended")]


async def test_end_turn_with_nothing_said_is_a_turn_without_speech():
    async with conversation() as talk:
        await talk.be_silent(200)
        await talk.take(EndTurn())
        await talk.take(EndTurn())
    assert talk.finals() == ["", ""]
    assert talk.endings() == [(1, "no_speech"), (2, "no_speech")]


async def test_end_turn_during_a_reply_changes_nothing():
    gate = anyio.Event()
    fakes = Fakes(llm=ScriptedChatModel(ScriptedReply(pieces=("Ndiripo.",), gates={0: gate})))
    async with conversation(fakes) as talk:
        await talk.say()
        await talk.take(EndTurn())
        gate.set()
        await talk.settle()
    assert talk.endings() == [(1, "ended")]


async def test_nothing_understood_is_told_and_not_answered():
    fakes = Fakes(asr=ScriptedTranscriber([""]))
    async with conversation(fakes) as talk:
        await talk.say()
    assert (talk.finals(), talk.endings(), fakes.llm.opened) == ([""], [(1, "no_speech")], 0)


async def test_only_the_beginning_of_too_long_an_utterance_is_heard_and_the_user_is_told():
    async with conversation(endpoint=EndpointOptions(max_ms=2_000)) as talk:
        await talk.speak(6_000)
        await talk.be_silent()
    assert talk.problems() == ["audio_too_long"]
    assert talk.endings() == [(1, "ended")]


async def test_a_whole_conversation_in_one_message_is_heard_too():
    async with conversation() as talk:
        await talk.hear(np.concatenate((tone(960), quiet(960), tone(960), quiet(960))), lump_ms=4_000)
    assert len(talk.all_of(SpeechStart)) == len(talk.all_of(SpeechStop)) == 2
    assert talk.endings()[-1] == (2, "ended")


async def test_cancel_while_the_user_speaks_forgets_what_was_said():
    fakes = Fakes()
    async with conversation(fakes) as talk:
        await talk.speak()
        await talk.take(Cancel())
        await talk.be_silent()
    assert (talk.finals(), talk.endings()) == ([], [])
    assert all(not options.final for _, options in fakes.asr.calls)


async def test_without_barge_in_speech_over_the_reply_is_not_heard():
    gate = anyio.Event()
    fakes = Fakes(llm=ScriptedChatModel(ScriptedReply(pieces=("Ehe.",), gates={0: gate})))
    async with conversation(fakes, barge_in=False) as talk:
        await talk.write()
        await talk.say()
        await talk.hear(np.concatenate((tone(960), quiet(960))), lump_ms=2_000)
        await talk.speak()
        await talk.take(EndTurn())
        gate.set()
        await talk.settle()
    assert talk.endings() == [(1, "ended")]
    assert talk.all_of(SpeechStart) == []


async def test_without_barge_in_speech_is_not_heard_while_the_sound_still_plays():
    async with conversation(barge_in=False) as talk:
        await talk.write()
        await talk.say()
        assert talk.all_of(SpeechStart) == []
        talk.listen_out()
        await talk.say()
    assert talk.endings() == [(1, "ended"), (2, "ended")]


async def test_a_detector_that_fails_is_told_once_and_hears_again():
    async with conversation(Fakes(vad=ScriptedDetector(fail_at=3))) as talk:
        await talk.say()
        talk.listen_out()
        await talk.say()
    assert talk.problems() == ["engine_failed"]
    assert talk.endings()[-1][1] == "ended"


async def test_what_was_being_said_when_the_detector_failed_is_forgotten():
    fakes = Fakes(vad=ScriptedDetector(fail_at=20))
    async with conversation(fakes) as talk:
        await talk.speak(640)
        await talk.be_silent()
    assert (talk.problems(), talk.finals()) == (["engine_failed"], [])


async def test_a_client_that_reads_nothing_makes_the_session_wait():
    async with conversation(room=0) as talk:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(talk.speak, 960)
            await talk.settle()
            assert talk.events == []
            talk.outbox.read_on()
        await talk.be_silent()
    assert talk.endings() == [(1, "ended")]
