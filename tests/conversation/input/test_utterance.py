"""What is made of an utterance while it is spoken: partials and drafts, used or thrown away."""

from itertools import pairwise

import anyio
import numpy as np

from inzwa.conversation.input.endpointing import EndpointOptions
from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.errors import EngineError
from inzwa.events import (
    AsrPartial,
    Cancel,
    EndTurn,
    SpeechStop,
    TurnEnd,
)
from inzwa.protocols import Transcript
from tests.conversation.driver import Fakes, conversation
from tests.sounds import quiet, tone


async def test_the_final_is_the_draft_made_in_the_pause():
    fakes = Fakes()
    async with conversation(fakes, partial_ms=5_000) as talk:
        await talk.speak()
        await talk.be_silent(320)
        assert (len(fakes.asr.calls), fakes.llm.asked[-1].messages[-1].content) == (1, "mhoro shamwari")
        await talk.be_silent()
    assert len(fakes.asr.calls) == 1
    assert talk.all_of(TurnEnd)[0].latency.asr_ms == 0


async def test_end_turn_in_the_pause_uses_the_draft_too():
    fakes = Fakes()
    async with conversation(fakes, partial_ms=5_000) as talk:
        await talk.speak()
        await talk.be_silent(320)
        await talk.take(EndTurn())
    assert (len(fakes.asr.calls), talk.endings()) == (1, [(1, "ended")])


async def test_speech_after_the_pause_throws_the_draft_away():
    gate = anyio.Event()
    fakes = Fakes(asr=ScriptedTranscriber(["mhoro", "mhoro mai"], gate=gate))
    async with conversation(fakes, partial_ms=5_000) as talk:
        await talk.speak()
        await talk.be_silent(320)
        await talk.speak(320)
        assert (fakes.asr.cancelled, fakes.asr.running) == (1, 0)
        gate.set()
        await talk.be_silent()
    assert len(fakes.asr.calls) == 2
    assert talk.all_of(SpeechStop) == [SpeechStop(1_600)]


async def test_a_draft_made_and_thrown_away_in_one_message_is_never_told():
    gate = anyio.Event()
    fakes = Fakes(asr=ScriptedTranscriber(["mhoro", "mhoro mai"], gate=gate))
    async with conversation(fakes, partial_ms=5_000) as talk:
        await talk.hear(np.concatenate((tone(960), quiet(320), tone(320))), lump_ms=2_000)
        assert fakes.asr.running == 0


async def test_what_an_utterance_suggested_is_not_held_against_the_next():
    gate = anyio.Event()
    fakes = Fakes(asr=ScriptedTranscriber(["Ndinoda mvura uye"], gate=gate))
    async with conversation(fakes, partial_ms=5_000) as talk:
        await talk.speak()
        await talk.be_silent(320)
        await talk.take(EndTurn())
        gate.set()
        await talk.settle()
        talk.listen_out()
        gate = fakes.asr.gate = anyio.Event()
        await talk.say()
        assert len(talk.all_of(SpeechStop)) == 2
        gate.set()


async def test_a_sentence_that_trails_off_is_given_time():
    fakes = Fakes(asr=ScriptedTranscriber(["Ndinoda mvura uye"]))
    async with conversation(fakes) as talk:
        await talk.speak()
        await talk.be_silent(960)
        assert talk.all_of(SpeechStop) == []
        await talk.be_silent(320)
        assert len(talk.all_of(SpeechStop)) == 1


async def test_partials_grow_with_the_speech_and_belong_to_the_turn_to_come():
    fakes = Fakes(asr=ScriptedTranscriber(["mhoro", "mhoro sha", "mhoro shamwari"]))
    async with conversation(fakes) as talk:
        await talk.say(1_600)
    partials = talk.all_of(AsrPartial)
    assert [partial.turn for partial in partials] == [1] * len(partials)
    assert all(later.stable.startswith(earlier.stable) for earlier, later in pairwise(partials))
    assert partials[-1].stable == "mhoro shamwari"


async def test_a_partial_that_is_due_while_another_is_made_is_dropped_and_counted():
    gate = anyio.Event()
    fakes = Fakes(asr=ScriptedTranscriber(["mhoro"], gate=gate))
    async with conversation(fakes, partial_ms=300) as talk:
        await talk.speak(1_920)
        assert fakes.asr.running == 1
        gate.set()
        await talk.be_silent()
        assert talk.session.dropped_partials >= 3


async def test_a_partial_that_cannot_be_told_holds_back_the_next():
    fakes = Fakes()
    async with conversation(fakes, room=1, partial_ms=200) as talk:
        await talk.speak(3_200)
        assert len(fakes.asr.calls) == 1
        talk.outbox.read_on()


async def test_no_partial_is_made_of_silence():
    fakes = Fakes()
    async with conversation(
        fakes, partial_ms=200, endpoint=EndpointOptions(silence_ms=3_000, silence_floor_ms=3_000)
    ) as talk:
        await talk.speak(960)
        await talk.be_silent(320)
        calls = len(fakes.asr.calls)
        await talk.be_silent(2_000)
        assert len(fakes.asr.calls) == calls


async def test_a_failing_partial_is_nobodys_business():
    fakes = Fakes(asr=ScriptedTranscriber(lambda _, options: "mhoro" if options.final else KeyError("x")))
    async with conversation(fakes) as talk:
        await talk.say()
    assert (talk.problems(), talk.endings()) == ([], [(1, "ended")])


async def test_a_failing_draft_is_tried_again_as_the_final():
    fakes = Fakes(asr=ScriptedTranscriber([EngineError("asr", "x"), "mhoro"]))
    async with conversation(fakes, partial_ms=5_000) as talk:
        await talk.say()
    assert (talk.problems(), talk.finals(), talk.endings()) == ([], ["mhoro"], [(1, "ended")])


async def test_cancel_in_the_pause_takes_the_draft_along():
    gate = anyio.Event()
    fakes = Fakes(asr=ScriptedTranscriber(["mhoro"], gate=gate))
    async with conversation(fakes, partial_ms=5_000) as talk:
        await talk.speak()
        await talk.be_silent(320)
        await talk.take(Cancel())
        assert fakes.asr.running == 0
        gate.set()
        await talk.be_silent()
    assert talk.story() == ["speech.start"]


async def test_tokens_heard_last_are_the_draft_of_the_next_transcript_of_the_same_utterance():
    fakes = Fakes(asr=ScriptedTranscriber([Transcript("mhoro", tokens=(1,)), Transcript("mhoro mai", tokens=(1, 2))]))
    async with conversation(fakes) as talk:
        await talk.say()
        await talk.settle()
        talk.listen_out()
        await talk.say()
    drafts = [options.draft_tokens for _, options in fakes.asr.calls]
    assert drafts[:2] == [(), (1,)]
    assert drafts.count(()) == 2


async def test_only_a_transcript_that_somebody_waits_for_is_hurried():
    fakes = Fakes()
    async with conversation(fakes, partial_ms=5_000) as talk:
        await talk.speak()
        await talk.take(EndTurn())
        await talk.settle()
        talk.listen_out()
        await talk.say()
    assert [(options.final, options.hurried) for _, options in fakes.asr.calls] == [(True, True), (True, False)]
