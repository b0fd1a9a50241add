"""Engines that hang are taken out and replaced; those that are only waited for are not."""

import anyio
import pytest

from inzwa.audio.pcm import INPUT_RATE, silence
from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.proxies import ChatModelProxy, SynthesizerProxy, TranscriberProxy
from inzwa.engines.slots import EngineSlot
from inzwa.engines.tts.scripted import ScriptedPhrase, ScriptedVoice
from inzwa.errors import EngineError
from inzwa.protocols import ChatOptions, Engines, HearOptions, Message, VoiceOptions
from tests.conversation.driver import Fakes, Outbox, Watch, conversation

SOUND = silence(100, INPUT_RATE)
LIMIT_S = 10.0
ASK = ([Message("user", "mhoro")], ChatOptions())


async def cancelled_after(seconds: float, watch: Watch, work) -> None:
    """Call it, and cancel it once the clock says that so much time has passed."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(work)
        await Outbox().settle()
        watch.now_s += seconds
        tasks.cancel_scope.cancel()


async def all_pieces(pieces) -> list:
    return [piece async for piece in pieces]


async def test_a_recogniser_that_hangs_is_taken_out_and_the_next_call_meets_another():
    watch = Watch()
    slot: EngineSlot = EngineSlot("asr", LIMIT_S, watch)
    instance = slot.install(ScriptedTranscriber(gate=anyio.Event()))
    asr = TranscriberProxy(slot)
    await cancelled_after(LIMIT_S, watch, lambda: asr.transcribe(SOUND, HearOptions()))
    assert slot.hangs == 1
    await instance.wait_released(0)
    assert instance.hung
    with pytest.raises(EngineError):
        _ = asr.info
    slot.install(ScriptedTranscriber(["mhoro"]))
    assert (await asr.transcribe(SOUND, HearOptions())).text == "mhoro"


async def test_who_comes_while_the_slot_is_empty_waits_for_the_next_engine():
    slot: EngineSlot = EngineSlot("asr", LIMIT_S, Watch())
    heard: list[str] = []

    async def hear() -> None:
        heard.append((await TranscriberProxy(slot).transcribe(SOUND, HearOptions())).text)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hear)
        await Outbox().settle()
        slot.install(ScriptedTranscriber(["mhoro"]))
    assert heard == ["mhoro"]


async def test_a_call_cancelled_early_says_nothing_about_the_engine():
    watch = Watch()
    slot: EngineSlot = EngineSlot("asr", LIMIT_S, watch)
    slot.install(ScriptedTranscriber(gate=anyio.Event()))
    await cancelled_after(LIMIT_S / 2, watch, lambda: TranscriberProxy(slot).transcribe(SOUND, HearOptions()))
    assert slot.hangs == 0


async def test_an_engine_that_served_others_meanwhile_does_not_hang():
    watch = Watch()
    slot: EngineSlot = EngineSlot("llm", LIMIT_S, watch)
    stuck = ScriptedReply(pieces=("a",), gates={0: anyio.Event()})
    slot.install(ScriptedChatModel(stuck, ["b"]))
    llm = ChatModelProxy(slot)

    async def wait_in_vain() -> None:
        await all_pieces(llm.reply(*ASK))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait_in_vain)
        await Outbox().settle()
        watch.now_s += LIMIT_S / 2
        assert await all_pieces(llm.reply(*ASK)) == ["b"]
        watch.now_s += LIMIT_S / 2
        tasks.cancel_scope.cancel()
    assert slot.hangs == 0


@pytest.mark.parametrize("piece", [0, 1])
async def test_a_model_that_hangs_at_any_piece_is_taken_out(piece):
    watch = Watch()
    slot: EngineSlot = EngineSlot("llm", LIMIT_S, watch)
    model = ScriptedChatModel(ScriptedReply(pieces=("a ", "b"), gates={piece: anyio.Event()}))
    slot.install(model)
    await cancelled_after(LIMIT_S, watch, lambda: all_pieces(ChatModelProxy(slot).reply(*ASK)))
    assert (slot.hangs, model.speaking) == (1, 0)


async def test_a_voice_that_hangs_is_taken_out():
    watch = Watch()
    slot: EngineSlot = EngineSlot("tts", LIMIT_S, watch)
    slot.install(ScriptedVoice(ScriptedPhrase(gates={1: anyio.Event()})))
    speak = SynthesizerProxy(slot).speak("mhoro shamwari", VoiceOptions())
    await cancelled_after(LIMIT_S, watch, lambda: all_pieces(speak))
    assert slot.hangs == 1


async def test_a_turn_outlives_a_recogniser_that_hung_in_its_pause():
    slot: EngineSlot = EngineSlot("asr", 0.05)
    instance = slot.install(ScriptedTranscriber(gate=anyio.Event()))
    fakes = Fakes()

    async def keep() -> None:
        await instance.wait_released(0)
        slot.install(ScriptedTranscriber(["makadii"]))

    class Slotted(Fakes):
        def engines(self) -> Engines:
            return Engines(fakes.vad, TranscriberProxy(slot), fakes.llm, fakes.tts)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keep)
        async with conversation(Slotted(), engine_timeout_s=0.05, partial_ms=60_000) as talk:
            await talk.say()
            with anyio.fail_after(5):
                while not talk.endings():
                    await anyio.lowlevel.checkpoint()
    assert slot.hangs == 1
    assert talk.endings() == [(1, "ended")]
    assert talk.finals() == ["makadii"]
