"""Greedy decoding that verifies draft tokens in one pass and keeps those that it would have chosen.

A draft token is accepted while it is the likeliest at its position. With a good draft most of a transcript costs one
pass; behind a wrong token, or without a draft, it is decoded token by token.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

import numpy as np

from inzwa.engines.asr.decoder import Decoder
from inzwa.engines.asr.decoder_graph import ANY_TOKEN, FIRST_TEXT, TEXT
from inzwa.engines.asr.network import Decoded, KvCache

DRAFT_TOKENS_PER_PASS: Final = 16
"""Each takes several times 200 kB for the logits of the vocabulary."""


@dataclass(frozen=True, slots=True)
class _Verified:
    """Draft tokens that were right, and the token behind them."""

    ids: list[int]
    log_probs: list[float]
    no_speech: float
    """Log-probability of the token for no speech, in the pass over the prompt."""
    cache: KvCache
    """Of what was read, wrong draft tokens left out."""


def decode_greedily(
    decoder: Decoder, cross: KvCache, prompt: Sequence[int], max_tokens: int, draft: Sequence[int] = ()
) -> Decoded:
    """The likeliest tokens after the prompt, at most so many.

    A draft saves time; between tokens that are about as likely, the rounding of longer passes may choose otherwise than
    without it.
    """
    end = decoder.rules.end
    unread = list(takewhile(lambda token: 0 <= token < end, draft[: max_tokens - 1]))
    new, cache = list(prompt), decoder.empty
    ids: list[int] = []
    log_probs: list[float] = []
    no_speech, accepted = 0.0, 0
    while not ids or (ids[-1] != end and len(ids) < max_tokens):
        trial, unread = unread[:DRAFT_TOKENS_PER_PASS], unread[DRAFT_TOKENS_PER_PASS:]
        step = _verify(decoder, new, trial, cache, cross, first=not ids)
        no_speech = no_speech if ids else step.no_speech
        ids += step.ids
        log_probs += step.log_probs
        cache = step.cache
        new = ids[-1:]
        went_on = len(step.ids) > len(trial) and unread[:1] == new
        unread = unread[1:] if went_on else []
        accepted += len(step.ids) - 1 + went_on
    text = ids[:-1] if ids[-1] == end else ids
    confidence = sum(log_probs) / len(log_probs)
    return Decoded(tuple(text), confidence, float(np.exp(no_speech)), accepted, tuple(log_probs))


def _verify(
    decoder: Decoder, new: Sequence[int], trial: Sequence[int], cache: KvCache, cross: KvCache, *, first: bool
) -> _Verified:
    """The token after `new`, and after each token of `trial` up to the first that is not the likeliest."""
    tokens = [*new, *trial]
    positions = list(range(len(new) - 1, len(tokens)))
    masks = [TEXT] * len(positions)
    if first:
        masks[0] = FIRST_TEXT
        positions, masks = [new.index(decoder.rules.start), *positions], [ANY_TOKEN, *masks]
    step = decoder.run([tokens], positions, masks, cache, cross)
    ids, log_probs = step.ids[0, first:, 0].tolist(), step.log_probs[0, first:, 0].tolist()
    agreed = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(ids, trial, strict=False))))
    read = next(iter(cache.values())).shape[2] + len(new) + agreed
    kept = {name: value[:, :, :read] for name, value in step.cache.items()}
    return _Verified(ids[: agreed + 1], log_probs[: agreed + 1], float(step.no_speech[0, 0]), kept)
