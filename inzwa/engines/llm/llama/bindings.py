"""llama.cpp through llama_cpp's C bindings: a model, its adapter, one context, batches and samplers.

A misuse ends the process there, so whatever comes from outside is checked before it arrives here. All sequences share
one unified KV cache; flash attention makes the cells of the others cheap (measured on one thread with 4000 foreign
cells: 74 tokens/s with it, 33 without).
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, cast

from llama_cpp import llama_cpp as llama

from inzwa.engines.llm.batching.model_runner import DecodeFailed
from inzwa.engines.llm.batching.scheduler import ScheduledTokens
from inzwa.engines.llm.llama.vocabulary import LlamaVocabulary
from inzwa.errors import EngineError
from inzwa.hardware.processor import free_cores, usable_cores
from inzwa.protocols import ChatOptions

Adapter: TypeAlias = "ctypes._Pointer[ctypes.c_void_p]"

FreeCores: TypeAlias = Callable[[int], int]
"""Of so many cores, how many nothing else wants at this moment."""

PENALTY_TOKENS: Final = 64
"""How far back the repeat penalty looks, in tokens of the reply."""

CANDIDATES: Final = 128
"""Likeliest tokens that sampling looks at. More than PENALTY_TOKENS, so the likeliest token that is not penalised is
among them; cut before the rest of the chain because sorting a whole vocabulary takes 4 ms a token, and this 0.06 ms."""

_RANDOM_SEED: Final = 0xFFFFFFFF
"""llama.cpp's LLAMA_DEFAULT_SEED: it chooses one itself."""

_WITHOUT_KV_CACHE: Final = (
    llama.llama_model_has_encoder,
    llama.llama_model_is_recurrent,
    llama.llama_model_is_hybrid,
    llama.llama_model_is_diffusion,
)

_no_log = llama.llama_log_callback(lambda _level, _text, _data: None)
"""A global, because the library holds no reference of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextSize:
    """How large a context is made."""

    cells: int
    """Tokens that all sequences together may hold."""
    sequences: int
    batch_tokens: int
    """Tokens of one batch at most."""
    threads: int
    """At most; a batch gets no more than there are free cores."""


class LlamaSampler:
    """One reply's sampler chain: likeliest tokens, repeat penalty, nucleus, temperature, random choice."""

    def __init__(self, context: llama.llama_context_p, vocabulary_size: int, options: ChatOptions) -> None:
        self._context = context
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        for sampler in _samplers(vocabulary_size, options):
            llama.llama_sampler_chain_add(self._chain, sampler)

    def sample(self, output: int) -> int:
        """The token after the last batch's token number `output`."""
        return int(llama.llama_sampler_sample(self._chain, self._context, output))

    def close(self) -> None:
        """Free the chain."""
        llama.llama_sampler_free(self._chain)


def _samplers(vocabulary_size: int, options: ChatOptions) -> Iterator["llama.llama_sampler_p"]:
    yield llama.llama_sampler_init_top_k(CANDIDATES)
    if options.repeat_penalty > 0 and options.repeat_penalty != 1:
        yield llama.llama_sampler_init_penalties(vocabulary_size, PENALTY_TOKENS, options.repeat_penalty, 0.0, 0.0)
    if options.temperature <= 0:
        yield llama.llama_sampler_init_greedy()
        return
    yield llama.llama_sampler_init_top_p(options.top_p, 1)
    yield llama.llama_sampler_init_temp(options.temperature)
    yield llama.llama_sampler_init_dist(_RANDOM_SEED if options.seed is None else options.seed % _RANDOM_SEED)


class LlamaRunner:
    """A context and its batch. One thread uses it; the vocabulary is for all."""

    def __init__(
        self,
        context: llama.llama_context_p,
        vocabulary: LlamaVocabulary,
        batch: llama.llama_batch,
        size: ContextSize,
        free: FreeCores,
    ) -> None:
        self.vocabulary = vocabulary
        self.token_bytes, self.is_end = vocabulary.token_bytes, vocabulary.is_end
        self._context = context
        self._memory = llama.llama_get_memory(context)
        self._batch = batch
        self._positions = cast("ctypes.Array[ctypes.c_int32]", batch.pos)  # declared as an array of arrays
        self._size, self._free, self._cores = size, free, usable_cores()
        self.threads = size.threads
        """Threads of the last batch."""

    def truncate(self, sequence_id: int, length: int) -> bool:
        """Free the sequence's cells from position `length` on; False when it was not possible."""
        return bool(llama.llama_memory_seq_rm(self._memory, sequence_id, length, -1))

    def close_gap(self, sequence_id: int, begin: int, end: int) -> bool:
        """Free the sequence's cells from `begin` to `end` and move those behind forward: their keys are rotated to the
        new positions with the next batch. False where the model's positions do not allow that."""
        if not llama.llama_memory_can_shift(self._memory):
            return False
        if not llama.llama_memory_seq_rm(self._memory, sequence_id, begin, end):
            return False
        llama.llama_memory_seq_add(self._memory, sequence_id, end, -1, begin - end)
        return True

    def share(self, source_id: int, target_id: int, length: int) -> None:
        """Mark the first `length` cells of `source_id` as `target_id`'s too."""
        llama.llama_memory_seq_cp(self._memory, source_id, target_id, 0, length)

    def decode(self, batch: Sequence[ScheduledTokens]) -> None:
        """Compute a batch; DecodeFailed with the library's code."""
        lengths = [len(part.tokens) for part in batch]
        total = sum(lengths)
        if total > self._size.batch_tokens or not all(lengths):
            raise DecodeFailed(f"A batch of {self._size.batch_tokens} tokens cannot hold {lengths}.")
        at = 0
        for part in batch:
            at = self._write(part, at)
        self._batch.n_tokens = total
        self._choose_threads()
        if code := llama.llama_decode(self._context, self._batch):
            raise DecodeFailed(f"llama_decode returned {code}.")

    def _choose_threads(self) -> None:
        """As many as there are free cores. Threads meet at some 300 barriers a token and spin there: one that waits for
        another that is not scheduled costs more than both can save (two threads beside a process that keeps one of two
        cores busy: 9 tokens a second; one: 46; with this choice: 48; alone on both cores 43 with one, 63 with two)."""
        threads = min(self._size.threads, self._free(self._cores))
        if threads != self.threads:
            self.threads = threads
            llama.llama_set_n_threads(self._context, threads, threads)

    def open_sampler(self, options: ChatOptions) -> LlamaSampler:
        """A chain for one reply."""
        return LlamaSampler(self._context, self.vocabulary.size, options)

    def _write(self, part: ScheduledTokens, at: int) -> int:
        """Put the part's tokens into the batch from index `at` on; the index after them."""
        batch, positions, offset = self._batch, self._positions, len(part.slot.tokens) - at
        for index, token in enumerate(part.tokens, at):
            batch.token[index] = token
            positions[index] = offset + index
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = part.slot.number
            batch.logits[index] = 0
        end = at + len(part.tokens)
        batch.logits[end - 1] = part.needs_logits
        return end


@contextmanager
def open_model(path: Path) -> Iterator[llama.llama_model_p]:
    """The model's weights, mapped into memory. EngineError where the file is no model that can be used here."""
    llama.llama_log_set(_no_log, None)
    llama.llama_backend_init()
    params = llama.llama_model_default_params()
    params.n_gpu_layers = 0
    model = llama.llama_model_load_from_file(str(path).encode(), params)
    if not model:
        raise EngineError("llm", f"{path.name} is no model that llama.cpp can load.")
    try:
        if any(test(model) for test in _WITHOUT_KV_CACHE):
            raise EngineError("llm", f"{path.name} has no KV cache that conversations could share.")
        yield model
    finally:
        llama.llama_model_free(model)


def trained_context(model: llama.llama_model_p) -> int:
    """The longest text that the model was trained on, in tokens."""
    return int(llama.llama_model_n_ctx_train(model))


def load_adapter(model: llama.llama_model_p, path: Path) -> Adapter:
    """A low-rank adapter, loaded for this model and freed with it; lora.py checks first whether it fits.

    EngineError where llama.cpp refuses the file.
    """
    adapter: Adapter | None = llama.llama_adapter_lora_init(model, str(path).encode())
    if not adapter:
        raise EngineError("llm", f"{path.name} is no adapter that llama.cpp can add to this model.")
    return adapter


@contextmanager
def open_runner(
    model: llama.llama_model_p,
    size: ContextSize,
    adapter: "Adapter | None" = None,
    scale: float = 1.0,
    free: FreeCores = free_cores,
) -> Iterator[LlamaRunner]:
    """A context for the model, with the adapter if one is given. EngineError where there is no memory for it."""
    context = llama.llama_init_from_model(model, _context_params(size))
    if not context:
        raise EngineError("llm", f"There is no room for a context of {size.cells} tokens.")
    batch = llama.llama_batch_init(size.batch_tokens, 0, 1)
    try:
        if adapter:
            adapters, scales = (llama.llama_adapter_lora_p_ctypes * 1)(adapter), (ctypes.c_float * 1)(scale)
            if code := llama.llama_set_adapters_lora(context, adapters, 1, scales):
                raise EngineError("llm", f"llama.cpp could not add the adapter: it returned {code}.")
        yield LlamaRunner(context, LlamaVocabulary(model), batch, size, free)
    finally:
        llama.llama_batch_free(batch)
        llama.llama_free(context)


def _context_params(size: ContextSize) -> llama.llama_context_params:
    params: llama.llama_context_params = llama.llama_context_default_params()
    params.n_ctx, params.n_seq_max = size.cells, size.sequences
    params.n_batch = params.n_ubatch = size.batch_tokens
    params.n_outputs_max = size.sequences  # one each, instead of the whole batch: 49152 floats an output add up
    params.n_threads = params.n_threads_batch = size.threads
    params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
    params.kv_unified, params.no_perf = True, True
    return params
