"""The voice: Shona text to sound, by a VITS network in ONNX Runtime. Knows no turn and no session.

Text becomes the ids that the voice was trained on (readers.py: Piper, MMS-TTS and Coqui each have their way), ids
become sound (vits_voice.py). All of it runs in the engine's own thread; calls wait there for their turn, and an urgent
phrase passes between two chunks of another.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime

from inzwa.audio.pcm import Sound
from inzwa.engines.tts.chunked_voice import Pace
from inzwa.engines.tts.edges import edged, pause_ms
from inzwa.engines.tts.text.detect import open_frontend
from inzwa.engines.tts.whole_voice import open_graph
from inzwa.engines.worker import Worker
from inzwa.errors import EngineError, ModelUnavailable, UnknownVoice
from inzwa.models.local_model import LocalModel
from inzwa.protocols import EngineInfo, SpokenChunk, VoiceOptions
from inzwa.shona.dialogue.phrases import LONGEST_PHRASE, cut_phrases
from inzwa.shona.language import text_language
from inzwa.shona.normalise.normaliser import spoken

_SLOWEST, _FASTEST = 0.5, 2.0
_WARM_UP: Final = ("Mhoro, shamwari yangu.", "Ndinofara kukuonai nhasi; tichataura zvakawanda.")
"""Six seconds with every vowel, for a voice to learn from how loud it is."""


class Speaker:
    """Text to sound in one thread: blocking, to be called through a worker."""

    def __init__(self, model: LocalModel, *, threads: int, seed: int | None) -> None:
        self._reader = open_frontend(model)
        self.facts = self._reader.facts
        self._voice = open_graph(_graph_file(model), threads=threads)
        self._seed = seed

    def warm_up(self) -> None:
        """Say something to itself, so that the first phrase is as soon there and as loud as any other."""
        self._voice.learn(filter(np.size, map(self._reader.ids, _WARM_UP)), self.facts.pace)

    def say(self, text: str, speed: float, speaker: str = "") -> Iterator[Sound]:
        """The text's sound in chunks; one longer than a phrase is said phrase by phrase, so memory is bounded.

        `speaker` is one of `facts.speakers`; empty for the voice's first.
        """
        speed = min(max(speed, _SLOWEST), _FASTEST)
        pace = self._pace(speed, speaker)
        for phrase in [text] if len(text) <= LONGEST_PHRASE else cut_phrases(text):
            ids = self._reader.ids(phrase)
            if ids.size:
                chunks = self._voice.say(ids, pace, np.random.default_rng(self._seed))
                yield from edged(chunks, self.facts.sample_rate, pause_ms(phrase) / speed)

    def _pace(self, speed: float, speaker: str) -> Pace:
        own = self.facts.pace
        return replace(
            own, length_scale=own.length_scale / speed, speaker=self.facts.speakers.get(speaker, own.speaker)
        )


class Vits:
    """The synthesizer that all sessions share."""

    def __init__(self, speaker: Speaker, worker: Worker, info: EngineInfo) -> None:
        self._speaker, self._worker = speaker, worker
        self.info = info
        self.sample_rate = speaker.facts.sample_rate
        self._speakers = {f"{info.model}/{name}": name for name in speaker.facts.speakers}
        self.voices = (info.model, *self._speakers)

    async def speak(self, text: str, options: VoiceOptions) -> AsyncGenerator[SpokenChunk, None]:
        """The sound from its first chunk on; a speed beyond 0.5..2 is taken as the nearer end.

        UnknownVoice for a voice that is not in `voices`.
        """
        if options.voice and options.voice not in self.voices:
            raise UnknownVoice(f"There is no voice {options.voice!r}; there is {', '.join(self.voices)}.")
        say = partial(self._say, text, options.speed, self._speakers.get(options.voice, ""))
        async with aclosing(self._worker.iterate(say, options.priority)) as chunks:
            async for sound in chunks:
                yield SpokenChunk(sound, self.sample_rate)

    def _say(self, text: str, speed: float, speaker: str) -> Iterator[Sound]:
        """Figures and signs first become words, in the language that the words around them are in."""
        return self._speaker.say(spoken(text, text_language(text)).text, speed, speaker)


@asynccontextmanager
async def open_vits(model: LocalModel, *, threads: int = 2, seed: int | None = None) -> AsyncIterator[Vits]:
    """The voice, loaded and warmed. With a `seed` a phrase sounds the same each time it is said.

    EngineError where the files are not a voice that can be read.
    """
    with Worker("tts") as worker:
        began = time.perf_counter()
        speaker = await worker.run(partial(Speaker, model, threads=threads, seed=seed))
        loaded = time.perf_counter()
        await worker.run(speaker.warm_up)
        yield Vits(speaker, worker, _describe(model, loaded - began, time.perf_counter() - loaded))


def _graph_file(model: LocalModel) -> Path:
    try:
        return model.path(".onnx")
    except ModelUnavailable as error:
        raise EngineError("tts", f"A voice is one .onnx file: {error.message}.") from error


def _describe(model: LocalModel, load_s: float, warm_s: float) -> EngineInfo:
    return model.engine_info("vits", f"onnxruntime {onnxruntime.__version__}", load_s=load_s, warm_s=warm_s)
