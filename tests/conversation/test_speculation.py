"""A reply begun in a pause: held, given at the decision, thrown away when speech goes on, and never seen before."""

import anyio
import pytest

from inzwa.conversation.load_shedding import Load
from inzwa.conversation.output.held_output import MAX_PIECES
from inzwa.conversation.speculation import Speculation
from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.tts.scripted import CHUNK_MS, ScriptedPhrase, ScriptedVoice
from inzwa.errors import EngineError
from inzwa.events import Cancel, EndTurn, TtsAudio, TurnEnd, TypedText
from tests.conversation.driver import Fakes, conversation

PAUSE_MS = 320
LONG = tuple(f"shoko{number} " for number in range(60))


def _pause(talk):
    return talk.be_silent(PAUSE_MS)


async def _speak_and_pause(talk):
    await talk.speak()
    await _pause(talk)


async def test_in_a_pause_the_reply_is_made_as_far_as_its_first_sound_and_nothing_of_it_is_shown():
    fakes = Fakes()
    async with conversation(fakes) as talk:
        await _speak_and_pause(talk)
        assert (len(fakes.llm.asked), fakes.tts.chunks) == (1, 2)  # one is held, and one waits
        assert set(talk.story()) == {"speech.start", "asr.partial"}


async def test_at_the_decision_what_is_held_is_given_and_the_reply_goes_on():
    fakes, decided = Fakes(), []
    async with conversation(fakes, on_speculation=decided.append) as talk:
        await talk.say()
    assert talk.story()[-8:] == [
        "speech.stop",
        "asr.final",
        "llm.partial",
        "tts.start",
        "sound",
        "llm.final",
        "tts.end",
        "turn.end",
    ] or talk.story().index("asr.final") < talk.story().index("llm.partial")
    assert (talk.replies(), len(fakes.llm.asked)) == (["Ndiripo, makadiiwo?"], 1)
    assert decided == [Speculation(used=True, pieces=decided[0].pieces, sound_s=pytest.approx(CHUNK_MS / 1000))]
    assert fakes.at_rest


async def test_the_same_is_told_with_and_without_speculation():
    stories = []
    for speculate in (False, True):
        fakes = Fakes(llm=ScriptedChatModel(["Ehe, ", "ndiripo ", "zvangu. ", "Makadiiwo ", "nhasi, ", "shamwari?"]))
        async with conversation(fakes, speculate=speculate) as talk:
            await talk.say()
        events = [
            (getattr(event, "type", "sound"), getattr(event, "text", ""), getattr(event, "turn", 0))
            for event in talk.events
        ]
        ways = [[each for each in events if each[0].startswith(way)] for way in ("speech", "asr", "llm", "tts", "turn")]
        sound = sum(event.sound.size for event in talk.all_of(TtsAudio))
        stories.append((ways, sound, events.index(("asr.final", "mhoro shamwari", 1))))
    assert stories[0] == stories[1]


async def test_speech_that_goes_on_throws_it_away_and_the_joined_utterance_is_answered():
    fakes, decided = Fakes(asr=ScriptedTranscriber(["mhoro", "mhoro shamwari"])), []
    async with conversation(fakes, partial_ms=5_000, on_speculation=decided.append) as talk:
        await _speak_and_pause(talk)
        assert not fakes.at_rest
        await talk.speak(320)
        assert fakes.at_rest
        assert decided == [Speculation(used=False, pieces=decided[0].pieces, sound_s=pytest.approx(CHUNK_MS / 1000))]
        await talk.be_silent()
    assert talk.finals() == ["mhoro shamwari"]
    assert [asked.messages[-1].content for asked in fakes.llm.asked] == ["mhoro", "mhoro shamwari"]
    assert [each.used for each in decided] == [False, True]


async def test_nothing_is_remembered_of_a_reply_that_was_not_given():
    fakes = Fakes(
        asr=ScriptedTranscriber(["mhoro", "mhoro shamwari", "zvakanaka"]),
        llm=ScriptedChatModel(["Kwete."], ["Ehe."], ["Hongu."]),
    )
    async with conversation(fakes, partial_ms=5_000) as talk:
        await _speak_and_pause(talk)
        await talk.say(320)
        talk.listen_out()
        await talk.say()
    last = [message.content for message in fakes.llm.asked[-1].messages]
    assert last == ["iva mupfupi", "mhoro shamwari", "Ehe.", "zvakanaka"]


@pytest.mark.parametrize("event", [Cancel(), TypedText("iwe")], ids=["cancel", "typed"])
async def test_it_is_thrown_away_when_the_utterance_is(event):
    fakes, decided = Fakes(llm=ScriptedChatModel(["Kwete."], ["Ehe."])), []
    async with conversation(fakes, partial_ms=5_000, on_speculation=decided.append) as talk:
        await _speak_and_pause(talk)
        await talk.take(event)
        assert [each.used for each in decided] == [False]
    assert "Kwete." not in talk.replies()
    assert fakes.at_rest


async def test_it_ends_with_the_session():
    fakes = Fakes()
    async with conversation(fakes) as talk:
        await _speak_and_pause(talk)
        assert not fakes.at_rest
    assert fakes.at_rest


@pytest.mark.parametrize("load", [Load.STRAINED, Load.FULL])
async def test_a_busy_machine_makes_nothing_ahead(load):
    fakes, decided = Fakes(), []
    async with conversation(fakes, partial_ms=5_000, load=lambda: load, on_speculation=decided.append) as talk:
        await _speak_and_pause(talk)
        assert (len(fakes.llm.asked), fakes.llm.prepared[-1].messages[-1].content) == (0, "mhoro shamwari")
        await talk.be_silent()
    assert (talk.endings(), decided) == ([(1, "ended")], [])


async def test_it_stops_when_the_machine_becomes_busy():
    levels, decided, gate = [Load.EASY], [], anyio.Event()
    llm = ScriptedChatModel(ScriptedReply(pieces=("Ehe, ", "ndiripo."), gates={1: gate}))
    fakes = Fakes(llm=llm)
    async with conversation(fakes, partial_ms=5_000, load=lambda: levels[-1], on_speculation=decided.append) as talk:
        await _speak_and_pause(talk)
        assert fakes.llm.speaking == 1
        levels.append(Load.STRAINED)
        gate.set()
        await talk.settle()
        assert (fakes.at_rest, [each.used for each in decided]) == (True, [False])
        await talk.be_silent()
    assert (talk.replies(), talk.endings()) == (["Ehe, ndiripo."], [(1, "ended")])


async def test_what_is_made_ahead_is_bounded():
    fakes = Fakes(llm=ScriptedChatModel([*LONG, "yapera."]), tts=ScriptedVoice())
    async with conversation(fakes, partial_ms=5_000, on_speculation=lambda each: decided.append(each)) as talk:
        decided = []
        await _speak_and_pause(talk)
        assert fakes.tts.chunks <= 2
        await talk.take(EndTurn())
    assert (decided[0].pieces <= MAX_PIECES, decided[0].sound_s <= CHUNK_MS / 1000) == (True, True)
    assert talk.replies() == ["".join(LONG) + "yapera."]


async def test_one_that_fails_ahead_is_made_anew_and_only_a_second_failure_is_told():
    error = EngineError("llm", "Once.")
    once = ScriptedReply(pieces=("Ehe.",), fails_at=0, error=error)
    async with conversation(Fakes(llm=ScriptedChatModel(once, ["Hongu."]))) as talk:
        await talk.say()
    assert (talk.replies(), talk.problems(), talk.endings()) == (["Hongu."], [], [(1, "ended")])
    async with conversation(Fakes(llm=ScriptedChatModel(once, once))) as talk:
        await talk.say()
    assert (talk.problems(), talk.endings()) == (["engine_failed"], [(1, "failed")])


async def test_one_that_fails_after_the_decision_ends_the_turn():
    phrase = ScriptedPhrase(fails_at=2)
    async with conversation(Fakes(tts=ScriptedVoice(phrase))) as talk:
        await talk.say()
    assert (talk.problems(), talk.endings()) == (["engine_failed"], [(1, "failed")])


async def test_a_given_reply_can_be_cancelled():
    gate = anyio.Event()
    fakes = Fakes(tts=ScriptedVoice(ScriptedPhrase(gates={1: gate})))
    async with conversation(fakes) as talk:
        await talk.say()
        assert (talk.endings(), len(talk.all_of(TtsAudio))) == ([], 1)
        await talk.take(Cancel())
        assert (talk.endings(), fakes.at_rest) == ([(1, "cancelled")], True)
        told = list(talk.events)
        gate.set()
        await talk.settle()
    assert talk.events == told


async def test_its_times_count_from_the_decision():
    async with conversation(partial_ms=5_000) as talk:
        await _speak_and_pause(talk)
        talk.watch.now_s += 0.3
        await talk.take(EndTurn())
    latency = talk.all_of(TurnEnd)[0].latency
    assert (latency.asr_ms, latency.llm_first_token_ms, latency.tts_first_audio_ms) == (0, 0, 0)
    assert latency.first_audio_ms == 0


async def test_words_that_may_not_pass_are_not_answered_ahead():
    fakes = Fakes(asr=ScriptedTranscriber(["ndinoda kuzviuraya"]))
    async with conversation(fakes, partial_ms=5_000) as talk:
        await _speak_and_pause(talk)
        assert len(fakes.llm.asked) == 0


async def test_a_trailing_sentence_is_not_answered_ahead():
    fakes = Fakes(asr=ScriptedTranscriber(["ndinoda mvura uye"]))
    async with conversation(fakes, partial_ms=5_000) as talk:
        await _speak_and_pause(talk)
        assert len(fakes.llm.asked) == 0
        await talk.take(EndTurn())
    assert talk.endings() == [(1, "ended")]
