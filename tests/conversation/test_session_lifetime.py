"""A conversation leaves nothing behind and keeps to itself."""

import asyncio

import anyio
import pytest

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.tts.scripted import ScriptedPhrase, ScriptedVoice
from inzwa.events import (
    SpeechStart,
    TtsAudio,
)
from tests.conversation.driver import Fakes, conversation


@pytest.mark.parametrize(
    "engine",
    [
        lambda gate: {"asr": ScriptedTranscriber(["mhoro"], gate=gate)},
        lambda gate: {"llm": ScriptedChatModel(ScriptedReply(pieces=("Ehe, ", "ndiripo."), gates={1: gate}))},
        lambda gate: {"tts": ScriptedVoice(ScriptedPhrase(gates={1: gate}))},
    ],
    ids=["hearing", "thinking", "speaking"],
)
async def test_leaving_in_the_middle_of_anything_leaves_no_task_and_no_generator(engine):
    before, fakes = asyncio.all_tasks(), Fakes(**engine(anyio.Event()))
    async with conversation(fakes) as talk:
        await talk.say()
        assert not fakes.at_rest
        assert asyncio.all_tasks() > before
    assert asyncio.all_tasks() == before
    assert fakes.at_rest


async def test_leaving_with_a_full_outbox_leaves_no_task():
    before = asyncio.all_tasks()
    async with conversation(room=3) as talk:
        await talk.write()
    assert asyncio.all_tasks() == before


async def test_an_error_of_the_callers_comes_out_as_itself():
    async def stumble():
        async with conversation() as talk:
            await talk.write()
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await stumble()


async def test_the_model_forgets_the_session_when_it_is_over_and_only_then():
    fakes = Fakes()
    async with conversation(fakes, name="tendai") as talk:
        await talk.write()
        assert list(fakes.llm.forgotten) == []
    assert list(fakes.llm.forgotten) == ["tendai"]


class Forgetless(ScriptedChatModel):
    """A model whose `forget` does what it is told to."""

    def __init__(self, forget):
        super().__init__(["Ehe."])
        self._forget = forget

    async def forget(self, session):
        await self._forget()


async def test_a_model_that_cannot_forget_does_not_hold_the_session():
    async def fail():
        raise KeyError("gone")

    for forget in (anyio.sleep_forever, fail):
        async with conversation(Fakes(llm=Forgetless(forget)), engine_timeout_s=0.05) as talk:
            await talk.write()
        assert talk.endings() == [(1, "ended")]


async def test_two_conversations_on_the_same_engines_do_not_mix():
    fakes = Fakes(llm=ScriptedChatModel(lambda messages: [f"Wati {messages[-1].content}."]))
    async with conversation(fakes, name="one") as one, conversation(fakes, name="two") as two:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one.write, "rimwe")
            tasks.start_soon(two.write, "piri")
        one.listen_out()
        await one.speak()
        await two.write("tatu")
        await one.be_silent()
    assert one.replies() == ["Wati rimwe.", "Wati mhoro shamwari."]
    assert two.replies() == ["Wati piri.", "Wati tatu."]
    assert [ask.messages[-1].content for ask in fakes.llm.asked if ask.options.session == "two"] == ["piri", "tatu"]
    assert two.all_of(SpeechStart) == []
    assert one.all_of(TtsAudio)


async def test_one_conversations_failure_is_not_the_others():
    fakes = Fakes(llm=ScriptedChatModel(ScriptedReply(pieces=("x",), fails_at=0), ["Ehe."]))
    async with conversation(fakes, name="one") as one, conversation(fakes, name="two") as two:
        await one.write()
        await two.write()
    assert (one.endings(), two.endings()) == ([(1, "failed")], [(1, "ended")])
    assert two.problems() == []
