"""Who has the floor: interruptions, assent, echoes and noise over a reply that is being spoken."""

from dataclasses import replace

import anyio
import anyio.lowlevel
import pytest

from inzwa.conversation.load_shedding import Load
from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel
from inzwa.engines.proxies import TranscriberProxy
from inzwa.engines.slots import EngineSlot
from inzwa.engines.tts.scripted import ScriptedPhrase, ScriptedVoice
from inzwa.errors import EngineError
from inzwa.events import AsrPartial, EndTurn, TtsHold, TtsResume
from inzwa.protocols import Transcriber
from tests.conversation.driver import Fakes, Watch, conversation

REPLY = "Mangwana kuchanaya mvura zhinji kumakomo ose enyika."


def fakes_hearing(*lines: str | Exception, gate: anyio.Event | None = None) -> Fakes:
    """A reply of two seconds and more, its voice held at the third chunk where a gate is given."""
    voice = ScriptedVoice(ScriptedPhrase(gates={3: gate})) if gate else ScriptedVoice()
    return Fakes(asr=ScriptedTranscriber(lines), llm=ScriptedChatModel([REPLY]), tts=voice)


async def reply_under_way(talk) -> None:
    """A typed turn whose sound has been coming out for half a second."""
    await talk.write()
    talk.watch.now_s += 0.5


@pytest.mark.parametrize("heard", ["ehe", "Hongu.", "", "Mangwana kuchanaya mvura"])
async def test_assent_noise_and_echo_let_the_reply_go_on(heard):
    async with conversation(fakes_hearing(heard)) as talk:
        await reply_under_way(talk)
        await talk.say(480)
        assert talk.endings() == [(1, "ended")]
        assert [type(event) for event in talk.events if isinstance(event, TtsHold | TtsResume)] == [TtsHold, TtsResume]
        assert talk.session.turns.playout.cancelled == 0
        assert talk.all_of(AsrPartial) == []


async def test_each_utterance_favours_the_words_of_the_recogniser_that_hears_it():
    first, second = ScriptedTranscriber(), ScriptedTranscriber()
    second.info = replace(first.info, model="second")
    slot: EngineSlot[Transcriber] = EngineSlot("asr", 20.0)
    slot.install(first)
    async with conversation(Fakes(asr=TranscriberProxy(slot)), hotwords=lambda info: (info.model,)) as talk:
        await talk.say()
        talk.listen_out()
        slot.install(second)
        await talk.say()
    assert [{options.hotwords for _, options in each.calls} for each in (first, second)] == [
        {("scripted-asr",)},
        {("second",)},
    ]


async def test_the_words_stay_while_a_recogniser_is_started_again():
    hangs, fresh = ScriptedTranscriber(), ScriptedTranscriber()
    clock = Watch()
    slot: EngineSlot[Transcriber] = EngineSlot("asr", 20.0, clock)
    slot.install(hangs)
    async with conversation(Fakes(asr=TranscriberProxy(slot)), hotwords=lambda info: (info.model,)) as talk:
        await talk.say()
        talk.listen_out()
        with anyio.CancelScope() as scope, slot.watch(slot.instance):
            clock.now_s += 20
            scope.cancel()
            await anyio.lowlevel.checkpoint()
        assert slot.instance is None
        await talk.say()
        slot.install(fresh)
        await talk.settle()
        assert talk.endings()[-1] == (2, "ended")
    assert {options.hotwords for _, options in fresh.calls} == {("scripted-asr",)}


async def test_something_to_say_stops_the_reply_before_it_is_said_to_its_end():
    async with conversation(fakes_hearing("ndinoda kubvunza")) as talk:
        await reply_under_way(talk)
        await talk.speak(960)
        assert talk.endings() == [(1, "ended"), (1, "interrupted")]
        await talk.be_silent()
        assert talk.finals() == ["mhoro", "ndinoda kubvunza"]


async def test_an_interruption_shorter_than_a_look_is_answered_when_it_ends():
    async with conversation(fakes_hearing("mira")) as talk:
        await reply_under_way(talk)
        await talk.say(256)
        assert talk.endings() == [(1, "ended"), (1, "interrupted"), (2, "ended")]
        assert talk.finals()[-1] == "mira"


async def test_a_held_reply_sends_no_sound_and_is_whole_when_it_goes_on():
    gate = anyio.Event()
    async with conversation(fakes_hearing("ehe", gate=gate)) as talk:
        await reply_under_way(talk)
        await talk.speak(128)
        gate.set()
        await talk.settle()
        assert talk.story()[-2:] == ["tts.hold", "speech.start"]
        await talk.be_silent()
        assert talk.endings() == [(1, "ended")]
        assert talk.seconds(0) > 1.0


async def test_assent_that_becomes_more_interrupts():
    async with conversation(fakes_hearing("ehe", "ehe", "ehe asi ndinoda kubvunza")) as talk:
        await reply_under_way(talk)
        await talk.speak(320)
        await talk.be_silent(320)
        assert talk.endings() == [(1, "ended")]
        await talk.speak(640)
        assert talk.endings() == [(1, "ended"), (1, "interrupted")]


async def test_the_replys_first_moments_are_not_interrupted():
    async with conversation(fakes_hearing("ndinoda kubvunza"), barge_in_after_ms=400) as talk:
        await talk.write()
        talk.watch.now_s += 0.2
        await talk.speak(960)
        assert talk.endings() == [(1, "ended")]
        talk.watch.now_s += 0.3
        await talk.speak(480)
        assert talk.endings() == [(1, "ended"), (1, "interrupted")]


async def test_a_button_interrupts_at_once_whatever_is_said():
    async with conversation(fakes_hearing("ehe"), push_to_talk=True) as talk:
        await talk.write()
        await talk.speak(128)
        assert talk.endings() == [(1, "ended"), (1, "interrupted")]
        await talk.take(EndTurn())
        assert talk.finals()[-1] == "ehe"


async def test_end_turn_makes_an_interruption_of_anything():
    async with conversation(fakes_hearing("ehe")) as talk:
        await reply_under_way(talk)
        await talk.speak(192)
        await talk.take(EndTurn())
        assert (talk.finals()[-1], talk.endings()[-1]) == ("ehe", (2, "ended"))


async def test_a_recogniser_that_fails_over_a_reply_lets_it_go_on():
    async with conversation(fakes_hearing(EngineError("asr", "broken"))) as talk:
        await reply_under_way(talk)
        await talk.say(480)
        assert talk.endings() == [(1, "ended")]
        assert talk.problems() == ["engine_failed"]
        assert talk.session.turns.playout.held_turn == 0


async def test_what_is_held_counts_as_unheard():
    fakes = fakes_hearing("ndinoda kubvunza")
    async with conversation(fakes) as talk:
        await talk.say(640)
        talk.watch.now_s += 0.5
        await talk.speak(128)
        talk.watch.now_s += 60
        await talk.say(960)
        kept = [message.content for message in fakes.llm.asked[-1].messages if message.role == "assistant"]
    assert kept
    assert len(kept[0]) < len(REPLY)


async def test_a_judgement_is_made_whatever_the_load():
    async with conversation(fakes_hearing("ndinoda kubvunza"), load=lambda: Load.FULL) as talk:
        await reply_under_way(talk)
        await talk.speak(960)
        assert talk.endings() == [(1, "ended"), (1, "interrupted")]


async def test_who_goes_on_before_being_understood_is_heard_whole():
    gate = anyio.Event()
    fakes = Fakes(asr=ScriptedTranscriber(lambda sound, _: f"{sound.size // 16_000} s", gate=gate))
    async with conversation(fakes) as talk:
        await talk.say(1_920)
        await talk.speak(1_920)
        gate.set()
        await talk.be_silent()
    assert talk.finals() == ["4 s"]
    assert talk.endings() == [(1, "interrupted"), (2, "ended")]
