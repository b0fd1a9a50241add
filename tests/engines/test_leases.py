"""Who holds a lease keeps the engine that it began with; the next caller meets the one that took its place."""

from dataclasses import replace

import anyio
import pytest

from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.proxies import ChatModelProxy, DetectorProxy, SynthesizerProxy
from inzwa.engines.slots import EngineSlot
from inzwa.engines.tts.scripted import ScriptedVoice
from inzwa.engines.vad.scripted import ScriptedDetector
from inzwa.protocols import ChatOptions, Engines, Message, VoiceOptions
from tests.conversation.driver import Fakes, Outbox, Watch, conversation

ASK = ([Message("user", "mhoro")], ChatOptions())
LIMIT_S = 10.0


async def said(pieces) -> list:
    return [piece async for piece in pieces]


def model(name: str, *pieces: str, gate: anyio.Event | None = None) -> ScriptedChatModel:
    """A model that says these pieces, before the last of which it waits."""
    gates = {len(pieces) - 1: gate} if gate else {}
    made = ScriptedChatModel(ScriptedReply(pieces=pieces, gates=gates))
    made.info = replace(made.info, model=name)
    return made


async def test_a_reply_under_way_is_finished_by_the_engine_that_began_it():
    gate, slot, pieces = anyio.Event(), EngineSlot("llm", LIMIT_S, Watch()), []
    old = slot.install(model("old", "a ", "b", gate=gate))
    llm = ChatModelProxy(slot)

    async def reply() -> None:
        pieces.extend(await said(llm.reply(*ASK)))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reply)
        await Outbox().settle()
        slot.install(model("new", "c"))
        assert (llm.info.model, old.users) == ("new", 1)
        assert await said(llm.reply(*ASK)) == ["c"]
        gate.set()
    assert pieces == ["a ", "b"]
    await old.wait_released(0)
    assert (old.users, old.hung, slot.hangs) == (0, False, 0)


async def test_an_engine_whose_place_was_taken_is_waited_for_until_its_last_turn_ends():
    gate, slot = anyio.Event(), EngineSlot("llm", LIMIT_S, Watch())
    old = slot.install(model("old", "a", gate=gate))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(said, ChatModelProxy(slot).reply(*ASK))
        await Outbox().settle()
        slot.install(model("new", "c"))
        with anyio.CancelScope() as waiting:
            waiting.deadline = anyio.current_time()
            await old.wait_released(LIMIT_S)
        assert waiting.cancelled_caught
        gate.set()
    await old.wait_released(LIMIT_S)


async def test_patience_with_the_last_turn_has_an_end():
    slot = EngineSlot("llm", LIMIT_S, Watch())
    old = slot.install(model("old", "a"))
    with slot.lease():
        slot.install(model("new", "c"))
        await old.wait_released(0)
        assert old.users == 1


async def test_all_that_a_turn_asks_is_answered_by_the_engines_that_it_began_with():
    llm, tts = EngineSlot("llm", LIMIT_S, Watch()), EngineSlot("tts", LIMIT_S, Watch())
    first, second = ScriptedVoice(), ScriptedVoice(sample_rate=16_000)
    llm.install(model("old", "a"))
    tts.install(first)
    fakes = Fakes()
    engines = Engines(fakes.vad, fakes.asr, ChatModelProxy(llm), SynthesizerProxy(tts))
    with engines.pinned() as held:
        llm.install(model("new", "b"))
        tts.install(second)
        assert (held.llm.info.model, engines.llm.info.model) == ("old", "new")
        assert (held.tts.sample_rate, engines.tts.sample_rate) == (22_050, 16_000)
        assert await said(held.llm.reply(*ASK)) == ["a"]
        await said(held.tts.speak("mhoro", VoiceOptions()))
        with held.pinned() as again:
            assert again.llm.info.model == "old"
    assert (len(first.spoken), len(second.spoken)) == (1, 0)


async def test_a_lease_on_an_engine_that_hangs_goes_on_with_the_next():
    watch = Watch()
    slot = EngineSlot("llm", LIMIT_S, watch)
    slot.install(model("stuck", "a", gate=anyio.Event()))
    with ChatModelProxy(slot).pinned() as llm:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(said, llm.reply(*ASK))
            await Outbox().settle()
            watch.now_s += LIMIT_S
            tasks.cancel_scope.cancel()
        assert slot.hangs == 1
        fresh = slot.install(model("fresh", "b"))
        assert await said(llm.reply(*ASK)) == ["b"]
        assert fresh.users == 1
    assert fresh.users == 0


async def test_an_engine_that_hangs_after_its_place_was_taken_is_not_waited_for_and_leaves_the_new_one_alone():
    watch = Watch()
    slot = EngineSlot("llm", LIMIT_S, watch)
    old = slot.install(model("old", "a", gate=anyio.Event()))
    with ChatModelProxy(slot).pinned() as llm:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(said, llm.reply(*ASK))
            await Outbox().settle()
            slot.install(model("new", "b"))
            watch.now_s += LIMIT_S
            tasks.cancel_scope.cancel()
        await old.wait_released(LIMIT_S)
        assert (slot.hangs, slot.current().info.model) == (0, "new")


@pytest.mark.parametrize("ending", ["closed", "cancelled"])
async def test_a_reply_that_is_left_in_the_middle_ends_its_lease(ending: str):
    slot = EngineSlot("llm", LIMIT_S, Watch())
    instance = slot.install(model("old", "a ", "b", gate=anyio.Event()))
    reply = ChatModelProxy(slot).reply(*ASK)
    assert await anext(reply) == "a "
    if ending == "cancelled":
        with anyio.CancelScope() as scope:
            scope.cancel()
            await anext(reply)
    await reply.aclose()
    assert instance.users == 0


def test_a_stream_stays_that_of_the_detector_which_opened_it():
    slot = EngineSlot("vad", LIMIT_S, Watch())
    slot.install(ScriptedDetector())
    detector = DetectorProxy(slot)
    stream = detector.open_stream()
    slot.install(ScriptedDetector())
    assert type(detector.open_stream()) is type(stream)
    assert detector.frame_samples == slot.current().frame_samples


async def test_a_turn_is_spoken_by_one_voice_though_another_takes_its_place_in_the_middle():
    gate, slot = anyio.Event(), EngineSlot("tts", LIMIT_S, Watch())
    old, new = ScriptedVoice(), ScriptedVoice(sample_rate=16_000)
    slot.install(old)
    fakes = Fakes(llm=ScriptedChatModel(ScriptedReply(pieces=("Ndiripo. ", "Makadiiwo?"), gates={1: gate})))

    class Slotted(Fakes):
        def engines(self) -> Engines:
            return Engines(fakes.vad, fakes.asr, fakes.llm, SynthesizerProxy(slot))

    async with conversation(Slotted()) as talk:
        await talk.write()
        slot.install(new)
        gate.set()
        await talk.settle()
        assert [each.text for each in old.spoken] == ["Ndiripo.", "Makadiiwo?"]
        talk.listen_out()
        await talk.write()
        assert talk.endings() == [(1, "ended"), (2, "ended")]
    assert [each.text for each in new.spoken] == ["Ndiripo.", "Makadiiwo?"]
