"""Whisper by faster-whisper and a Piper voice behind OpenAI's two addresses for speech.

Runs in the model servers' environment and imports nothing of Inzwa. For peers that know such a server but have no
faster-whisper or no Piper of their own: POST /v1/audio/transcriptions (a WAV file, 16 kHz, mono, 16 bits) and
POST /v1/audio/speech (`pcm` at 16 kHz, or `wav` of unknown length at the voice's rate), where each sentence is sent as
soon as it is made. `pcm` is for speech-to-speech, whose own resampler takes seconds from 22.05 kHz to its 16 kHz.
"""

import argparse
import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import soxr
import uvicorn
from fastapi import FastAPI, File, Form
from fastapi.responses import StreamingResponse
from faster_whisper import WhisperModel
from piper import PiperVoice
from pydantic import BaseModel

RATE = 16_000


class SpeechRequest(BaseModel):
    """What is read of OpenAI's request for speech."""

    input: str
    response_format: str = "wav"


def samples(wav: bytes) -> np.ndarray:
    """Shape (samples,), float32 from -1 to 1. ValueError for another rate or shape than the peers send."""
    with wave.open(io.BytesIO(wav)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise ValueError("a WAV file of 16 kHz, mono, 16 bits is needed")
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float32) / 32768


def transcript(model: WhisperModel, sound: np.ndarray, language: str) -> str:
    """By faster-whisper's defaults, a beam of 5 among them: greedy transcripts fall back to slower ones more often."""
    segments, _ = model.transcribe(sound, language=language)
    return "".join(segment.text for segment in segments).strip()


def wav_header(rate: int) -> bytes:
    """Of a file whose length nobody knows yet."""
    header = io.BytesIO()
    with wave.open(header, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"")
    unknown = (0xFFFFFFFF).to_bytes(4, "little")
    plain = header.getvalue()
    return plain[:4] + unknown + plain[8:40] + unknown


def spoken(voice: PiperVoice, request: SpeechRequest) -> Iterator[bytes]:
    """Sentence by sentence, as Piper makes them."""
    if request.response_format == "pcm":
        for chunk in voice.synthesize(request.input):
            yield soxr.resample(chunk.audio_int16_array, voice.config.sample_rate, RATE).tobytes()
        return
    yield wav_header(voice.config.sample_rate)
    for chunk in voice.synthesize(request.input):
        yield chunk.audio_int16_bytes


def create_app(model: WhisperModel, voice: PiperVoice, language: str) -> FastAPI:
    """Both addresses. Their plain functions run in FastAPI's threads."""
    app = FastAPI()

    @app.post("/v1/audio/transcriptions")
    def transcribe(file: Annotated[bytes, File()], language: Annotated[str, Form()] = language) -> dict[str, str]:
        return {"text": transcript(model, samples(file), language)}

    @app.post("/v1/audio/speech")
    def speak(request: SpeechRequest) -> StreamingResponse:
        return StreamingResponse(spoken(voice, request), media_type=f"audio/{request.response_format}")

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--whisper", type=Path, required=True, help="folder of a CTranslate2 model")
    parser.add_argument("--voice", type=Path, required=True, help="a Piper voice (.onnx, its .onnx.json beside it)")
    parser.add_argument("--language", default="sn")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    model = WhisperModel(str(asked.whisper), device="cpu", compute_type="int8", cpu_threads=asked.threads)
    voice = PiperVoice.load(asked.voice)
    transcript(model, np.zeros(RATE, dtype=np.float32), asked.language)
    list(spoken(voice, SpeechRequest(input="Warm-up.")))
    uvicorn.run(create_app(model, voice, asked.language), host="127.0.0.1", port=asked.port, log_level="warning")


if __name__ == "__main__":
    main()
