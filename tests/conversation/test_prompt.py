"""A prompt has room in the model, and leaves the other conversations theirs."""

import pytest

from inzwa.conversation.history import History
from inzwa.conversation.options import SessionOptions
from inzwa.conversation.prompt import LEAST_TOKENS, make_prompt
from inzwa.engines.llm.scripted import ScriptedChatModel
from inzwa.protocols import ChatOptions

OPTIONS = SessionOptions(session_id="a", context_tokens=2_000, chat=ChatOptions(max_new_tokens=100))
TURN_WORDS = 20


def long_history(turns=60):
    history = History()
    for number in range(turns):
        history.add(f"{number} " * (TURN_WORDS // 2), "x " * (TURN_WORDS // 2))
    return history


def words(history: History, share_tokens: int, *, context_tokens=1_500, forget=True) -> int:
    """Of the prompt; a word is a token of the scripted model."""
    model = ScriptedChatModel(context_tokens=context_tokens)
    model.share_tokens = share_tokens
    return model.count_tokens(make_prompt(history, model, OPTIONS, "mhoro", forget=forget))


@pytest.mark.parametrize(
    ("share_tokens", "most"),
    [(1_500, 1_400), (700, 600), (360, 260), (100, LEAST_TOKENS), (1, LEAST_TOKENS)],
)
def test_a_conversation_keeps_to_its_share(share_tokens, most):
    count = words(long_history(), share_tokens)
    assert most / 2 - 2 * TURN_WORDS <= count <= most


def test_where_there_is_room_nothing_is_forgotten():
    history = long_history(turns=30)
    words(history, 1_500)
    assert len(history.turns) == 30


def test_a_small_model_is_not_asked_for_more_than_it_holds():
    assert words(long_history(), 1, context_tokens=200) <= 100


def test_a_prompt_that_is_only_tried_forgets_nothing():
    history = long_history()
    words(history, 400, forget=False)
    assert len(history.turns) == 60
