"""A language model in llama.cpp that answers all conversations at once. Knows prompts and tokens, not what is said.

A reply is a job for the one decode thread (decoder.py); what comes back is text. Prompts are made on the event loop,
which takes well under a millisecond for a conversation's few hundred tokens.
"""

import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from inzwa.engines.llm.batching.batch import CHUNK_TOKENS, Counts, Request
from inzwa.engines.llm.batching.decode_thread import Decoder
from inzwa.engines.llm.batching.kv_cache import KvCache, SequenceSlot, common_length
from inzwa.engines.llm.batching.model_runner import ContextSize
from inzwa.engines.llm.batching.reply_text import ReplyText
from inzwa.engines.llm.batching.scheduler import Slice, TokenSequence
from inzwa.engines.llm.batching.token_stream import TokenStream
from inzwa.engines.llm.chat_template import ChatTemplate
from inzwa.engines.llm.llama.adapter import load_adapter
from inzwa.engines.llm.llama.bindings import LlamaMachine, LlamaVocabulary, open_machine, open_model, trained_context
from inzwa.engines.llm.llama.library import bindings_version
from inzwa.engines.llm.lora import Lora, require_fit
from inzwa.errors import ContextTooLong
from inzwa.models.local_model import LocalModel
from inzwa.protocols import ChatOptions, EngineInfo, Message

SEATS_PER_PLACE: Final = 2
"""Conversations remembered for each that can be answered at once: most of them listen while a few are spoken to."""

FEW_THREADS: Final = 2
"""Up to here one thread makes single tokens faster: two meet at some 300 barriers a token. On two cores with
SmolLM2-135M 84 tokens a second against 47, while two threads read a prompt in two thirds of the time."""

CONTEXTS: Final = 2
"""Full conversations that the cells hold; most are far from full."""


class Llama:
    """The chat model. All its methods belong to the event loop."""

    def __init__(
        self,
        vocabulary: LlamaVocabulary,
        template: ChatTemplate,
        decoder: Decoder,
        context_tokens: int,
        info: EngineInfo,
    ) -> None:
        self.info = info
        self.context_tokens = context_tokens
        self._vocabulary = vocabulary
        self._template = template
        self._decoder = decoder
        self._opening: tuple[tuple[Message, ...], tuple[int, ...]] = ((), ())

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """The prompt's length in tokens, template included."""
        return len(self._tokens(messages))

    async def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        """Pieces of text as they are made. ContextTooLong, Overloaded, or EngineError when the model fails."""
        job = self._job(messages, options, speaks=True)
        try:
            self._decoder.submit(job)
            async for piece in job.outlet:
                yield piece
        finally:
            self._close(job)

    async def prepare(self, messages: Sequence[Message], options: ChatOptions) -> None:
        """Read the prompt ahead for the session. A favour: while every place is taken it does nothing."""
        if not self._decoder.has_place:
            return
        job = self._job(messages, options, speaks=False)
        try:
            self._decoder.submit(job)
            async for _ in job.outlet:
                pass
        finally:
            self._close(job)

    async def forget(self, session: str) -> None:
        """Drop what is kept for the session."""
        self._decoder.forget(session)

    def counts(self) -> Counts:
        """What was done so far."""
        return self._decoder.counts()

    def _close(self, job: Request) -> None:
        self._decoder.withdraw(job)
        job.outlet.close()

    def _tokens(self, messages: Sequence[Message]) -> tuple[int, ...]:
        return self._vocabulary.tokens(self._template.render(messages))

    def _job(self, messages: Sequence[Message], options: ChatOptions, *, speaks: bool) -> Request:
        prompt = self._tokens(messages)
        room = self.context_tokens - len(prompt)
        if room < 1:
            raise ContextTooLong(f"The conversation has {len(prompt)} tokens; the model holds {self.context_tokens}.")
        return Request(
            prompt=prompt,
            prefix=prompt[: self._shared_length(messages, prompt)],
            speaks=speaks,
            options=options,
            limit=min(options.max_new_tokens, room) if speaks else 0,
            outlet=TokenStream(self._decoder.wake),
            text=ReplyText((*options.stop, *self._template.stops)),
        )

    def _shared_length(self, messages: Sequence[Message], prompt: tuple[int, ...]) -> int:
        """Tokens that every conversation with the same system message begins with."""
        system = tuple(message for message in messages[:1] if message.role == "system")
        if not self._opening[1] or self._opening[0] != system:
            self._opening = (system, self._tokens((*system, Message("user", ""))))
        return common_length(self._opening[1], prompt)


@contextmanager
def open_llama(
    model: LocalModel,
    *,
    threads: int = 2,
    context_tokens: int = 4096,
    max_sequences: int = 8,
    lora: Lora | None = None,
    build: str = "",
) -> Iterator[Llama]:
    """The model, loaded and warmed: `max_sequences` replies at once, conversations of `context_tokens` at most.

    `build` says which llama.cpp this is, for people.

    EngineError where the file cannot be used, or the adapter was made for another base.
    """
    began = time.perf_counter()
    seats = max_sequences * SEATS_PER_PLACE
    if lora:
        require_fit(lora.model, model)
    with open_model(model.path(".gguf")) as weights:
        context_tokens = min(context_tokens, trained_context(weights))
        size = ContextSize(
            cells=context_tokens * CONTEXTS,
            sequences=seats + 1,
            batch_tokens=max_sequences + CHUNK_TOKENS,
            threads=threads,
            token_threads=1 if threads <= FEW_THREADS else threads,
        )
        adapter = load_adapter(weights, lora.model.path(".gguf")) if lora else None
        with open_machine(weights, size, adapter, lora.scale if lora else 0.0) as machine:
            loaded = time.perf_counter()
            template = _template(model, machine.vocabulary)
            _warm(machine, size.batch_tokens)
            info = _describe(model, lora, build, loaded - began, time.perf_counter() - loaded)
            with Decoder(machine, KvCache(machine, seats, size.cells), max_sequences) as decoder:
                yield Llama(machine.vocabulary, template, decoder, context_tokens, info)


def _template(model: LocalModel, vocabulary: LlamaVocabulary) -> ChatTemplate:
    """The catalogue's template if it has one, else the file's."""
    source = model.facts.get("chat_template", vocabulary.template)
    return ChatTemplate(source, bos=vocabulary.bos, eos=vocabulary.eos, control=vocabulary.control)


def _warm(machine: LlamaMachine, batch_tokens: int) -> None:
    """A full batch and a single token, so that the first user waits for no page of weights."""
    strand = TokenSequence(prompt=(0,) * (batch_tokens + 1), seat=SequenceSlot(0))
    sampler = machine.open_sampler(ChatOptions())
    for length in (batch_tokens, 1):
        machine.decode([Slice(strand, strand.prompt[:length], True)])
        sampler.sample(length - 1)
        strand.seat.tokens.extend(strand.prompt[:length])
    sampler.close()
    machine.keep(0, 0)


def _describe(model: LocalModel, lora: Lora | None, build: str, load_s: float, warm_s: float) -> EngineInfo:
    version = f"{bindings_version()} ({build} build)" if build else bindings_version()
    info = model.engine_info("llama-cpp", version, load_s=load_s, warm_s=warm_s)
    return replace(info, adapter=lora.info) if lora else info
