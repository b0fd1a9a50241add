"""The two loops that every reply runs through, whoever asked for it: model to filtered words, and text to sound.

The conversation, POST /v1/chat, POST /v1/tts and the page share them. Whoever opens one of these generators closes it
(contextlib.aclosing); each item is made within `timeout_s` seconds or EngineTimeout is raised.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

import anyio

from inzwa.conversation.output.safety import ReplyFilter, find_violation
from inzwa.protocols import ChatModel, ChatOptions, Message, SpokenChunk, Stage, Synthesizer, VoiceOptions, stage_errors
from inzwa.shona.dialogue.assistant import line
from inzwa.shona.dialogue.phrases import cut_phrases

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReplyText:
    """The next words of a reply."""

    words: str
    """May be empty: the model's piece ended within a word, which is not shown by halves."""
    replaces_rest: bool = False
    """The filter stopped the reply: these words stand in place of all that was written and not yet spoken."""


@dataclass(frozen=True, slots=True)
class Timed(Generic[T]):
    """An engine's generator, each item within the time limit. Whoever opened the generator closes it."""

    stage: Stage
    items: AsyncGenerator[T, None]
    timeout_s: float

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        with stage_errors(self.stage), anyio.fail_after(self.timeout_s):
            return await anext(self.items)


async def generate(
    llm: ChatModel, messages: Sequence[Message], options: ChatOptions, *, language: str, timeout_s: float
) -> AsyncGenerator[ReplyText, None]:
    """The model's reply, filtered: an item for every piece that the model makes, then what is left."""
    reply_filter = ReplyFilter()
    async with aclosing(llm.reply(messages, options)) as pieces:
        async for piece in Timed("llm", pieces, timeout_s):
            yield ReplyText(reply_filter.push(piece))
            if reply_filter.violation:
                break
    rest = reply_filter.flush()
    if reply_filter.violation:
        yield ReplyText(line(reply_filter.violation.reply, language), replaces_rest=True)
    elif rest:
        yield ReplyText(rest)


async def answer(
    llm: ChatModel, messages: Sequence[Message], options: ChatOptions, *, language: str, timeout_s: float
) -> AsyncGenerator[str, None]:
    """The words of the reply to the last message, both filtered; a fixed line where that message may not pass."""
    if violation := find_violation(messages[-1].content, "input"):
        yield line(violation.reply, language)
        return
    async with aclosing(generate(llm, messages, options, language=language, timeout_s=timeout_s)) as texts:
        async for text in texts:
            if text.words:
                yield text.words


async def speak(
    tts: Synthesizer, phrase: str, options: VoiceOptions, *, timeout_s: float
) -> AsyncGenerator[SpokenChunk, None]:
    """One phrase's sound, chunk by chunk."""
    async with aclosing(tts.speak(phrase, options)) as chunks:
        async for chunk in Timed("tts", chunks, timeout_s):
            yield chunk


async def read_aloud(
    tts: Synthesizer, text: str, options: VoiceOptions, *, timeout_s: float
) -> AsyncGenerator[SpokenChunk, None]:
    """A whole text's sound, phrase by phrase."""
    for phrase in cut_phrases(text):
        async with aclosing(speak(tts, phrase, options, timeout_s=timeout_s)) as chunks:
            async for chunk in chunks:
                yield chunk
