"""Whisper in whisper.cpp, by way of pywhispercpp (requirements-whisper-cpp.txt). Knows no session.

One thread listens, finals before partials. The speech alone is encoded, with silence behind it; a final transcript
that is doubted is looked for again in a whole window of 30 s. One that was cancelled runs to its end.
"""

import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

from inzwa.audio.pcm import INPUT_RATE, Sound, silence
from inzwa.engines.asr.audio_checks import QUIETEST_DBFS, loudest_dbfs, most_tokens, require_hearable
from inzwa.engines.asr.hypothesis_checks import Hypothesis, best, is_flawed
from inzwa.engines.worker import Worker
from inzwa.errors import EngineError, UnsupportedFormat
from inzwa.models.local_model import LocalModel
from inzwa.protocols import EngineInfo, HearOptions, Priority, Transcript

PAD_MS: Final = 2_000
"""Silence behind the speech. With one second a sentence of five was told again and again, with two none, at a seventh
of a whole window's time. That is without flash attention: with it, in a short window, other words were heard."""
WHOLE: Final = 0
"""The word for all states of a window."""
_WHOLE_STATES: Final = 1_500
_STATE_SAMPLES: Final = 320
_MAGIC: Final = 0x67676D6C
_HEAD: Final = struct.Struct("<14i")
"""The magic number, eleven sizes, and the two of the mel filters."""
_WORDS, _WIDTH = 0, 6
"""Which of the sizes are those of the vocabulary and of the text's states."""
_LARGEST: Final = 1 << 20
"""No size in such a file's head is larger."""
_ERROR: Final = 4
"""ggml's log level."""
_RAISED: Final = (ValueError, IndexError, RuntimeError, MemoryError)
"""What becomes of the library's exceptions."""
_HOTWORD_BYTES: Final = 160
"""About 50 tokens: each costs time."""


class WhisperCpp:
    """The recogniser that all sessions share."""

    def __init__(self, ears: "Ears", worker: Worker, info: EngineInfo) -> None:
        self.info = info
        self._ears, self._worker = ears, worker

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        """Shape (samples,), 16 kHz, at most 30 s. Silence gives an empty text.

        AudioTooLong, BadAudio for samples that are no numbers, UnsupportedFormat for a language without a token.
        """
        require_hearable(sound)
        self._ears.require_language(options.language)
        if loudest_dbfs(sound) < QUIETEST_DBFS:
            return Transcript("", no_speech=1.0)
        priority = Priority.URGENT if options.final else Priority.LOW
        guesses: list[Hypothesis] = []
        for states in (_states(sound), WHOLE) if options.final else (_states(sound),):
            look = partial(self._ears.guess, sound, options, states)
            guesses.append(await self._worker.run(look, priority))
            if not is_flawed(guesses[-1]):
                break
        chosen = best(guesses)
        return Transcript(chosen.text, chosen.no_speech, chosen.confidence)


class Ears:
    """The library's context. One thread uses it."""

    def __init__(self, library: ModuleType, path: Path, threads: int) -> None:
        """EngineError where the file is no model of whisper.cpp's."""
        _require_ggml(path)
        self._library, self._threads = library, threads
        errors: list[str] = []
        library.whisper_log_set(lambda level, text: errors.append(text) if level == _ERROR else None)
        try:
            self._context = library.whisper_init_from_file_with_params(str(path), _wish(library))
        except _RAISED as error:
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

    def guess(self, sound: Sound, options: HearOptions, states: int) -> Hypothesis:
        """What was said, looked for in so many states of the encoder, 20 ms each."""
        library, most = self._library, most_tokens(sound)
        asked = self._question(options, states, most)
        try:
            failed = library.whisper_full(self._context, asked, np.ascontiguousarray(sound, np.float32), sound.size)
        except _RAISED as error:
            raise EngineError("asr", "The recogniser failed on this sound.") from error
        if failed:
            raise EngineError("asr", "The recogniser failed on this sound.")
        segments = range(library.whisper_full_n_segments(self._context))
        text = b"".join(library.whisper_full_get_segment_text(self._context, each) for each in segments)
        sure = [chance for each in segments for chance in self._chances(each)]
        if not sure:
            return Hypothesis("", confidence=0.0, no_speech=1.0)
        confidence = float(np.mean(np.log(np.maximum(sure, 1e-9))))
        return Hypothesis(text.decode(errors="ignore").strip(), confidence, 0.0, unfinished=len(sure) >= most)

    def close(self) -> None:
        """Free the model. Once."""
        self._library.whisper_free(self._context)

    def _chances(self, segment: int) -> Iterator[float]:
        """How likely each token of the text was."""
        library, context = self._library, self._context
        for token in range(library.whisper_full_n_tokens(context, segment)):
            if library.whisper_full_get_token_id(context, segment, token) < library.whisper_token_eot(context):
                yield library.whisper_full_get_token_p(context, segment, token)

    def _question(self, options: HearOptions, states: int, most: int) -> Any:
        library = self._library
        asked = library.whisper_full_default_params(library.whisper_sampling_strategy.WHISPER_SAMPLING_GREEDY)
        asked.n_threads, asked.audio_ctx, asked.max_tokens = self._threads, states, most
        asked.language, asked.initial_prompt = options.language, _favoured(options.hotwords)
        asked.no_timestamps = asked.single_segment = asked.no_context = True
        asked.temperature_inc = 0.0  # one look: what is done about a bad one is decided here
        asked.print_progress = False
        return asked


@contextmanager
def open_whisper_cpp(model: LocalModel, *, threads: int = 2) -> Iterator[WhisperCpp]:
    """The recogniser, loaded and warmed. EngineError without the package, or where the file is no model of its own."""
    library = _library()
    with Worker("asr") as worker:
        began = time.perf_counter()
        ears = Ears(library, model.path(".bin"), threads)
        try:
            loaded = time.perf_counter()
            ears.guess(silence(PAD_MS, INPUT_RATE), HearOptions(language="en"), _states(silence(PAD_MS, INPUT_RATE)))
            info = _describe(model, loaded - began, time.perf_counter() - loaded)
            yield WhisperCpp(ears, worker, info)
        finally:
            ears.close()


def _library() -> ModuleType:
    try:
        import _pywhispercpp
    except ImportError as error:
        raise EngineError("asr", "whisper.cpp is missing: pip install -r requirements-whisper-cpp.txt") from error
    return _pywhispercpp


def _wish(library: ModuleType) -> Any:
    wish = library.whisper_context_default_params()
    wish.use_gpu = wish.flash_attn = False
    return wish


def _require_ggml(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
    magic, *sizes = _HEAD.unpack(head) if len(head) == _HEAD.size else (0,)
    sane = magic == _MAGIC and all(0 <= size <= _LARGEST for size in sizes)
    if not sane or path.stat().st_size < sizes[_WORDS] * sizes[_WIDTH] // 2:  # one of its matrices at 4 bits a number
        raise EngineError(
            "asr", f"{path.name} is no model that whisper.cpp can load: it wants one file of its own format."
        )


def _states(sound: Sound) -> int:
    """States of the encoder for the sound and the silence behind it."""
    padded = sound.size + PAD_MS * INPUT_RATE // 1000
    return min(-(-padded // _STATE_SAMPLES), _WHOLE_STATES)


def _favoured(hotwords: Sequence[str]) -> str:
    """As many as fit, the most valuable last, between commas and with a full stop at the end (prompt.py has why)."""
    chosen: list[str] = []
    for word in filter(None, map(str.strip, hotwords)):
        if sum(len(each.encode()) + 2 for each in (*chosen, word)) > _HOTWORD_BYTES:
            break
        chosen.insert(0, word)
    return f" {', '.join(chosen)}." if chosen else ""


def _describe(model: LocalModel, load_s: float, warm_s: float) -> EngineInfo:
    return model.engine_info("whisper.cpp", f"pywhispercpp {version('pywhispercpp')}", load_s=load_s, warm_s=warm_s)
