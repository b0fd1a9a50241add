"""Conversations that outgrow the model's cells together, on real weights."""

from contextlib import aclosing
from dataclasses import replace

import pytest

from inzwa.conversation.history import History
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.prompt import make_prompt
from inzwa.engines.llm.llama.engine import open_llama
from inzwa.protocols import ChatOptions, Message

pytestmark = pytest.mark.weights

SYSTEM = "You are a kind helper. You answer in one short sentence and you never use lists."
SAID = (
    "What is the capital of France? How many legs has a spider? What colour is the sky? Who wrote Romeo and Juliet? "
    * 2
)
TALKERS = 6
TURNS = 5


async def test_six_do_not_take_each_others_cells(models):
    """Beyond what the cells hold each would read all of its prompt again in every turn, which takes seconds."""
    options = SessionOptions(session_id="", system_prompt=lambda _: SYSTEM, context_tokens=1_024)
    with open_llama(models.fetch("smollm2-135m"), context_tokens=1_024, max_sequences=TALKERS) as model:
        histories = {str(number): History() for number in range(TALKERS)}
        read = []
        for _ in range(TURNS):
            for session, history in histories.items():
                chat = ChatOptions(temperature=0, max_new_tokens=4, session=session)
                prompt = make_prompt(history, model, replace(options, chat=chat), SAID, forget=True)
                before = model.stats().prefilled_tokens
                async with aclosing(model.reply(prompt, chat)) as pieces:
                    assert [piece async for piece in pieces]
                read.append(model.stats().prefilled_tokens - before)
                history.add(SAID, "Yes.")
        assert (model.stats().evicted, model.share_tokens) == (0, 2_048 // TALKERS)
        assert max(read[TALKERS:]) < 3 * model.count_tokens([Message("user", SAID)])
