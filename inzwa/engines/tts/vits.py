"""The voice: Shona text to sound, by a VITS network in ONNX Runtime.

A front end (text/: Piper, MMS-TTS or Coqui) turns text into the ids that the voice was trained on; the graph turns ids
into sound (chunked_voice.py). All of it runs in the engine's own thread, where calls wait for their turn; an urgent
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
from inzwa.engines.tts.chunked_voice import ChunkedVoice
from inzwa.engines.tts.edges import pause_ms, shape_edges
from inzwa.engines.tts.text.detect import open_frontend
from inzwa.engines.tts.text.frontend import TextFrontend
from inzwa.engines.tts.whole_voice import WholeVoice, open_graph
from inzwa.engines.worker import Worker
from inzwa.errors import EngineError, ModelUnavailable, UnknownVoice
from inzwa.models.local_model import LocalModel
from inzwa.protocols import MAX_SPEED, MIN_SPEED, EngineInfo, SpokenChunk, VoiceOptions
from inzwa.shona.dialogue.phrases import LONGEST_PHRASE, cut_phrases
from inzwa.shona.language_detection import detect_language
from inzwa.shona.normalise.normaliser import spoken

_WARM_UP: Final = ("Mhoro, shamwari yangu.", "Ndinofara kukuonai nhasi; tichataura zvakawanda.")
"""Six seconds with every vowel, to calibrate a voice's loudness by."""


class Vits:
    """The synthesizer that all sessions share."""

    def __init__(
        self,
        frontend: TextFrontend,
        voice: ChunkedVoice | WholeVoice,
        worker: Worker,
        info: EngineInfo,
        seed: int | None,
    ) -> None:
        self._frontend, self._voice, self._worker, self._seed = frontend, voice, worker, seed
        self.info = info
        self.sample_rate = frontend.config.sample_rate
        self._speakers = {f"{info.model}/{name}": number for name, number in frontend.config.speakers.items()}
        self.voices = (info.model, *self._speakers)

    async def speak(self, text: str, options: VoiceOptions) -> AsyncGenerator[SpokenChunk, None]:
        """The sound from its first chunk on; a speed beyond 0.5..2 is taken as the nearer end.

        UnknownVoice for a voice that is not in `voices`.
        """
        if options.voice and options.voice not in self.voices:
            raise UnknownVoice(f"There is no voice {options.voice!r}; there is {', '.join(self.voices)}.")
        say = partial(self._say, text, options)
        async with aclosing(self._worker.iterate(say, options.priority)) as chunks:
            async for sound in chunks:
                yield SpokenChunk(sound, self.sample_rate)

    def _say(self, text: str, options: VoiceOptions) -> Iterator[Sound]:
        """Blocking. Figures and signs first become words, in the language of the words around them.

        What is then longer than a phrase is synthesized phrase by phrase, so that memory is bounded.
        """
        text = spoken(text, detect_language(text)).text
        speed = min(max(options.speed, MIN_SPEED), MAX_SPEED)
        default = self._frontend.config.synthesis
        speaker = self._speakers.get(options.voice, default.speaker)
        synthesis = replace(default, length_scale=default.length_scale / speed, speaker=speaker)
        for phrase in [text] if len(text) <= LONGEST_PHRASE else cut_phrases(text):
            ids = self._frontend.ids(phrase)
            if ids.size:
                chunks = self._voice.say(ids, synthesis, np.random.default_rng(self._seed))
                yield from shape_edges(chunks, self.sample_rate, pause_ms(phrase) / speed)


@asynccontextmanager
async def open_vits(model: LocalModel, *, threads: int = 2, seed: int | None = None) -> AsyncIterator[Vits]:
    """The voice, loaded and warmed up. With a `seed` a phrase sounds the same each time it is said.

    EngineError where the files are not a voice that can be read.
    """
    with Worker("tts") as worker:
        began = time.perf_counter()
        frontend = await worker.run(partial(open_frontend, model))
        voice = await worker.run(partial(open_graph, _graph_file(model), threads=threads))
        loaded = time.perf_counter()
        await worker.run(partial(_warm_up, frontend, voice))
        yield Vits(frontend, voice, worker, _info(model, loaded - began, time.perf_counter() - loaded), seed)


def _warm_up(frontend: TextFrontend, voice: ChunkedVoice | WholeVoice) -> None:
    """Blocking: speak to nobody, so that the first phrase is as soon there and as loud as any other."""
    voice.calibrate(filter(np.size, map(frontend.ids, _WARM_UP)), frontend.config.synthesis)


def _graph_file(model: LocalModel) -> Path:
    try:
        return model.path(".onnx")
    except ModelUnavailable as error:
        raise EngineError("tts", f"A voice is one .onnx file: {error.message}.") from error


def _info(model: LocalModel, load_s: float, warm_s: float) -> EngineInfo:
    return model.engine_info("vits", f"onnxruntime {onnxruntime.__version__}", load_s=load_s, warm_s=warm_s)
