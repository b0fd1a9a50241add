"""What the decode thread needs of a language model."""

from collections.abc import Sequence
from typing import Protocol

from inzwa.engines.llm.batching.kv_cache import Cells
from inzwa.engines.llm.batching.scheduler import ScheduledTokens
from inzwa.protocols import ChatOptions


class DecodeFailed(Exception):
    """A batch could not be decoded. What it left in the cells is unknown."""


class Sampler(Protocol):
    """Chooses one reply's tokens; remembers them for the repeat penalty."""

    def sample(self, output: int) -> int:
        """The token after the last batch's token number `output`, counted from 0 over the whole batch."""
        ...

    def close(self) -> None:
        """Free it. Once."""
        ...


class ModelRunner(Cells, Protocol):
    """A model with one context of many sequences. One thread uses it."""

    def decode(self, batch: Sequence[ScheduledTokens]) -> None:
        """Compute these tokens, each part at the end of its own sequence; DecodeFailed when it cannot be done."""
        ...

    def open_sampler(self, options: ChatOptions) -> Sampler:
        """A sampler for one reply."""
        ...

    def token_bytes(self, token: int) -> bytes:
        """What the token spells: any part of a text, in UTF-8; nothing for a control token."""
        ...

    def is_end(self, token: int) -> bool:
        """Whether the token ends the reply."""
        ...
