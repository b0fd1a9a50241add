"""Whisper's decoder in ONNX Runtime: verifies draft tokens in one pass and keeps those that it would have chosen.

Greedy: a draft token is accepted while it is the likeliest at its position. With a good draft most of a transcript
costs one pass; behind a wrong token, or without a draft, it is decoded token by token. Blocking, threadsafe.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import onnxruntime

from inzwa.engines.asr.decoder_graph import ANY_TOKEN, FIRST_TEXT, TEXT, Graphs, Sizes, TokenRules, Weights
from inzwa.engines.asr.int8 import Floats
from inzwa.engines.asr.network import END_STATES, WINDOW_STATES, Decoded, States
from inzwa.engines.asr.tokenizer import SpecialTokens
from inzwa.engines.onnx_session import RUN_ERRORS, open_session
from inzwa.errors import EngineError, NotConvertible
from inzwa.formats.ct2_file import Ct2File

DRAFT_TOKENS_PER_PASS: Final = 16
"""Each takes several times 200 kB for the logits of the vocabulary."""

KvCache = Mapping[str, Floats]
"""Keys and values by `Sizes.cache_names`, each (1, heads, positions, head)."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass gives at the positions that were asked for."""

    ids: list[int]
    log_probs: list[float]
    no_speech: list[float]
    """Log-probabilities of the token for no speech."""
    cache: KvCache


class SpeculativeDecoder:
    """The decoder's weights, and the cross-attention's cache for a window's silent end."""

    def __init__(self, model: Weights, graphs: Graphs, rules: TokenRules, tail: States, *, threads: int) -> None:
        """`tail` is the window's last END_STATES; of `model` only the embeddings are read from now on."""
        self._sizes, self._rules = Sizes.of(model), rules
        self._cross_session = open_session(graphs.cross_cache, threads=threads, lean=True)
        self._decoder_session = open_session(graphs.decoder, threads=threads, lean=True)
        self._embeddings = model.weights("decoder/embeddings/weight")
        self._positions = model.weights("decoder/position_encodings/encodings").astype(np.float32)
        nothing = np.zeros((1, self._sizes.heads, 0, self._sizes.head), dtype=np.float32)
        self._empty = dict.fromkeys(self._sizes.cache_names, nothing)
        self._tail = self._cross_cache(tail, self._empty)

    @classmethod
    def of(cls, folder: Path, special: SpecialTokens, tail: States, *, threads: int) -> Self:
        """From a folder of CTranslate2's. NotConvertible where its weights are INT8, or its rules cannot be read."""
        file, rules = folder / "model.bin", read_rules(folder / "config.json", special)
        graphs = Graphs.of(Ct2File(file), rules)  # a file of its own: the mapped pages are freed with it
        return cls(Ct2File(file), graphs, rules, tail, threads=threads)

    def decode(self, states: States, prompt: Sequence[int], max_tokens: int, draft: Sequence[int] = ()) -> Decoded:
        """The likeliest tokens after the prompt, at most so many.

        A draft saves time; between tokens that are about as likely, the rounding of longer passes may choose otherwise
        than without it.
        """
        cross = {f"cross {name}": value for name, value in self._windowed(states).items()}
        unread = list(takewhile(lambda token: 0 <= token < self._rules.end, draft[: max_tokens - 1]))
        new: list[int] = list(prompt)
        cache: KvCache = self._empty
        ids: list[int] = []
        log_probs: list[float] = []
        no_speech, accepted = 0.0, 0
        while not ids or (ids[-1] != self._rules.end and len(ids) < max_tokens):
            trial, unread = unread[:DRAFT_TOKENS_PER_PASS], unread[DRAFT_TOKENS_PER_PASS:]
            step = self._verify(new, trial, cache, cross, first=not ids)
            no_speech = no_speech if ids else step.no_speech[0]
            ids += step.ids
            log_probs += step.log_probs
            cache = step.cache
            new = ids[-1:]
            went_on = len(step.ids) > len(trial) and unread[:1] == new
            unread = unread[1:] if went_on else []
            accepted += len(step.ids) - 1 + went_on
        text = ids[:-1] if ids[-1] == self._rules.end else ids
        confidence = sum(log_probs) / len(log_probs)
        return Decoded(tuple(text), confidence, float(np.exp(no_speech)), accepted, tuple(log_probs))

    def _verify(
        self, new: Sequence[int], trial: Sequence[int], cache: KvCache, cross: KvCache, *, first: bool
    ) -> _Pass:
        """The token after `new`, and after each token of `trial` up to the first that is not the likeliest."""
        tokens = [*new, *trial]
        positions = list(range(len(new) - 1, len(tokens)))
        masks = [TEXT] * len(positions)
        if first:
            masks[0] = FIRST_TEXT
            positions, masks = [new.index(self._rules.start), *positions], [ANY_TOKEN, *masks]
        step = self._run_decoder(tokens, positions, masks, cache, cross)
        ids = step.ids[first:]
        agreed = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(ids, trial, strict=False))))
        length = cache["k0"].shape[2] + len(new) + agreed
        cache = {name: value[:, :, :length] for name, value in step.cache.items()}
        return _Pass(ids[: agreed + 1], step.log_probs[first:][: agreed + 1], step.no_speech, cache)

    def _run_decoder(
        self, tokens: Sequence[int], positions: Sequence[int], masks: Sequence[int], cache: KvCache, cross: KvCache
    ) -> _Pass:
        tokens, positions, masks = _doubled(tokens), _doubled(positions), _doubled(masks)
        at = cache["k0"].shape[2]
        embedded = self._embeddings[np.array(tokens)].astype(np.float32) + self._positions[at : at + len(tokens)]
        feed = {f"past {name}": value for name, value in cache.items()}
        feed |= {"tokens": embedded[None], "positions": np.array(positions), "masks": np.array(masks), **cross}
        names = self._sizes.cache_names
        outputs = ["ids", "log_probs", "no_speech", *(f"present {name}" for name in names)]
        ids, log_probs, no_speech, *present = _run(self._decoder_session, outputs, feed)
        cache = dict(zip(names, present, strict=True))
        return _Pass(ids[0].tolist(), log_probs[0].tolist(), no_speech[0].tolist(), cache)

    def _windowed(self, states: States) -> KvCache:
        """For the cross-attention to the sound and the silence behind it, as far as the window reaches."""
        begin = max(len(states) - (WINDOW_STATES - END_STATES), 0)
        return self._cross_cache(states, {name: value[:, :, begin:] for name, value in self._tail.items()})

    def _cross_cache(self, states: States, tail: KvCache) -> KvCache:
        feed = {"states": states[None]} | {f"tail {name}": value for name, value in tail.items()}
        names = self._sizes.cache_names
        return dict(zip(names, _run(self._cross_session, [f"cross {name}" for name in names], feed), strict=True))


def read_rules(config: Path, special: SpecialTokens) -> TokenRules:
    """Which tokens config.json, beside CTranslate2's model.bin, suppresses. NotConvertible where it does not say."""
    try:
        content = json.loads(config.read_text(encoding="utf-8"))
        always, first = ([int(token) for token in content[key]] for key in ("suppress_ids", "suppress_ids_begin"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotConvertible(f"{config.name}: expected lists of tokens that are suppressed") from error
    return TokenRules(special.start, special.end, special.no_speech, tuple(always), tuple(first))


def _doubled(values: Sequence[int]) -> Sequence[int]:
    """Never one alone: decoder_graph.py has why."""
    return [*values, *values] if len(values) == 1 else values


def _run(session: onnxruntime.InferenceSession, names: list[str], feed: Mapping[str, npt.NDArray[Any]]) -> list[Floats]:
    try:
        return list(session.run(names, dict(feed)))
    except RUN_ERRORS as error:
        raise EngineError("asr", "The recogniser failed on this sound.") from error
