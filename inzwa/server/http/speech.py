"""POST /v1/tts: the voice on its own, streamed as it is made; and the way into /v1, which chat shares."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from inzwa.audio.codecs import Encoder, OggOpusStream, Pcm16Encoder, WavStream
from inzwa.conversation.reply import read_aloud
from inzwa.protocols import Engines, VoiceOptions
from inzwa.server.app_state import AppState
from inzwa.server.http.streaming import StreamedResponse
from inzwa.server.request_options import check_text, voice_options
from inzwa.server.security import address, check_access

MEDIA_TYPES: Final = {
    "wav": "audio/wav",
    "opus": "audio/ogg; codecs=opus",
    "pcm16": "audio/L16; rate=16000; channels=1",
}


async def admitted(request: Request) -> AppState:
    """The shared state, for a caller with the access token who has not asked too often."""
    app_state: AppState = request.app.state.inzwa
    await app_state.rate.count(request.url.path, address(request))  # first: guesses at the token count, too
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


@router.post("/tts", responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}})
async def speak(wanted: SpeechRequest, app_state: Admitted) -> StreamedResponse:
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
