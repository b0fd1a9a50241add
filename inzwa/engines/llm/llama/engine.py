"""A language model in llama.cpp that answers all conversations at once.

A reply is a request to the one decode thread; what comes back is text. Prompts are made on the event loop, which takes
well under a millisecond for a conversation's few hundred tokens.
"""

import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from inzwa.engines.llm.batching.decode_thread import DecodeThread
from inzwa.engines.llm.batching.engine_core import CHUNK_TOKENS, Request, Stats
from inzwa.engines.llm.batching.kv_cache import KvCache, SequenceSlot, common_length
from inzwa.engines.llm.batching.scheduler import ScheduledTokens
from inzwa.engines.llm.batching.token_stream import TokenStream
from inzwa.engines.llm.chat_template import ChatTemplate
from inzwa.engines.llm.llama.bindings import (
    ContextSize,
    LlamaRunner,
    load_adapter,
    open_model,
    open_runner,
    trained_context,
)
from inzwa.engines.llm.llama.library import bindings_version
from inzwa.engines.llm.llama.vocabulary import LlamaVocabulary
from inzwa.engines.llm.lora import Lora, require_fit
from inzwa.engines.llm.reply_text import ReplyText
from inzwa.errors import ContextTooLong
from inzwa.models.local_model import LocalModel
from inzwa.protocols import ChatOptions, EngineInfo, Message

SLOTS_PER_REQUEST: Final = 2
"""Conversations cached for each that can be answered at once: most of them listen while a few are spoken to."""

CONTEXTS: Final = 2
"""Full conversations that the cells hold. The more there are at once, the sooner each forgets (share_tokens)."""


class Llama:
    """The chat model. All its methods belong to the event loop."""

    def __init__(
        self,
        vocabulary: LlamaVocabulary,
        template: ChatTemplate,
        decode_thread: DecodeThread,
        context_tokens: int,
        info: EngineInfo,
    ) -> None:
        self.info = info
        self.context_tokens = context_tokens
        self._vocabulary = vocabulary
        self._template = template
        self._decode_thread = decode_thread
        self._prefix: tuple[tuple[Message, ...], tuple[int, ...]] = ((), ())

    @property
    def share_tokens(self) -> int:
        """An equal share of the cells for each conversation that is cached, and no more than the context."""
        return min(self.context_tokens, self.context_tokens * CONTEXTS // max(1, self._decode_thread.conversations))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """The prompt's length in tokens, template included."""
        return len(self._tokens(messages))

    async def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        """Pieces of text as they are made. ContextTooLong, Overloaded, or EngineError when the model fails."""
        with self._submitted(messages, options, generates=True) as stream:
            async for piece in stream:
                yield piece

    async def prepare(self, messages: Sequence[Message], options: ChatOptions) -> None:
        """Prefill the prompt for the session; nothing while as many requests as may are being decoded."""
        if self._decode_thread.has_capacity:
            with self._submitted(messages, options, generates=False) as stream:
                async for _ in stream:
                    pass

    async def forget(self, session: str) -> None:
        """Drop what is cached for the session."""
        self._decode_thread.forget(session)

    def stats(self) -> Stats:
        """The figures of this moment."""
        return self._decode_thread.stats()

    @contextmanager
    def _submitted(
        self, messages: Sequence[Message], options: ChatOptions, *, generates: bool
    ) -> Iterator[TokenStream]:
        """The stream of a request that is cancelled when the block is left."""
        request = self._request(messages, options, generates=generates)
        try:
            self._decode_thread.submit(request)
            yield request.stream
        finally:
            self._decode_thread.cancel(request)
            request.stream.close()

    def _request(self, messages: Sequence[Message], options: ChatOptions, *, generates: bool) -> Request:
        prompt = self._tokens(messages)
        room = self.context_tokens - len(prompt)
        if room < 1:
            raise ContextTooLong(f"The conversation has {len(prompt)} tokens; the model holds {self.context_tokens}.")
        return Request(
            prompt=prompt,
            prefix=prompt[: self._prefix_length(messages, prompt)],
            options=options,
            max_tokens=min(options.max_new_tokens, room) if generates else 0,
            stream=TokenStream(self._decode_thread.wake),
            text=ReplyText((*options.stop, *self._template.stops)),
        )

    def _tokens(self, messages: Sequence[Message]) -> tuple[int, ...]:
        return self._vocabulary.tokens(self._template.render(messages))

    def _prefix_length(self, messages: Sequence[Message], prompt: tuple[int, ...]) -> int:
        """Tokens that every conversation with the same system message begins with."""
        system = tuple(message for message in messages[:1] if message.role == "system")
        if not self._prefix[1] or self._prefix[0] != system:
            self._prefix = (system, self._tokens((*system, Message("user", ""))))
        return common_length(self._prefix[1], prompt)


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

    `build` is the llama.cpp library's name, for EngineInfo. EngineError where the file cannot be used, or the adapter
    was made for another base.
    """
    began = time.perf_counter()
    slots = max_sequences * SLOTS_PER_REQUEST
    if lora:
        require_fit(lora.model, model)
    with open_model(model.path(".gguf")) as weights:
        context_tokens = min(context_tokens, trained_context(weights))
        size = ContextSize(
            cells=context_tokens * CONTEXTS,
            sequences=slots + 1,
            batch_tokens=max_sequences + CHUNK_TOKENS,
            threads=threads,
        )
        adapter = load_adapter(weights, lora.model.path(".gguf")) if lora else None
        with open_runner(weights, size, adapter, lora.scale if lora else 0.0) as runner:
            loaded = time.perf_counter()
            template = _template(model, runner.vocabulary)
            _warm(runner, size.batch_tokens)
            info = _describe(model, lora, build, loaded - began, time.perf_counter() - loaded)
            with DecodeThread(runner, KvCache(runner, slots, size.cells), max_sequences) as decode_thread:
                yield Llama(runner.vocabulary, template, decode_thread, context_tokens, info)


def _template(model: LocalModel, vocabulary: LlamaVocabulary) -> ChatTemplate:
    """The catalogue's template if it has one, else the file's."""
    source = model.facts.get("chat_template", vocabulary.template)
    return ChatTemplate(source, bos=vocabulary.bos, eos=vocabulary.eos, control=vocabulary.control)


def _warm(runner: LlamaRunner, batch_tokens: int) -> None:
    """A full batch and a single token, so that the first user waits for no page of weights."""
    slot, sampler = SequenceSlot(0), runner.open_sampler(ChatOptions())
    for length in (batch_tokens, 1):
        runner.decode([ScheduledTokens(slot, (0,) * length, True)])
        sampler.sample(length - 1)
        slot.tokens.extend((0,) * length)
    sampler.close()
    runner.truncate(0, 0)


def _describe(model: LocalModel, lora: Lora | None, build: str, load_s: float, warm_s: float) -> EngineInfo:
    version = f"{bindings_version()} ({build} build)" if build else bindings_version()
    info = model.engine_info("llama-cpp", version, load_s=load_s, warm_s=warm_s)
    return replace(info, adapter=lora.info) if lora else info
