"""llama.cpp through llama_cpp's C bindings: a model, one context, batches and samplers. Knows no conversation.

Only this module and llama_lora.py call the library. A misuse ends the process there, so whatever comes from outside is
checked before it arrives here. Every sequence lives in one unified cache; flash attention makes the cells of the
others cheap (measured on one thread with 4000 foreign cells: 74 tokens/s with it, 33 without).
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from llama_cpp import llama_cpp as llama

from inzwa.engines.llm.batching.model_runner import ContextSize, DecodeFailed
from inzwa.engines.llm.batching.scheduler import Slice
from inzwa.engines.llm.llama.adapter import wear
from inzwa.errors import EngineError
from inzwa.hardware.processor import free_cores, usable_cores
from inzwa.protocols import ChatOptions

PENALTY_TOKENS: Final = 64
"""How far back the repeat penalty looks, in tokens of the reply."""

CANDIDATES: Final = 128
"""Likeliest tokens that sampling looks at. More than PENALTY_TOKENS, so the likeliest token that is not penalised is
among them; cut before the rest of the chain because sorting a whole vocabulary takes 4 ms a token, and this 0.06 ms."""

_LONGEST_TOKEN: Final = 512
"""Bytes that one token may spell."""

_RANDOM_SEED: Final = 0xFFFFFFFF
"""llama.cpp's own word for a seed of its choice."""

_UNFIT: Final = (
    llama.llama_model_has_encoder,
    llama.llama_model_is_recurrent,
    llama.llama_model_is_hybrid,
    llama.llama_model_is_diffusion,
)

_silence = llama.llama_log_callback(lambda _level, _text, _data: None)
"""Kept for as long as the process lives: the library holds no reference of its own."""


class LlamaSampler:
    """One reply's sampler chain: likeliest tokens, repeat penalty, nucleus, temperature, chance."""

    def __init__(self, context: Any, vocabulary_size: int, options: ChatOptions) -> None:
        self._context = context
        self._chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        for link in _links(vocabulary_size, options):
            llama.llama_sampler_chain_add(self._chain, link)

    def sample(self, output: int) -> int:
        """The token after the last batch's token number `output`."""
        return llama.llama_sampler_sample(self._chain, self._context, output)

    def close(self) -> None:
        """Free the chain."""
        llama.llama_sampler_free(self._chain)


def _links(vocabulary_size: int, options: ChatOptions) -> Iterator[Any]:
    yield llama.llama_sampler_init_top_k(CANDIDATES)
    if options.repeat_penalty > 0 and options.repeat_penalty != 1:
        yield llama.llama_sampler_init_penalties(vocabulary_size, PENALTY_TOKENS, options.repeat_penalty, 0.0, 0.0)
    if options.temperature <= 0:
        yield llama.llama_sampler_init_greedy()
        return
    yield llama.llama_sampler_init_top_p(options.top_p, 1)
    yield llama.llama_sampler_init_temp(options.temperature)
    yield llama.llama_sampler_init_dist(_RANDOM_SEED if options.seed is None else options.seed % _RANDOM_SEED)


class LlamaVocabulary:
    """A model's tokens. Read-only, so any thread may ask."""

    def __init__(self, model: Any) -> None:
        self._vocabulary = llama.llama_model_get_vocab(model)
        self.size = llama.llama_vocab_n_tokens(self._vocabulary)
        self.template = (llama.llama_model_chat_template(model, None) or b"").decode()
        """The model's own chat template, in Jinja; empty where it has none."""
        self.bos = self._spelling(llama.llama_vocab_bos(self._vocabulary))
        self.eos = self._spelling(llama.llama_vocab_eos(self._vocabulary))
        self.control = frozenset(self._control_spellings())
        """How the control tokens are written."""
        every = range(self.size)
        self._ends = frozenset(token for token in every if llama.llama_vocab_is_eog(self._vocabulary, token))
        self._spelled: dict[int, bytes] = {}

    def tokens(self, text: str) -> tuple[int, ...]:
        """A prompt's tokens, control tokens where they are spelled; with the model's own first token if it lacks it."""
        data = text.encode(errors="replace")
        adds_bos = not (self.bos and text.startswith(self.bos))
        room = len(data) + 2  # a token is never shorter than a byte, but for a first space and the beginning
        buffer = (llama.llama_token * room)()
        length = llama.llama_tokenize(self._vocabulary, data, len(data), buffer, room, adds_bos, True)
        return tuple(buffer[:length])

    def token_bytes(self, token: int) -> bytes:
        """What the token spells; nothing for a control token."""
        if token not in self._spelled:  # every call into the library may cost a wait for the interpreter's lock
            self._spelled[token] = self._spell(token)
        return self._spelled[token]

    def is_end(self, token: int) -> bool:
        """Whether the token ends a reply."""
        return token in self._ends

    def _spell(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(_LONGEST_TOKEN)
        length = llama.llama_token_to_piece(self._vocabulary, token, buffer, _LONGEST_TOKEN, 0, False)
        return buffer.raw[: max(length, 0)]

    def _spelling(self, token: int) -> str:
        return llama.llama_vocab_get_text(self._vocabulary, token).decode() if token >= 0 else ""

    def _control_spellings(self) -> Iterator[str]:
        """Also those of tokens that are a word of their own and stand in the template."""
        for token in range(self.size):
            attributes = llama.llama_vocab_get_attr(self._vocabulary, token)
            if attributes & llama.LLAMA_TOKEN_ATTR_CONTROL:
                yield self._spelling(token)
            elif attributes & llama.LLAMA_TOKEN_ATTR_USER_DEFINED:
                spelling = self._spelling(token)
                if spelling in self.template and spelling.strip() and not spelling.isalnum():
                    yield spelling


class LlamaMachine:
    """A context and its batch. One thread uses it; the vocabulary is for all."""

    def __init__(self, context: Any, vocabulary: LlamaVocabulary, batch: Any, size: ContextSize) -> None:
        self.vocabulary = vocabulary
        self.token_bytes, self.is_end = vocabulary.token_bytes, vocabulary.is_end
        self._context = context
        self._memory = llama.llama_get_memory(context)
        self._batch = batch
        self._batch_tokens = size.batch_tokens
        self._size, self._cores, self._threads = size, usable_cores(), size.threads

    def keep(self, sequence: int, length: int) -> bool:
        """Free the sequence's cells from position `length` on."""
        return llama.llama_memory_seq_rm(self._memory, sequence, length, -1)

    def share(self, source: int, target: int, length: int) -> None:
        """Mark the first `length` cells of `source` as `target`'s too."""
        llama.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def decode(self, slices: Sequence[Slice]) -> None:
        """Read a batch; DecodeFailed with the library's code."""
        lengths = [len(part.tokens) for part in slices]
        total = sum(lengths)
        if total > self._batch_tokens or not all(lengths):
            raise DecodeFailed(f"A batch of {self._batch_tokens} tokens cannot hold {lengths}.")
        at = 0
        for part in slices:
            at = self._write(part, at)
        self._batch.n_tokens = total
        self._choose_threads()
        if code := llama.llama_decode(self._context, self._batch):
            raise DecodeFailed(f"llama_decode returned {code}.")

    def _choose_threads(self) -> None:
        """No more than there are free cores: a thread that spins at a barrier for one not scheduled costs time."""
        threads = min(self._size.threads, free_cores(self._cores))
        if threads != self._threads:
            self._threads = threads
            llama.llama_set_n_threads(self._context, min(self._size.token_threads or threads, threads), threads)

    def open_sampler(self, options: ChatOptions) -> LlamaSampler:
        """A chain for one reply."""
        return LlamaSampler(self._context, self.vocabulary.size, options)

    def _write(self, part: Slice, at: int) -> int:
        """Put the slice's tokens into the batch from place `at` on; the place after them."""
        batch, start, sequence = self._batch, part.start - at, part.sequence
        for place, token in enumerate(part.tokens, at):
            batch.token[place] = token
            batch.pos[place] = start + place
            batch.n_seq_id[place] = 1
            batch.seq_id[place][0] = sequence
            batch.logits[place] = 0
        end = at + len(part.tokens)
        batch.logits[end - 1] = part.wants_output
        return end


@contextmanager
def open_model(path: Path) -> Iterator[Any]:
    """The model's weights, mapped into memory. EngineError where the file is no model that can be used here."""
    llama.llama_log_set(_silence, None)
    llama.llama_backend_init()
    wanted = llama.llama_model_default_params()
    wanted.n_gpu_layers = 0
    model = llama.llama_model_load_from_file(str(path).encode(), wanted)
    if not model:
        raise EngineError("llm", f"{path.name} is no model that llama.cpp can load.")
    try:
        if any(test(model) for test in _UNFIT):
            raise EngineError("llm", f"{path.name} has no memory of cells that conversations could share.")
        yield model
    finally:
        llama.llama_model_free(model)


@contextmanager
def open_machine(model: Any, size: ContextSize, adapter: Any = None, scale: float = 1.0) -> Iterator[LlamaMachine]:
    """A context for the model, with the adapter if one is given. EngineError where there is no memory for it."""
    context = llama.llama_init_from_model(model, _context_wish(size))
    if not context:
        raise EngineError("llm", f"There is no room for a context of {size.cells} tokens.")
    batch = llama.llama_batch_init(size.batch_tokens, 0, 1)
    try:
        if adapter:
            wear(context, adapter, scale)
        yield LlamaMachine(context, LlamaVocabulary(model), batch, size)
    finally:
        llama.llama_batch_free(batch)
        llama.llama_free(context)


def trained_context(model: Any) -> int:
    """The longest text that the model was trained on, in tokens."""
    return llama.llama_model_n_ctx_train(model)


def _context_wish(size: ContextSize) -> Any:
    wish = llama.llama_context_default_params()
    wish.n_ctx, wish.n_seq_max = size.cells, size.sequences
    wish.n_batch = wish.n_ubatch = size.batch_tokens
    wish.n_outputs_max = size.sequences  # one each, instead of the whole batch: 49152 floats an output add up
    wish.n_threads, wish.n_threads_batch = size.token_threads or size.threads, size.threads
    wish.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED
    wish.kv_unified, wish.no_perf = True, True
    return wish
