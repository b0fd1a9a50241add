"""POST /v1/tts and POST /v1/chat: the voice and the model on their own, each streamed as it is made."""

import json
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from inzwa.audio.codecs import Encoder, OggOpusStream, Pcm16Encoder, WavStream
from inzwa.conversation.pipeline import Timed
from inzwa.conversation.safety import Screen, judge
from inzwa.errors import EmptyText, InzwaError, TextTooLong
from inzwa.protocols import ChatOptions, Engines, Message, VoiceOptions
from inzwa.server.admission import chat_options, voice_options
from inzwa.server.app_state import AppState
from inzwa.server.http.streaming import StreamedResponse, begun
from inzwa.server.redaction import without_folders
from inzwa.server.security import address, check_access
from inzwa.server.websocket.receive import check_text
from inzwa.shona.dialogue.assistant import line
from inzwa.shona.dialogue.phrases import cut_phrases

MAX_MESSAGES: Final = 64
MAX_SYSTEM_CHARS: Final = 8_000
"""More than the longest context holds."""
MAX_STOP_CHARS: Final = 64

MEDIA_TYPES: Final = {
    "wav": "audio/wav",
    "opus": "audio/ogg; codecs=opus",
    "pcm16": "audio/L16; rate=16000; channels=1",
}


async def admitted(request: Request) -> AppState:
    """The house, for a caller who may come in and does not come too often."""
    app_state: AppState = request.app.state.inzwa
    await app_state.rate.count(request.url.path, address(request))  # first: whoever guesses tokens is counted, too
    check_access(app_state.settings, request)
    return app_state


Admitted = Annotated[AppState, Depends(admitted)]
router = APIRouter(prefix="/v1", tags=["speech"])


class SpeechRequest(BaseModel):
    """A text to be spoken."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(description="What to say, at most `max_text_chars` characters.", examples=["Mhoroi, makadii?"])
    voice: str = Field("", description="One of the `voices` that /readyz lists; empty for the first of them.")
    format: Literal["wav", "opus", "pcm16"] = Field("wav", description="WAV, Opus in Ogg, or bare PCM16 at 16 kHz.")
    speed: float = Field(1.0, ge=0.5, le=2.0, description="1 is the voice's own pace.")


class ChatMessage(BaseModel):
    role: Literal["system", "user", "assistant"]
    content: str


class ChatRequest(BaseModel):
    """A conversation to be continued. Fields of OpenAI's request that are not named here are passed over."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=MAX_MESSAGES)
    max_tokens: int | None = Field(None, ge=1, le=1024, description="Tokens of the reply at most.")
    temperature: float | None = Field(None, ge=0, le=2)
    stop: list[Annotated[str, Field(max_length=MAX_STOP_CHARS)]] = Field(default_factory=list, max_length=4)
    seed: int | None = None


@router.post("/tts", responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}})
async def speak(wanted: SpeechRequest, app_state: Admitted) -> StreamedResponse:
    """Text to sound, streamed phrase by phrase as the voice makes it."""
    engines = app_state.engines
    check_text(wanted.text, app_state.settings.max_text_chars)
    encoder = _encoder(wanted.format, app_state.settings.opus_bitrate)
    options = voice_options(wanted.voice, wanted.speed, engines.tts)
    chunks = await begun(_speech(engines, wanted.text, options, encoder, app_state.settings.engine_timeout_s))
    return StreamedResponse(chunks, MEDIA_TYPES[wanted.format])


@router.post("/chat", responses={200: {"content": {"text/event-stream": {}}}})
async def chat(wanted: ChatRequest, app_state: Admitted) -> StreamedResponse:
    """Messages to a reply, as server-sent events in the shape of OpenAI's chat.completion.chunk, ended by [DONE]."""
    engines = app_state.engines
    for message in wanted.messages:
        if message.role != "system":
            check_text(message.content, app_state.settings.max_text_chars)
        elif len(message.content) > MAX_SYSTEM_CHARS:
            raise TextTooLong(f"The system's message has at most {MAX_SYSTEM_CHARS} characters.")
    if wanted.messages[-1].role != "user":
        raise EmptyText("The last message is the user's.")
    options = replace(
        chat_options(app_state.settings),
        stop=tuple(filter(None, wanted.stop)),
        seed=wanted.seed,
        **{"max_new_tokens": wanted.max_tokens} if wanted.max_tokens else {},
        **{"temperature": wanted.temperature} if wanted.temperature is not None else {},
    )
    messages = [Message(each.role, each.content) for each in wanted.messages]
    pieces = reply_pieces(engines, messages, options, app_state.settings.language, app_state.settings.engine_timeout_s)
    return StreamedResponse(await begun(_events(pieces, without_folders(engines.llm.info.model))), "text/event-stream")


async def reply_pieces(
    engines: Engines, messages: list[Message], options: ChatOptions, language: str, timeout_s: float
) -> AsyncGenerator[str, None]:
    """The reply's words, filtered on both sides. Engine failures leave as EngineError."""
    if verdict := judge(messages[-1].content, "heard"):
        yield line(verdict.reply, language)
        return
    screen = Screen()
    async with aclosing(engines.llm.reply(messages, options)) as pieces:
        async for piece in Timed("llm", pieces, timeout_s):
            if words := screen.push(piece):
                yield words
            if screen.verdict:
                break
    if rest := screen.flush():
        yield rest
    if screen.verdict:
        yield line(screen.verdict.reply, language)


async def _speech(
    engines: Engines, text: str, options: VoiceOptions, encoder: Encoder, timeout_s: float
) -> AsyncGenerator[bytes, None]:
    with engines.held() as held:
        for phrase in cut_phrases(text):
            async with aclosing(held.tts.speak(phrase, options)) as chunks:
                async for chunk in Timed("tts", chunks, timeout_s):
                    if data := b"".join(encoder.encode(chunk.sound, chunk.sample_rate)):
                        yield data
    if data := b"".join(encoder.flush()):
        yield data


async def _events(pieces: AsyncGenerator[str, None], model: str) -> AsyncGenerator[bytes, None]:
    head = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": model,
    }

    def event(delta: dict[str, str], finish: str | None = None) -> bytes:
        return _sse({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    async with aclosing(pieces):
        first = await anext(pieces, None)
        yield event({"role": "assistant", "content": ""})
        try:
            if first is not None:
                yield event({"content": first})
            async for piece in pieces:
                yield event({"content": piece})
        except InzwaError as error:
            yield _sse({"error": {"code": error.code, "message": error.message, "retryable": error.retryable}})
            return
    yield event({}, "stop")
    yield b"data: [DONE]\n\n"


def _sse(data: dict) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


def _encoder(name: Literal["wav", "opus", "pcm16"], bitrate: int) -> Encoder:
    if name == "opus":
        return OggOpusStream(bitrate)
    return WavStream() if name == "wav" else Pcm16Encoder()
