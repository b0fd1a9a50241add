"""The speed of a language model is measured on prompts that share nothing, and by the pieces of a reply."""

import inzwa.protocols as protocols
from benchmarks.rig.token_speed import CONTEXT_TOKENS, one_round, prompt
from inzwa.engines.llm.scripted import ScriptedChatModel


def test_prompts_have_the_length_that_is_told_and_begin_differently():
    model = ScriptedChatModel()
    first, second = (prompt(model, protocols, number) for number in (1, 2))
    assert CONTEXT_TOKENS - 25 < len(first.split()) < CONTEXT_TOKENS
    assert first[0] != second[0]


async def test_a_round_prepares_the_prompt_and_then_asks_for_the_reply():
    model = ScriptedChatModel(("a", "b", "c"))
    messages, options = (protocols.Message("user", "one two"),), protocols.ChatOptions()
    prompt_rate, single_rate, pieces = await one_round(model, protocols, messages, options)
    assert (len(model.prepared), len(model.asked), pieces) == (1, 1, 3)
    assert prompt_rate > 0
    assert single_rate > 0
