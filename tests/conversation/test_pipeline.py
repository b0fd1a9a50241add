"""One turn's stages: each waits for the next, and each may fail without taking the conversation along."""

from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import pytest

from inzwa.conversation.load_shedding import Load
from inzwa.conversation.output.playout import PlayoutGate
from inzwa.conversation.pipeline import AHEAD_S, PHRASES_WAITING, Pipeline
from inzwa.conversation.turn import Timings, Turn
from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.tts.scripted import LETTER_MS, ScriptedPhrase, ScriptedVoice
from inzwa.errors import EngineError, EngineTimeout
from inzwa.events import (
    EndTurn,
    LlmFinal,
    LlmPartial,
    TtsAudio,
    TtsEnd,
    TtsStart,
)
from inzwa.protocols import Message, Priority, stage_errors
from inzwa.shona.dialogue.assistant import line
from tests.conversation.driver import Fakes, Outbox, Watch, conversation

HELLO = (Message("user", "mhoro"),)

BROKEN = {
    "the transcriber": lambda error: {"asr": ScriptedTranscriber([error, error, "mhoro"])},
    "the model at once": lambda error: {"llm": ScriptedChatModel(_reply(error, 0), ["Ehe."])},
    "the model in the middle": lambda error: {"llm": ScriptedChatModel(_reply(error, 2), ["Ehe."])},
    "the voice at once": lambda error: {"tts": ScriptedVoice(ScriptedPhrase(fails_at=0, error=error))},
    "the voice in the middle": lambda error: {"tts": ScriptedVoice(ScriptedPhrase(fails_at=2, error=error))},
}


def _reply(error, at):
    return ScriptedReply(pieces=("Ndiripo, ", "makadiiwo ", "nhasi?"), fails_at=at, error=error)


@pytest.mark.parametrize("where", BROKEN)
@pytest.mark.parametrize("error", [EngineError("x", "Known."), KeyError("unknown")], ids=["typed", "untyped"])
async def test_an_engine_that_fails_ends_one_turn_and_the_next_one_works(where, error):
    fakes = Fakes(**BROKEN[where](error))
    async with conversation(fakes, partial_ms=5_000, speculate=False) as talk:
        await talk.say()
        assert (talk.problems(), talk.endings(), fakes.at_rest) == (["engine_failed"], [(1, "failed")], True)
        assert talk.story()[-2:] == ["error", "turn.cancelled"]
        talk.listen_out()
        await talk.say()
    assert (talk.problems(), talk.endings()) == (["engine_failed"], [(1, "failed"), (2, "ended")])


HANGING = {
    "the transcriber": lambda gate: {"asr": ScriptedTranscriber(["mhoro"], gate=gate)},
    "the model at once": lambda gate: {"llm": ScriptedChatModel(ScriptedReply(pieces=("Ehe.",), gates={0: gate}))},
    "the model at its end": lambda gate: {"llm": ScriptedChatModel(ScriptedReply(pieces=("Ehe.",), gates={1: gate}))},
    "the voice at once": lambda gate: {"tts": ScriptedVoice(ScriptedPhrase(gates={0: gate}))},
    "the voice in the middle": lambda gate: {"tts": ScriptedVoice(ScriptedPhrase(gates={2: gate}))},
}


@pytest.mark.parametrize("where", HANGING)
async def test_an_engine_that_hangs_is_given_up_and_the_next_turn_works(where):
    gate = anyio.Event()
    fakes = Fakes(**HANGING[where](gate))
    async with conversation(fakes, partial_ms=5_000, engine_timeout_s=0.05) as talk:
        await talk.speak()
        await talk.take(EndTurn())
        await talk.session.turns.finished()
        await talk.settle()
        assert (talk.problems(), talk.endings(), fakes.at_rest) == (["engine_timeout"], [(1, "failed")], True)
        gate.set()
        talk.listen_out()
        await talk.write()
    assert talk.endings() == [(1, "failed"), (2, "ended")]


class Fountain:
    """A model that never ends, and counts what it has made."""

    info = ScriptedChatModel.info
    context_tokens = share_tokens = 4_096

    def __init__(self, piece):
        self.piece, self.made, self.closed = piece, 0, False

    async def reply(self, messages, options):
        try:
            while True:
                self.made += 1
                yield self.piece
                await anyio.lowlevel.checkpoint()
        finally:
            self.closed = True


@asynccontextmanager
async def answering(fakes, *, room=float("inf"), text=None, load=Load.EASY):
    """A pipeline at work on one turn: the clock of its playout, and its client."""
    watch, outbox = Watch(), Outbox(room)
    pipeline = Pipeline(engines=fakes.engines(), clock=watch, load=lambda: load)
    turn = Turn(7, "sn", Timings(speech_end=watch.now_s, decided=watch.now_s))
    playout = PlayoutGate(watch, outbox.put)
    played = playout.begin(7)
    async with anyio.create_task_group() as tasks:
        if text is None:
            tasks.start_soon(pipeline.answer, turn, HELLO, outbox.put, playout)
        else:
            tasks.start_soon(pipeline.recite, turn, text, outbox.put, playout)
        await outbox.settle()
        yield played, outbox
        tasks.cancel_scope.cancel()


def of(outbox, kind):
    return [event for event in outbox.events if isinstance(event, kind)]


async def test_a_reply_is_cut_into_phrases_each_announced_before_its_sound():
    fakes = Fakes(llm=ScriptedChatModel(["Ehe, ", "ndiripo pano ", "nhasi zuva rese. ", "Makadii?"]))
    async with answering(fakes) as (played, outbox):
        starts = of(outbox, TtsStart)
        assert [(start.phrase, start.text) for start in starts] == list(enumerate(played.phrases))
        assert " ".join(played.phrases) == of(outbox, LlmFinal)[0].text == "Ehe, ndiripo pano nhasi zuva rese. Makadii?"
        assert next(type(event) for event in outbox.events if isinstance(event, TtsStart | TtsAudio)) is TtsStart
        assert outbox.events[-1] == TtsEnd(7)


async def test_what_is_shown_piece_by_piece_is_the_whole_text():
    async with answering(Fakes(llm=ScriptedChatModel(["Nd", "iripo, ma", "kadii", "wo?"]))) as (_, outbox):
        assert "".join(piece.token for piece in of(outbox, LlmPartial)) == "Ndiripo, makadiiwo?"


async def test_each_phrase_says_where_in_the_reply_it_is_written():
    model = ScriptedChatModel([" Ehe,  ndi", "ripo pano\nnhasi ", "zuva rese."])
    async with answering(Fakes(llm=model)) as (_, outbox):
        (reply,) = of(outbox, LlmFinal)
        places = [(start.written_start, start.written_end) for start in of(outbox, TtsStart)]
        assert [reply.text[begin:end] for begin, end in places] == ["Ehe,", "ndiripo pano", "nhasi zuva rese."]
        assert "".join(piece.token for piece in of(outbox, LlmPartial)) == reply.text


async def test_the_first_phrase_goes_before_others_in_the_voices_line():
    fakes = Fakes(llm=ScriptedChatModel(["Ehe, ", "ndiripo pano nhasi zuva rese. "]))
    async with answering(fakes):
        assert [spoken.options.priority for spoken in fakes.tts.spoken] == [Priority.URGENT, Priority.NORMAL]


async def test_an_empty_reply_is_an_empty_reply():
    async with answering(Fakes(llm=ScriptedChatModel([]))) as (_, outbox):
        assert outbox.events[-2:] == [LlmFinal(7, ""), TtsEnd(7)] or outbox.events == [TtsEnd(7), LlmFinal(7, "")]


async def test_a_voice_that_is_slow_makes_the_model_wait():
    gate, model = anyio.Event(), Fountain("Ndiripo pano nhasi zuva rese. ")
    fakes = Fakes(llm=model, tts=ScriptedVoice(ScriptedPhrase(gates={1: gate})))
    async with answering(fakes) as (played, _):
        held = model.made
        assert (len(played.phrases), held) == (1, 1 + PHRASES_WAITING + 1)
    assert model.closed
    assert fakes.tts.speaking == 0


@pytest.mark.parametrize("room", [0, 1, 5, 8])
async def test_a_client_that_stops_reading_makes_everything_wait(room):
    model = Fountain("Ndiripo pano nhasi zuva rese. ")
    fakes = Fakes(llm=model)
    async with answering(fakes, room=room) as (_, outbox):
        assert len(outbox.events) == room
        assert model.made <= room + 1
        assert fakes.tts.chunks <= room + 1
        assert fakes.tts.speaking <= 1
    assert (model.closed, fakes.tts.speaking) == (True, 0)


async def test_a_reply_that_turns_bad_is_broken_off_and_something_else_is_said():
    fakes = Fakes(llm=ScriptedChatModel(["Ndinoti ", "shit ", "nezvimwe ", "zvakawanda."]))
    async with answering(fakes) as (played, outbox):
        assert of(outbox, LlmFinal) == [LlmFinal(7, f"Ndinoti {line('unsafe', 'sn')}")]
        assert played.phrases == [line("unsafe", "sn")]
        (start,) = of(outbox, TtsStart)
        assert (start.written_start, start.written_end) == (8, 8 + len(line("unsafe", "sn")))
        assert fakes.llm.speaking == 0


async def test_a_bad_word_at_the_very_end_is_not_said_either():
    async with answering(Fakes(llm=ScriptedChatModel(["Ndinoti ", "shit"]))) as (played, outbox):
        assert "shit" not in "".join(played.phrases) + "".join(piece.token for piece in of(outbox, LlmPartial))


async def test_a_fixed_text_is_spoken_without_the_model():
    fakes = Fakes()
    async with answering(fakes, text="Mhoroi, ndini Inzwa. Ndingakubatsirai sei?") as (played, outbox):
        assert outbox.events[0] == LlmFinal(7, "Mhoroi, ndini Inzwa. Ndingakubatsirai sei?")
        assert " ".join(played.phrases) == outbox.events[0].text
        assert (outbox.events[-1], fakes.llm.opened) == (TtsEnd(7), 0)


async def test_what_goes_wrong_while_reading_ahead_is_not_told():
    class Unready(ScriptedChatModel):
        async def prepare(self, messages, options):
            raise KeyError("x")

    await Pipeline(engines=Fakes(llm=Unready()).engines(), clock=Watch()).prefill(HELLO)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [(KeyError("x"), EngineError), (TimeoutError(), EngineTimeout), (EngineTimeout("asr", "x"), EngineTimeout)],
)
def test_an_engines_own_errors_leave_with_the_stages_name(raised, kind):
    with pytest.raises(kind) as caught, stage_errors("asr"):
        raise raised
    assert (type(caught.value), caught.value.stage) == (kind, "asr")
    assert caught.value is raised or caught.value.__cause__ is raised


LETTERS_AHEAD = int(AHEAD_S * 1000 / LETTER_MS)


@pytest.mark.parametrize(("load", "spoken"), [(Load.HEAVY, 2), (Load.STRAINED, 1)])
async def test_only_on_a_busy_machine_the_voice_rests_while_what_it_sent_lasts(load, spoken):
    text = f"{'a' * LETTERS_AHEAD * 10}. Ehe."
    async with answering(Fakes(), text=text, load=load) as (played, outbox):
        assert (len(played.phrases), len(of(outbox, TtsEnd))) == (spoken, spoken - 1)


async def test_a_voice_that_rested_goes_on_when_its_sound_is_nearly_due():
    text = f"{'a' * (LETTERS_AHEAD + 1)}. Ehe."
    async with answering(Fakes(), text=text, load=Load.STRAINED) as (played, outbox):
        assert len(played.phrases) == 1
        with anyio.fail_after(5):
            while not of(outbox, TtsEnd):
                await anyio.lowlevel.checkpoint()
        assert len(played.phrases) == 2
