"""Which tokens of which sequence go into the next batch: a pure function.

Every reply under way adds its one token; what is left of the batch goes to prompts, in the order of arrival (chunked
prefill). So a long prompt delays the others' tokens by one chunk at most, and tokens never wait for prompts. While
somebody waits for the opening of a reply, replies under way may be left out: they are ahead of the voice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from inzwa.engines.llm.batching.kv_cache import SequenceSlot

OPENING_TOKENS: Final = 12
"""Tokens of a reply that somebody waits for in silence: about its first phrase. The rest is generated while that one
plays."""


@dataclass(slots=True, eq=False, kw_only=True)
class TokenSequence:
    """The tokens of one request in progress."""

    slot: SequenceSlot
    prompt: tuple[int, ...]
    """Token ids; at least one."""
    prefix: tuple[int, ...] = ()
    """The prompt's beginning, as far as other conversations may have the same."""
    generates: bool = True
    """Whether a reply is wanted, or only a prefilled prompt."""
    next_token: int | None = None
    """The reply's newest token, sampled and not yet decoded."""
    generated: int = 0
    """Tokens of the reply so far."""

    @property
    def opening(self) -> bool:
        """Whether somebody waits for it in silence."""
        return self.generates and self.generated < OPENING_TOKENS

    @property
    def computed(self) -> int:
        """Tokens of it whose keys and values are in the cells."""
        return len(self.slot.tokens)

    @property
    def prefill_length(self) -> int:
        """Tokens of the prompt to prefill; without a reply the last one is not needed."""
        return len(self.prompt) - (not self.generates)


@dataclass(frozen=True, slots=True)
class ScheduledTokens:
    """One sequence's part of a batch."""

    slot: SequenceSlot
    tokens: tuple[int, ...]
    """Token ids that follow what the slot's cells hold."""
    needs_logits: bool
    """Whether a token is sampled after the last of these."""


def schedule(
    sequences: Iterable[TokenSequence], chunk_tokens: int, *, openings_first: bool = False
) -> list[ScheduledTokens]:
    """The next batch: a token of every reply, then at most `chunk_tokens` of prompts. Replies' prompts come first.

    With `openings_first`, and where there is an opening, nothing else is in it.
    """
    sequences = list(sequences)
    if openings_first:
        sequences = [each for each in sequences if each.opening] or sequences
    decoding = [
        ScheduledTokens(each.slot, (each.next_token,), True) for each in sequences if each.next_token is not None
    ]
    prefilling = [each for each in sequences if each.next_token is None and each.computed < each.prefill_length]
    prefilling.sort(key=lambda each: not each.generates)
    return decoding + list(_prefill(prefilling, chunk_tokens))


def _prefill(sequences: Iterable[TokenSequence], budget: int) -> Iterator[ScheduledTokens]:
    """Chunks of prompts. A prefix that another sequence is prefilling is waited for, not computed twice."""
    prefixes = set()
    for each in sequences:
        start = each.computed
        if start < len(each.prefix):
            if each.prefix in prefixes:
                continue
            prefixes.add(each.prefix)
        tokens = each.prompt[start : min(each.prefill_length, start + budget)]
        budget -= len(tokens)
        if tokens:
            yield ScheduledTokens(each.slot, tokens, each.generates and start + len(tokens) == each.prefill_length)
