"""What the decode thread needs of a language model, in few words. Knows no library; llama_api.py is one that has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from inzwa.engines.llm.batching.kv_cache import Cells
from inzwa.engines.llm.batching.scheduler import Slice
from inzwa.protocols import ChatOptions


class DecodeFailed(Exception):
    """A batch could not be decoded. What it left in the cells is unknown."""


class Sampler(Protocol):
    """Chooses one reply's tokens; remembers them for the repeat penalty."""

    def sample(self, output: int) -> int:
        """The token after the batch's token number `output`, counted from 0 over the whole batch."""
        ...

    def close(self) -> None:
        """Free it. Once."""
        ...


class ModelRunner(Cells, Protocol):
    """A model with room for many sequences. One thread uses it."""

    def decode(self, slices: Sequence[Slice]) -> None:
        """Read these tokens, each slice at the end of its own sequence; DecodeFailed when it cannot be done."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextSize:
    """How large a context is made."""

    cells: int
    """Tokens that all sequences together may hold."""
    sequences: int
    batch_tokens: int
    """Tokens of one batch at most."""
    threads: int
    """For prompts, and for the tokens of several conversations at once."""
    token_threads: int = 0
    """For one token at a time; 0 for as many."""
