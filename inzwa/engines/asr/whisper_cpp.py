"""Whisper in whisper.cpp, by way of pywhispercpp (requirements-whisper-cpp.txt).

One thread decodes, finals before partials. The speech alone is encoded, with silence behind it; a final transcript that
is repeated or unsure is decoded again in a whole window of 30 s. One that was cancelled runs to its end.
"""

import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

from inzwa.audio.pcm import INPUT_RATE, Sound, silence
from inzwa.engines.asr.audio_checks import QUIETEST_DBFS, loudest_dbfs, max_tokens, require_valid
from inzwa.engines.asr.copies import without_extra_copies
from inzwa.engines.asr.hypothesis_checks import MIN_LOG_PROB, Hypothesis, best, is_repeated
from inzwa.engines.asr.syllables import SpokenLength, SpokenSound
from inzwa.engines.worker import Worker
from inzwa.errors import EngineError, UnsupportedFormat
from inzwa.models.local_model import LocalModel
from inzwa.protocols import EngineInfo, HearOptions, Priority, Transcript

PAD_MS: Final = 2_000
"""Silence behind the speech. With one second a sentence of five was repeated endlessly, with two none, at a seventh of
a whole window's time. That is without flash attention: with it, in a short window, other words were recognised."""
ALL_STATES: Final = 0
"""whisper.cpp's number for the states of a whole window."""
_WHOLE_STATES: Final = 1_500
_STATE_SAMPLES: Final = 320
_MAGIC: Final = 0x67676D6C
_HEADER: Final = struct.Struct("<14i")
"""The magic number, eleven sizes, and the two of the mel filters."""
_VOCABULARY, _WIDTH = 0, 6
"""Which of the sizes are those of the vocabulary and of the text's states."""
_MAX_SIZE: Final = 1 << 20
"""No size in such a file's header is larger."""
_ERROR: Final = 4
"""ggml's log level."""
_EXCEPTIONS: Final = (ValueError, IndexError, RuntimeError, MemoryError)
"""What the library's exceptions become in Python."""
_HOTWORD_BYTES: Final = 160
"""About 50 tokens: each costs time."""


class WhisperCpp:
    """The recogniser that all sessions share."""

    def __init__(self, context: "Context", worker: Worker, info: EngineInfo) -> None:
        self.info = info
        self._context, self._worker = context, worker

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        """Shape (samples,), 16 kHz, at most 30 s. Silence gives an empty text.

        AudioTooLong, BadAudio for samples that are no numbers, UnsupportedFormat for a language without a token.
        """
        require_valid(sound)
        self._context.require_language(options.language)
        if loudest_dbfs(sound) < QUIETEST_DBFS:
            return Transcript("", no_speech=1.0)
        priority = Priority.URGENT if options.final else Priority.LOW
        decode = partial(self._context.decode, sound, options)
        found = await self._worker.run(partial(decode, _states(sound)), priority)
        if is_repeated(found) or (options.final and found.confidence < MIN_LOG_PROB):
            tried = [found]
            if options.final:
                tried.append(await self._worker.run(partial(decode, ALL_STATES), priority))
            length = await self._worker.run(SpokenSound(sound).length, priority)
            found = best([_without_copies(each, length) for each in tried], length)
        return Transcript(found.text, found.no_speech, found.confidence)


def _without_copies(found: Hypothesis, length: SpokenLength) -> Hypothesis:
    text = without_extra_copies(found.text, length, found.language)
    return found if text == found.text else replace(found, text=text, unfinished=False)


class Context:
    """whisper.cpp's context. One thread uses it."""

    def __init__(self, library: ModuleType, path: Path, threads: int) -> None:
        """EngineError where the file is no model of whisper.cpp's."""
        _require_ggml(path)
        self._library, self._threads = library, threads
        errors: list[str] = []
        library.whisper_log_set(lambda level, text: errors.append(text) if level == _ERROR else None)
        try:
            self._context = library.whisper_init_from_file_with_params(str(path), _context_params(library))
        except _EXCEPTIONS as error:
            errors.append(str(error))
        finally:
            library.whisper_log_set(None)  # a listener that is left behind ends the process badly
        if errors:  # the context is then no context, and a call on it would end the process
            raise EngineError("asr", f"{path.name} is no model that whisper.cpp can load.")
        self.multilingual = bool(library.whisper_is_multilingual(self._context))

    def require_language(self, language: str) -> None:
        """UnsupportedFormat where the model cannot be asked for it."""
        known = self._library.whisper_lang_id(language) >= 0 if self.multilingual else language == "en"
        if not known:
            raise UnsupportedFormat(f"The recogniser does not know the language {language!r}.")

    def decode(self, sound: Sound, options: HearOptions, states: int) -> Hypothesis:
        """What was said, in a window of so many states of the encoder, 20 ms each."""
        library, most = self._library, max_tokens(sound)
        params = self._params(options, states, most)
        try:
            failed = library.whisper_full(self._context, params, np.ascontiguousarray(sound, np.float32), sound.size)
        except _EXCEPTIONS as error:
            raise EngineError("asr", "The recogniser failed on this sound.") from error
        if failed:
            raise EngineError("asr", "The recogniser failed on this sound.")
        segments = range(library.whisper_full_n_segments(self._context))
        text = b"".join(library.whisper_full_get_segment_text(self._context, each) for each in segments)
        probabilities = [each for segment in segments for each in self._probabilities(segment)]
        if not probabilities:
            return Hypothesis("", confidence=0.0, no_speech=1.0)
        confidence = float(np.mean(np.log(np.maximum(probabilities, 1e-9))))
        unfinished = len(probabilities) >= most
        written = text.decode(errors="ignore").strip()
        return Hypothesis(written, confidence, 0.0, unfinished, language=options.language)

    def close(self) -> None:
        """Free the model. Once."""
        self._library.whisper_free(self._context)

    def _probabilities(self, segment: int) -> Iterator[float]:
        """Of each token of the text."""
        library, context = self._library, self._context
        for token in range(library.whisper_full_n_tokens(context, segment)):
            if library.whisper_full_get_token_id(context, segment, token) < library.whisper_token_eot(context):
                yield library.whisper_full_get_token_p(context, segment, token)

    def _params(self, options: HearOptions, states: int, most: int) -> Any:
        library = self._library
        params = library.whisper_full_default_params(library.whisper_sampling_strategy.WHISPER_SAMPLING_GREEDY)
        params.n_threads, params.audio_ctx, params.max_tokens = self._threads, states, most
        params.language, params.initial_prompt = options.language, _hotword_prompt(options.hotwords)
        params.no_timestamps = params.single_segment = params.no_context = True
        params.temperature_inc = 0.0  # no fallback of its own
        params.print_progress = False
        return params


@contextmanager
def open_whisper_cpp(model: LocalModel, *, threads: int = 2) -> Iterator[WhisperCpp]:
    """The recogniser, loaded and warmed up. EngineError without the package, or where the file is no model of its."""
    library = _library()
    with Worker("asr") as worker:
        began = time.perf_counter()
        context = Context(library, model.path(".bin"), threads)
        try:
            loaded = time.perf_counter()
            quiet = silence(PAD_MS, INPUT_RATE)
            context.decode(quiet, HearOptions(language="en"), _states(quiet))
            info = _info(model, loaded - began, time.perf_counter() - loaded)
            yield WhisperCpp(context, worker, info)
        finally:
            context.close()


def _library() -> ModuleType:
    try:
        import _pywhispercpp
    except ImportError as error:
        raise EngineError("asr", "whisper.cpp is missing: pip install -r requirements-whisper-cpp.txt") from error
    library: ModuleType = _pywhispercpp
    return library


def _context_params(library: ModuleType) -> Any:
    params = library.whisper_context_default_params()
    params.use_gpu = params.flash_attn = False
    return params


def _require_ggml(path: Path) -> None:
    with path.open("rb") as file:
        header = file.read(_HEADER.size)
    magic, *sizes = _HEADER.unpack(header) if len(header) == _HEADER.size else (0,)
    sane = magic == _MAGIC and all(0 <= size <= _MAX_SIZE for size in sizes)
    if (
        not sane or path.stat().st_size < sizes[_VOCABULARY] * sizes[_WIDTH] // 2
    ):  # one of its matrices at 4 bits a number
        raise EngineError(
            "asr", f"{path.name} is no model that whisper.cpp can load: it wants one file of its own format."
        )


def _states(sound: Sound) -> int:
    """States of the encoder for the sound and the silence behind it."""
    padded = sound.size + PAD_MS * INPUT_RATE // 1000
    return min(-(-padded // _STATE_SAMPLES), _WHOLE_STATES)


def _hotword_prompt(hotwords: Sequence[str]) -> str:
    """As many as fit, the most valuable last, between commas and with a full stop at the end (tokenizer.py has why)."""
    chosen: list[str] = []
    for word in filter(None, map(str.strip, hotwords)):
        if sum(len(each.encode()) + 2 for each in (*chosen, word)) > _HOTWORD_BYTES:
            break
        chosen.insert(0, word)
    return f" {', '.join(chosen)}." if chosen else ""


def _info(model: LocalModel, load_s: float, warm_s: float) -> EngineInfo:
    return model.engine_info("whisper.cpp", f"pywhispercpp {version('pywhispercpp')}", load_s=load_s, warm_s=warm_s)
