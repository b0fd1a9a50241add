"""The application with a real voice detector and recorded replies, for benchmarks of all that is around the engines.

    python -m benchmarks.rig.recorded_server SPEECH.wav [--profile FILE]

The recogniser answers at once. A reply's pieces come as a model makes them, PIECE_S apart. The voice says SPEECH.wav
whatever the text, at 22.05 kHz, in chunks that double as those of Inzwa's own voices do.
"""

import argparse
import cProfile
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import anyio
import anyio.lowlevel
import soundfile

from inzwa.audio.pcm import Sound, resample
from inzwa.engines.asr.scripted import ScriptedTranscriber
from inzwa.engines.llm.scripted import ScriptedChatModel
from inzwa.engines.tts.scripted import ScriptedVoice
from inzwa.engines.vad.silero import open_silero
from inzwa.models.store import Store, default_cache
from inzwa.protocols import (
    STAGES,
    ChatOptions,
    Engines,
    Message,
    SpokenChunk,
    StageReport,
    StageReporter,
    VoiceOptions,
)
from inzwa.server.app import create_app
from inzwa.server.early_engines import OpenEngines
from inzwa.server.listening import bound_socket
from inzwa.server.uvicorn_server import DrainingServer, server_config
from inzwa.settings import Settings, load_settings

PIECE_S: Final = 0.03
"""Between two pieces of a reply: ten replies in one batch on two cores come about so fast."""

WORDS: Final = ("Musika ", "wevanhu ", "uri ", "pedyo ", "nechikoro. ")
"""A phrase; a reply has three."""

VOICE_RATE: Final = 22_050
FIRST_CHUNK: Final = VOICE_RATE * 28 // 100
LONGEST_CHUNK: Final = VOICE_RATE * 3 // 2


class PacedChatModel(ScriptedChatModel):
    """The same reply to everything, a piece every PIECE_S seconds."""

    async def reply(self, messages: Sequence[Message], options: ChatOptions) -> AsyncGenerator[str, None]:
        for piece in 3 * WORDS:
            await anyio.sleep(PIECE_S)
            yield piece


class RecordedVoice(ScriptedVoice):
    """Says one recording whatever the text."""

    def __init__(self, sound: Sound) -> None:
        super().__init__(sample_rate=VOICE_RATE)
        self._sound = sound

    async def speak(self, text: str, options: VoiceOptions) -> AsyncGenerator[SpokenChunk, None]:
        at, size = 0, FIRST_CHUNK
        while at < self._sound.size:
            await anyio.lowlevel.checkpoint()
            yield SpokenChunk(self._sound[at : at + size], self.sample_rate)
            at, size = at + size, min(2 * size, LONGEST_CHUNK)


def recorded(speech: Path) -> OpenEngines:
    """An `open_engines` that opens these."""
    sound, rate = soundfile.read(speech, dtype="float32")

    @asynccontextmanager
    async def open_engines(_settings: Settings, report: StageReporter) -> AsyncIterator[Engines]:
        with open_silero(Store(default_cache()).fetch("silero-v6")) as detector:
            for stage in STAGES:
                report(StageReport(stage, "ready", "recorded"))
            voice = RecordedVoice(resample(sound, rate, VOICE_RATE))
            yield Engines(detector, ScriptedTranscriber(["ndeipi nguva"]), PacedChatModel(), voice)

    return open_engines


def serve(speech: Path, profile: Path | None) -> None:
    """Serve as the command does, INZWA_PORT and all, until SIGTERM; then keep the main thread's profile."""
    settings = load_settings()
    app = create_app(settings, recorded(speech))
    config = server_config(app, settings)
    with bound_socket(config.host, config.port) as listener:
        server = DrainingServer(config, app.state.inzwa)
        if profile is None:
            server.run(sockets=[listener])
            return
        signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn hands the signal on once it has stopped
        recorder = cProfile.Profile()
        try:
            recorder.runcall(server.run, sockets=[listener])
        finally:
            recorder.dump_stats(profile)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("speech", type=Path, help="what every phrase of a reply sounds like")
    parser.add_argument("--profile", type=Path, help="keep where the main thread's time goes in this file")
    options = parser.parse_args()
    serve(options.speech, options.profile)


if __name__ == "__main__":
    main()
