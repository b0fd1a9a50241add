"""Beam search: several hypotheses side by side, the likeliest mean over their tokens wins."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inzwa.engines.asr.decoder import Decoder, Pass
from inzwa.engines.asr.decoder_graph import ANY_TOKEN, FIRST_TEXT, TEXT
from inzwa.engines.asr.network import Decoded, KvCache


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    ids: tuple[int, ...]
    log_probs: tuple[float, ...]
    parent: int = 0
    """Which of the hypotheses before it grew from."""

    @property
    def sum(self) -> float:
        return sum(self.log_probs)

    @property
    def mean(self) -> float:
        return self.sum / len(self.ids)


def decode_in_beam(decoder: Decoder, cross: KvCache, prompt: Sequence[int], beam: int, max_tokens: int) -> Decoded:
    """The likeliest of the hypotheses that came to their end before `beam` others did, at most so many tokens long."""
    positions, masks = [list(prompt).index(decoder.rules.start), len(prompt) - 1], [ANY_TOKEN, FIRST_TEXT]
    step = decoder.run([prompt], positions, masks, decoder.empty, cross, most=2 * beam)
    no_speech = float(np.exp(step.no_speech[0, 0]))
    growing, finished = _grown([_Hypothesis((), ())], step, beam, decoder.rules.end)
    while growing and len(finished) < beam and len(growing[0].ids) < max_tokens:
        parents = [one.parent for one in growing]
        cache = {name: value[parents] for name, value in step.cache.items()}
        step = decoder.run([one.ids[-1:] for one in growing], [0], [TEXT], cache, cross, most=2 * beam)
        growing, ended = _grown(growing, step, beam, decoder.rules.end)
        finished += ended
    best = max(finished or growing, key=lambda one: one.mean)
    text = best.ids[:-1] if best.ids[-1] == decoder.rules.end else best.ids
    return Decoded(text, best.mean, no_speech, log_probs=best.log_probs)


def _grown(
    before: Sequence[_Hypothesis], step: Pass, beam: int, end: int
) -> tuple[list[_Hypothesis], list[_Hypothesis]]:
    """The `beam` likeliest that go on, and those among the `beam` likeliest of all that have come to their end."""
    every = [
        _Hypothesis((*one.ids, token), (*one.log_probs, log_prob), number)
        for number, one in enumerate(before)
        for token, log_prob in zip(step.ids[number, -1].tolist(), step.log_probs[number, -1].tolist(), strict=True)
    ]
    every.sort(key=lambda one: one.sum, reverse=True)
    ended = [one for one in every[:beam] if one.ids[-1] == end]
    return [one for one in every if one.ids[-1] != end][:beam], ended
