"""The scripted chat model follows its script."""

from contextlib import aclosing

import anyio
import pytest

from inzwa.engines.llm.scripted import ScriptedChatModel, ScriptedReply
from inzwa.errors import EngineError
from inzwa.protocols import ChatOptions, Message

HELLO = (Message("system", "Pindura muchidimbu."), Message("user", "Mhoro shamwari yangu"))
OPTIONS = ChatOptions()


async def said(model, messages=HELLO, options=OPTIONS):
    heard = []
    await listen(model, heard, messages, options)
    return heard


async def listen(model, heard, messages=HELLO, options=OPTIONS):
    async with aclosing(model.reply(messages, options)) as pieces:
        async for piece in pieces:
            heard.append(piece)


async def test_scripts_come_in_order_and_the_last_one_repeats():
    model = ScriptedChatModel(("A",), ("B", "C"))
    assert [await said(model) for _ in range(3)] == [["A"], ["B", "C"], ["B", "C"]]


async def test_a_callable_script_sees_the_conversation():
    model = ScriptedChatModel(lambda messages: messages[-1].content.split())
    assert await said(model) == ["Mhoro", "shamwari", "yangu"]


async def test_a_reply_is_cut_at_max_new_tokens():
    assert await said(ScriptedChatModel(("a", "b", "c")), options=ChatOptions(max_new_tokens=2)) == ["a", "b"]


async def test_a_gate_holds_the_piece_behind_it():
    gate, heard = anyio.Event(), []
    model = ScriptedChatModel(ScriptedReply(pieces=("a", "b"), gates={1: gate}))
    async with anyio.create_task_group() as group:
        group.start_soon(listen, model, heard)
        await anyio.wait_all_tasks_blocked()
        assert heard == ["a"]
        gate.set()
    assert heard == ["a", "b"]


async def test_a_reply_fails_at_the_piece_it_was_told_to():
    model, heard = ScriptedChatModel(ScriptedReply(pieces=("a", "b"), fails_at=1)), []
    with pytest.raises(EngineError):
        await listen(model, heard)
    assert (heard, model.speaking) == (["a"], 0)


async def test_a_reply_closed_early_counts_as_closed():
    model = ScriptedChatModel(("a", "b"))
    async with aclosing(model.reply(HELLO, OPTIONS)) as pieces:
        await anext(pieces)
        assert model.speaking == 1
    assert (model.opened, model.closed) == (1, 1)


async def test_it_remembers_what_it_was_asked():
    model = ScriptedChatModel()
    await said(model, options=ChatOptions(session="s1"))
    await model.prepare(HELLO, OPTIONS)
    await model.forget("s1")
    assert model.asked[0].options.session == "s1"
    assert model.prepared[0].messages == HELLO
    assert list(model.forgotten) == ["s1"]


def test_tokens_are_words():
    assert ScriptedChatModel().count_tokens(HELLO) == 5
