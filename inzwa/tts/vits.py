"""The voice: Shona text to sound, by a VITS network in ONNX Runtime. Knows no turn and no session.

Text becomes IPA (shona/orthography), IPA the symbols that the voice was trained on (symbols.py), symbols ids
(piper.py), ids sound (vits_voice.py). All of it runs in the engine's own thread; calls wait there for their turn, and
an urgent phrase passes between two chunks of another.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Final

import numpy as np
import onnxruntime

from inzwa.audio import Sound
from inzwa.errors import UnsupportedFormat
from inzwa.models.local import LocalModel
from inzwa.protocols import EngineInfo, SpokenChunk, VoiceOptions
from inzwa.shona.language import text_language
from inzwa.shona.normaliser import spoken
from inzwa.shona.orthography import ipa
from inzwa.shona.phrases import LONGEST_PHRASE, cut_phrases
from inzwa.tts.piper import PiperConfig, read_piper_config
from inzwa.tts.symbols import accent_for
from inzwa.tts.vits_voice import Pace, VitsVoice
from inzwa.worker import Worker

_SLOWEST, _FASTEST = 0.5, 2.0
_WARM_UP: Final = "Mhoro."


class Speaker:
    """Text to sound in one thread: blocking, to be called through a worker."""

    def __init__(self, model: LocalModel, *, threads: int, seed: int | None) -> None:
        self.config: PiperConfig = read_piper_config(model.path(".onnx.json"))
        self._accent = accent_for(self.config.language)
        self._voice = VitsVoice(model.path(".onnx"), threads=threads)
        self._seed = seed

    def say(self, text: str, speed: float) -> Iterator[Sound]:
        """The text's sound in chunks; one longer than a phrase is said phrase by phrase, so memory is bounded."""
        for phrase in [text] if len(text) <= LONGEST_PHRASE else cut_phrases(text):
            symbols = self._accent.symbols(ipa(phrase))
            if any(symbol.isalpha() for symbol in symbols):
                noise = np.random.default_rng(self._seed)
                yield from self._voice.say(self.config.encode(symbols), self._pace(speed), noise)

    def _pace(self, speed: float) -> Pace:
        config, accent = self.config, self._accent
        speed = min(max(speed, _SLOWEST), _FASTEST)
        return Pace(config.noise_scale, config.length_scale * accent.stretch / speed, config.noise_w)


class Vits:
    """The synthesizer that all sessions share."""

    def __init__(self, speaker: Speaker, worker: Worker, info: EngineInfo) -> None:
        self._speaker, self._worker = speaker, worker
        self.info = info
        self.sample_rate = speaker.config.sample_rate
        self.voices = (info.model,)

    async def speak(self, text: str, options: VoiceOptions) -> AsyncGenerator[SpokenChunk, None]:
        """The sound from its first chunk on; a speed beyond 0.5..2 is taken as the nearer end.

        UnsupportedFormat for a voice that is not in `voices`.
        """
        if options.voice and options.voice not in self.voices:
            raise UnsupportedFormat(f"There is no voice {options.voice!r}; there is {', '.join(self.voices)}.")
        async with aclosing(self._worker.iterate(partial(self._say, text, options.speed), options.priority)) as chunks:
            async for sound in chunks:
                yield SpokenChunk(sound, self.sample_rate)

    def _say(self, text: str, speed: float) -> Iterator[Sound]:
        """Figures and signs first become words, in the language that the words around them are in."""
        return self._speaker.say(spoken(text, text_language(text)).text, speed)


@asynccontextmanager
async def open_vits(model: LocalModel, *, threads: int = 2, seed: int | None = None) -> AsyncIterator[Vits]:
    """The voice, loaded and warmed. With a `seed` a phrase sounds the same each time it is said.

    EngineError where the files are not a voice that can be read.
    """
    with Worker("tts") as worker:
        began = time.perf_counter()
        speaker = await worker.run(partial(Speaker, model, threads=threads, seed=seed))
        loaded = time.perf_counter()
        await worker.run(lambda: sum(1 for _ in speaker.say(_WARM_UP, speed=1.0)))
        yield Vits(speaker, worker, _describe(model, loaded - began, time.perf_counter() - loaded))


def _describe(model: LocalModel, load_s: float, warm_s: float) -> EngineInfo:
    return EngineInfo(
        engine="vits",
        version=f"onnxruntime {onnxruntime.__version__}",
        model=model.name,
        language=model.language,
        licence=model.licence,
        source=model.source,
        files=model.files,
        load_ms=round(load_s * 1000),
        warm_ms=round(warm_s * 1000),
    )
