"""What a model says next, and how far another file of the same model is from it.

The divergence of Kullback and Leibler is in nats a token; 0 is the same distribution.
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import numpy as np
from llama_cpp import llama_cpp as llama
from numpy.typing import NDArray

from inzwa.engines.llm.llama.bindings import open_model
from inzwa.engines.llm.llama.vocabulary import LlamaVocabulary
from inzwa.errors import EngineError

LogProbabilities = NDArray[np.float32]
"""(tokens, vocabulary): after each token, the logarithm of every next one's probability."""

SAMPLE: Final = (
    "Good morning. How are you today? I would like to know what the weather will be like in Harare tomorrow, because "
    "my mother is coming by bus with two heavy bags. Is there a market near the station where we can buy vegetables?\n"
    "Mangwanani. Makadii nhasi? Ndinoda kuziva kuti mamiriro ekunze achange akaita sei muHarare mangwana, nokuti amai "
    "vangu vari kuuya nebhazi. Pane musika here pedyo nechiteshi watingatenga miriwo?\n"
)
"""Speech in English and Shona, as a user might say it."""
LONGEST: Final = 256
"""Tokens of it that are compared at most."""


@dataclass(frozen=True, slots=True)
class Loss:
    """How far one file of a model is from another, over the same tokens."""

    tokens: int
    divergence: float
    """Mean of Kullback and Leibler, in nats a token."""
    same_choice: float
    """Share of tokens after which both hold the same one likeliest; 0 to 1."""


class Scorer:
    """A model that reads whole texts. One thread uses it."""

    def __init__(self, context: llama.llama_context_p, vocabulary: LlamaVocabulary, longest: int) -> None:
        self.vocabulary = vocabulary
        self._context = context
        self._longest = longest
        self._memory = llama.llama_get_memory(context)

    def log_probabilities(self, tokens: Sequence[int]) -> LogProbabilities:
        """After each of the tokens, of which nothing is remembered. EngineError when llama.cpp refuses them."""
        if not 0 < len(tokens) <= self._longest:
            raise EngineError("llm", f"A text of {len(tokens)} tokens cannot be read: 1 to {self._longest} can.")
        llama.llama_memory_clear(self._memory, True)
        batch = llama.llama_batch_init(len(tokens), 0, 1)
        try:
            self._fill(batch, tokens)
            if code := llama.llama_decode(self._context, batch):
                raise EngineError("llm", f"llama_decode returned {code}.")
        finally:
            llama.llama_batch_free(batch)
        shape = (len(tokens), self.vocabulary.size)
        logits = np.ctypeslib.as_array(llama.llama_get_logits(self._context), shape).astype(np.float32)  # a copy
        logits -= logits.max(axis=1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return logits

    def _fill(self, batch: llama.llama_batch, tokens: Sequence[int]) -> None:
        positions = cast("ctypes.Array[ctypes.c_int32]", batch.pos)  # declared as an array of arrays
        batch.n_tokens = len(tokens)
        for at, token in enumerate(tokens):
            batch.token[at], positions[at] = token, at
            batch.n_seq_id[at], batch.seq_id[at][0], batch.logits[at] = 1, 0, 1


@contextmanager
def open_scorer(path: Path, *, longest: int, threads: int = 1) -> Iterator[Scorer]:
    """The model in this file, for texts of `longest` tokens at most. EngineError where it cannot be loaded."""
    with open_model(path) as model:
        params = llama.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = params.n_outputs_max = longest
        params.n_threads = params.n_threads_batch = threads
        params.flash_attn_type, params.no_perf = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED, True
        context = llama.llama_init_from_model(model, params)
        if not context:
            raise EngineError("llm", f"There is no room for a context of {longest} tokens.")
        try:
            yield Scorer(context, LlamaVocabulary(model), longest)
        finally:
            llama.llama_free(context)


def loss(reference: LogProbabilities, other: LogProbabilities) -> Loss:
    """Of `other` against `reference`. Not finite where `other` is not."""
    difference = (np.exp(reference) * (reference - other)).sum(axis=1)
    same = reference.argmax(axis=1) == other.argmax(axis=1)
    return Loss(len(reference), float(difference.mean()), float(same.mean()))


def compare(reference: Path, other: Path, *, threads: int = 1) -> Loss:
    """How far a file is from another of the same model on SAMPLE: one after the other, so that one is in memory."""
    with open_scorer(reference, longest=LONGEST, threads=threads) as scorer:
        tokens = scorer.vocabulary.tokens(SAMPLE)[:LONGEST]
        wanted = scorer.log_probabilities(tokens)
    with open_scorer(other, longest=LONGEST, threads=threads) as scorer:
        return loss(wanted, scorer.log_probabilities(tokens))
