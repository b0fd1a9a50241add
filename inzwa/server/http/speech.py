"""POST /v1/tts: the voice on its own, streamed as it is made."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from inzwa.audio.codecs import Encoder, OggOpusStream, Pcm16Encoder, WavStream
from inzwa.conversation.output.reply import read_aloud
from inzwa.protocols import MAX_SPEED, MIN_SPEED, Engines, VoiceOptions
from inzwa.server.http.access import ForUser
from inzwa.server.http.streaming import StreamedResponse
from inzwa.server.request_options import check_text, voice_options

MEDIA_TYPES: Final = {
    "wav": "audio/wav",
    "opus": "audio/ogg; codecs=opus",
    "pcm16": "audio/L16; rate=16000; channels=1",
}

router = APIRouter(prefix="/v1", tags=["speech"])


class SpeechRequest(BaseModel):
    """A text to be spoken."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(description="What to say, at most `max_text_chars` characters.", examples=["Mhoroi, makadii?"])
    voice: str = Field("", description="One of the `voices` that /readyz lists; empty for the first of them.")
    format: Literal["wav", "opus", "pcm16"] = Field("wav", description="WAV, Opus in Ogg, or bare PCM16 at 16 kHz.")
    speed: float = Field(1.0, ge=MIN_SPEED, le=MAX_SPEED, description="1 is the voice's own pace.")


@router.post("/tts", responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}})
async def speak(wanted: SpeechRequest, app_state: ForUser) -> StreamedResponse:
    """Text to sound, streamed phrase by phrase as the voice makes it."""
    engines = app_state.engines
    check_text(wanted.text, app_state.settings.max_text_chars)
    encoder = _encoder(wanted.format, app_state.settings.opus_bitrate)
    options = voice_options(wanted.voice, wanted.speed, engines.tts)
    chunks = _speech(engines, wanted.text, options, encoder, app_state.settings.engine_timeout_s)
    return StreamedResponse(chunks, MEDIA_TYPES[wanted.format])


async def _speech(
    engines: Engines, text: str, options: VoiceOptions, encoder: Encoder, timeout_s: float
) -> AsyncGenerator[bytes, None]:
    with engines.pinned() as pinned:
        async with aclosing(read_aloud(pinned.tts, text, options, timeout_s=timeout_s)) as chunks:
            async for chunk in chunks:
                if data := b"".join(encoder.encode(chunk.sound, chunk.sample_rate)):
                    yield data
    if data := b"".join(encoder.flush()):
        yield data


def _encoder(name: Literal["wav", "opus", "pcm16"], bitrate: int) -> Encoder:
    if name == "opus":
        return OggOpusStream(bitrate)
    return WavStream() if name == "wav" else Pcm16Encoder()
