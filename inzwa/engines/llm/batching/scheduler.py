"""Which tokens of which request go into the next batch. Pure: knows no model, no thread and no clock.

Every reply that is being spoken gives its one token; what is left of the batch goes to prompts, in the order in which
they came. So a long prompt delays the others' tokens by one chunk at most, and tokens never wait for prompts. While
somebody still waits for the opening of a reply, replies that are under way may stand back: they are ahead of the voice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from inzwa.engines.llm.batching.kv_cache import SequenceSlot

OPENING_TOKENS: Final = 12
"""Tokens of a reply that somebody waits for in silence: about its first phrase. What follows is written while that one
sounds."""


@dataclass(slots=True, eq=False, kw_only=True)
class TokenSequence:
    """One request's way through the model."""

    prompt: tuple[int, ...]
    """Token ids; at least one."""
    prefix: tuple[int, ...] = ()
    """The prompt's beginning, as far as other conversations may have the same."""
    speaks: bool = True
    """Whether a reply is wanted, or only that the prompt be read ahead."""
    seat: SequenceSlot | None = None
    """Where it sits; None while it waits."""
    next_token: int | None = None
    """The reply's newest token, chosen and not yet read by the model."""
    said: int = 0
    """Tokens of the reply so far."""

    @property
    def opening(self) -> bool:
        """Whether somebody waits for it in silence."""
        return self.speaks and self.said < OPENING_TOKENS

    @property
    def position(self) -> int:
        """Tokens of it that lie in the cells."""
        return len(self.seat.tokens) if self.seat else 0

    @property
    def target(self) -> int:
        """Tokens of the prompt that must be read; the last one only if a reply follows."""
        return len(self.prompt) - (not self.speaks)


S = TypeVar("S", bound=TokenSequence)


@dataclass(frozen=True, slots=True)
class Slice(Generic[S]):
    """One request's part of a batch."""

    strand: S
    tokens: tuple[int, ...]
    """Token ids, to stand behind what the strand's cells hold."""
    wants_output: bool
    """Whether a token is to be chosen after the last of these."""

    @property
    def sequence(self) -> int:
        """The number of the strand's sequence."""
        return self.strand.seat.number

    @property
    def start(self) -> int:
        """The first token's position."""
        return self.strand.position


def plan_batch(strands: Iterable[S], chunk_tokens: int, *, openings_first: bool = False) -> list[Slice[S]]:
    """The next batch: a token of every reply, then at most `chunk_tokens` of prompts. Replies' prompts come first.

    With `openings_first`, and where there is an opening, nothing else is in it.
    """
    strands = list(strands)
    if openings_first:
        strands = [strand for strand in strands if strand.opening] or strands
    speaking = [Slice(strand, (strand.next_token,), True) for strand in strands if strand.next_token is not None]
    reading = [strand for strand in strands if strand.next_token is None and strand.position < strand.target]
    reading.sort(key=lambda strand: not strand.speaks)
    return speaking + list(_read(reading, chunk_tokens))


def _read(strands: Iterable[S], budget: int) -> Iterator[Slice[S]]:
    """Chunks of prompts. What another is reading for all is waited for, not read twice."""
    being_read = set()
    for strand in strands:
        at = strand.position
        if at < len(strand.prefix):
            if strand.prefix in being_read:
                continue
            being_read.add(strand.prefix)
        tokens = strand.prompt[at : min(strand.target, at + budget)]
        budget -= len(tokens)
        if tokens:
            yield Slice(strand, tokens, strand.speaks and at + len(tokens) == strand.target)
