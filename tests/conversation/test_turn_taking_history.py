"""What the model is asked: what the user said and, of each reply, what the user took in."""

from dataclasses import replace

import anyio

from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.engines.proxies import ChatModelProxy
from inzwa.engines.slots import EngineSlot
from inzwa.events import (
    Cancel,
)
from inzwa.protocols import ChatModel, ChatOptions
from inzwa.shona.dialogue.assistant import line
from tests.conversation.driver import Fakes, conversation


async def test_the_model_is_told_what_was_heard_of_an_interrupted_reply_and_no_more():
    fakes = Fakes(llm=ScriptedChatModel(["rimwe piri tatu ina, ", "shanu tanhatu nomwe sere. "]))
    async with conversation(fakes) as talk:
        await talk.say()
        talk.watch.now_s += talk.seconds(0) / 2
        await talk.say()
    assert prompt(fakes)[1:] == [("user", "mhoro shamwari"), ("assistant", "rimwe piri"), ("user", "mhoro shamwari")]


async def test_a_reply_listened_to_its_end_is_remembered_whole():
    fakes = Fakes()
    async with conversation(fakes) as talk:
        await talk.say()
        talk.listen_out()
        await talk.say()
    assert ("assistant", "Ndiripo, makadiiwo?") in prompt(fakes)


async def test_who_types_has_read_the_reply():
    fakes = Fakes()
    async with conversation(fakes) as talk:
        await talk.write("mhoro")
        await talk.write("zvakanaka")
    assert prompt(fakes)[1:] == [("user", "mhoro"), ("assistant", "Ndiripo, makadiiwo?"), ("user", "zvakanaka")]


async def test_what_got_no_answer_is_asked_again_with_what_follows():
    gate = anyio.Event()
    fakes = Fakes(llm=ScriptedChatModel(ScriptedReply(pieces=("Ehe.",), gates={0: gate}), ["Hongu."]))
    async with conversation(fakes) as talk:
        await talk.write("ndinoda")
        await talk.write("mvura")
    assert prompt(fakes) == [("system", "iva mupfupi"), ("user", "ndinoda mvura")]


async def test_a_failed_turn_is_remembered_once():
    fakes = Fakes(llm=ScriptedChatModel(ScriptedReply(pieces=("x",), fails_at=0), ["Ehe."]))
    async with conversation(fakes) as talk:
        await talk.write("rimwe")
        await talk.take(Cancel())
        await talk.write("piri")
    assert prompt(fakes)[1:] == [("user", "rimwe piri")]


async def test_each_turn_is_asked_as_suits_the_model_that_answers_it():
    first, second = ScriptedChatModel(["Ehe."]), ScriptedChatModel(["Hongu."])
    second.info = replace(first.info, model="second")
    slot: EngineSlot[ChatModel] = EngineSlot("llm", 20.0)
    slot.install(first)
    async with conversation(Fakes(llm=ChatModelProxy(slot)), system_prompt=lambda info: info.model) as talk:
        await talk.write("rimwe")
        slot.install(second)
        await talk.write("piri")
    assert [each.asked[-1].messages[0].content for each in (first, second)] == ["scripted-chat", "second"]
    assert [message.content for message in second.asked[-1].messages[1:]] == ["rimwe", "Ehe.", "piri"]


async def test_the_prompt_leaves_room_for_the_reply():
    fakes = Fakes(llm=ScriptedChatModel(["Ehe."], context_tokens=40))
    async with conversation(fakes, chat=ChatOptions(max_new_tokens=25)) as talk:
        for _ in range(6):
            await talk.write("taura neni zvishoma")
    assert sum(len(text.split()) for _, text in prompt(fakes)) <= 15
    assert talk.problems() == []


async def test_what_has_to_be_forgotten_for_what_the_user_says_is_forgotten_while_they_speak():
    """Else the model would read the rest again while they wait."""
    heard = ["mvura nhasi"] * 12
    fakes = Fakes(asr=ScriptedTranscriber(heard), llm=ScriptedChatModel(["Ehe."], context_tokens=40))
    lengths = set()
    async with conversation(fakes, chat=ChatOptions(max_new_tokens=25)) as talk:
        for _ in heard:
            already = len(fakes.llm.prepared)
            await talk.say()
            talk.listen_out()
            read = fakes.llm.prepared[already].messages[:-1]
            assert fakes.llm.asked[-1].messages[: len(read)] == read
            lengths.add(len(read))
    assert len(lengths) > 2


async def test_what_may_not_be_asked_is_answered_with_a_fixed_line_and_the_model_is_not_asked():
    fakes = Fakes()
    async with conversation(fakes) as talk:
        await talk.write("ndoda kufa")
    assert (talk.replies(), fakes.llm.opened) == ([line("crisis", "sn")], 0)
    assert talk.endings() == [(1, "ended")]


class Uncountable(ScriptedChatModel):
    """A model that fails before it is asked anything."""

    def count_tokens(self, messages):
        if len(messages) > 2:
            raise KeyError("tokenizer")
        return 1


async def test_a_model_that_cannot_count_fails_turns_and_not_the_conversation():
    async with conversation(Fakes(llm=Uncountable(["Ehe."]))) as talk:
        await talk.write()
        talk.listen_out()
        await talk.say()
        talk.listen_out()
        await talk.say()
    assert talk.problems() == ["engine_failed", "engine_failed"]
    assert talk.endings() == [(1, "ended"), (2, "failed"), (3, "failed")]


def prompt(fakes):
    """What the model was asked last."""
    return [(message.role, message.content) for message in fakes.llm.asked[-1].messages]
