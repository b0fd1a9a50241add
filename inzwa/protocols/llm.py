"""The language model: messages to text."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from inzwa.protocols.info import EngineInfo


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    max_new_tokens: int = 96
    """The reply's length at most, in tokens."""
    temperature: float = 0.4
    """0 takes the likeliest token each time."""
    top_p: float = 0.9
    repeat_penalty: float = 1.1
    stop: tuple[str, ...] = ()
    """Strings that end the reply; they are not part of it."""
    seed: int | None = None
    """For replies that can be repeated."""
    session: str = ""
    """Whose conversation this continues: an engine may keep its memory warm between turns."""


class ChatModel(Protocol):
    """Messages to text, token by token."""

    @property
    def info(self) -> EngineInfo: ...

    @property
    def context_tokens(self) -> int:
        """What the model can hold: prompt and reply together."""
        ...

    @property
    def share_tokens(self) -> int:
        """What one conversation may have just now, prompt and reply, so that what is cached of the others stays."""
        ...

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """The prompt's length in tokens, template included."""
        ...

    def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        """Pieces of text as they are made; never half a character. Close it (aclosing) to stop at once."""
        ...

    async def prepare(self, messages: Sequence[Message], options: ChatOptions) -> None:
        """Read the prompt ahead, so that a `reply` to the same messages starts sooner. Cancelling it costs nothing."""
        ...

    async def forget(self, session: str) -> None:
        """The session is over: drop what was kept warm for it. Unknown names are no error."""
        ...
