"""Whisper's decoder in ONNX Runtime: passes over the tokens of one hypothesis or of several. Blocking, threadsafe."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inzwa.engines.asr.decoder_graph import EMBEDDINGS, Graphs, Sizes, TokenRules
from inzwa.engines.asr.int8 import Floats
from inzwa.engines.asr.layers import Weights
from inzwa.engines.asr.network import END_STATES, KvCache, States, ending
from inzwa.engines.asr.onnx_run import run
from inzwa.engines.asr.tokenizer import SpecialTokens
from inzwa.engines.onnx_session import open_session
from inzwa.errors import NotConvertible

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass gives at the positions that were asked for."""

    ids: Numbers
    """The likeliest tokens, shape (hypotheses, positions, most)."""
    log_probs: Floats
    """Theirs."""
    no_speech: Floats
    """Log-probability of the token for no speech, shape (hypotheses, positions)."""
    cache: KvCache


class Decoder:
    """The decoder's weights, and the cross-attention's cache for a window's silent end."""

    def __init__(self, model: Weights, graphs: Graphs, rules: TokenRules, quiet: States, *, threads: int) -> None:
        """`quiet` is a whole window of silence, encoded; of `model` nothing is kept."""
        self.rules = rules
        self._sizes = Sizes.of(model)
        self._cross_session = open_session(graphs.cross_cache, threads=threads, lean=True)
        self._session = open_session(graphs.decoder, threads=threads, lean=True)
        self._embeddings = model.rows(EMBEDDINGS)
        self._positions = model.weights("decoder/position_encodings/encodings").astype(np.float32)
        nothing = np.zeros((1, self._sizes.heads, 0, self._sizes.head), dtype=np.float32)
        self.empty: KvCache = dict.fromkeys(self._sizes.cache_names, nothing)
        """The cache before the first token, by `Sizes.cache_names`."""
        self._quiet, self._tail = quiet, self._cross(quiet[-END_STATES:], self.empty)

    def cross(self, states: States, end_states: int = END_STATES) -> KvCache:
        """The cross-attention's cache of the sound and so much silence behind it, as far as the window reaches."""
        if end_states != END_STATES:
            return self._cross(np.concatenate((states, ending(self._quiet, len(states), end_states))), self.empty)
        begin = END_STATES - len(ending(self._quiet, len(states), END_STATES))
        return self._cross(states, {name: value[:, :, begin:] for name, value in self._tail.items()})

    def run(
        self,
        tokens: Sequence[Sequence[int]],
        positions: Sequence[int],
        masks: Sequence[int],
        cache: KvCache,
        cross: KvCache,
        *,
        most: int = 1,
    ) -> Pass:
        """As many tokens of each hypothesis, `cache` holding those before: the `most` likeliest after `positions`."""
        at = next(iter(cache.values())).shape[2]
        embedded = self._embeddings.read([token for one in tokens for token in one])
        embedded = embedded.reshape(len(tokens), -1, self._sizes.width)
        feed = {f"past {name}": value for name, value in cache.items()}
        feed |= {f"cross {name}": value for name, value in cross.items()}
        numbers = {"positions": np.array(positions), "masks": np.array(masks), "k": np.array([most])}
        feed["tokens"] = embedded + self._positions[at : at + embedded.shape[1]]
        names = self._sizes.cache_names
        outputs = ["ids", "log_probs", "no_speech", *(f"present {name}" for name in names)]
        ids, log_probs, no_speech, *present = run(self._session, outputs, feed | numbers)
        return Pass(ids, log_probs, no_speech, dict(zip(names, present, strict=True)))

    def _cross(self, states: States, tail: KvCache) -> KvCache:
        feed = {"states": states[None]} | {f"tail {name}": value for name, value in tail.items()}
        names = self._sizes.cache_names
        made = run(self._cross_session, [f"cross {name}" for name in names], feed)
        return dict(zip(names, made, strict=True))


def read_rules(config: Path, special: SpecialTokens) -> TokenRules:
    """Which tokens config.json, beside CTranslate2's model.bin, suppresses. NotConvertible where it does not say."""
    try:
        content = json.loads(config.read_text(encoding="utf-8"))
        always, first = ([int(token) for token in content[key]] for key in ("suppress_ids", "suppress_ids_begin"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotConvertible(f"{config.name}: expected lists of tokens that are suppressed") from error
    return TokenRules(special.start, special.end, special.no_speech, tuple(always), tuple(first))
