"""The prompt of a turn: as much of the conversation as the model and the settings have room for."""

from typing import Final

from inzwa.conversation.history import History
from inzwa.conversation.options import SessionOptions
from inzwa.protocols import ChatModel, Message, stage_errors

RESERVED_TOKENS: Final = 64
"""Tokens kept free for what the user is about to say. What has to be forgotten for it is forgotten while they speak, so
that the model reads the shorter prompt then, and not while they wait for the answer."""

LEAST_TOKENS: Final = 256
"""Of a prompt, however many talk at once: the system's lines and the last few turns."""


def make_prompt(history: History, llm: ChatModel, options: SessionOptions, text: str, *, forget: bool) -> list[Message]:
    """The prompt of a turn: as much of the conversation as this model and the settings have room for. While there is no
    text yet, RESERVED_TOKENS less. With `forget`, what has no room is forgotten for good."""
    with stage_errors("llm"):
        budget = min(options.context_tokens, llm.context_tokens) - options.chat.max_new_tokens
        budget = min(budget, max(LEAST_TOKENS, llm.share_tokens - options.chat.max_new_tokens))
        budget -= 0 if text else min(RESERVED_TOKENS, budget // 4)
        system = options.system_prompt(llm.info)
        excess = history.excess(system, text, llm.count_tokens, budget)
        prompt = history.prompt(system, text, skip=excess)
        if forget:
            history.forget(excess)
        return prompt
