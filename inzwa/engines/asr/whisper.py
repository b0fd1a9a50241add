"""Whisper in CTranslate2, made for utterances: the speech alone is encoded, greedily read, and read again if doubted.

Knows no session. Every step runs in one of the engine's two threads: finals in one, partials in the other, so that no
final waits for a partial that nobody needs any more. A cancelled transcript stops after the step at hand. The greedy
reading is ONNX Runtime's where the weights allow it, CTranslate2's elsewhere; the encoder and second looks always are.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import ctranslate2
import onnxruntime

from inzwa.audio.pcm import INPUT_RATE, Sound, silence
from inzwa.engines.asr.audio_checks import FEWEST_TOKENS, QUIETEST_DBFS, loudest_dbfs, most_tokens, require_hearable
from inzwa.engines.asr.hypothesis_checks import Hypothesis, best, is_echo, is_flawed, is_loop, is_repeated, is_silence
from inzwa.engines.asr.network import WINDOW_STATES, Network, Search, States
from inzwa.engines.asr.prompt import Prompter
from inzwa.engines.asr.speculative_decoder import SpeculativeDecoder
from inzwa.engines.worker import Worker
from inzwa.errors import EngineError, NotConvertible
from inzwa.models.local_model import LocalModel
from inzwa.protocols import EngineInfo, HearOptions, Transcript

log = logging.getLogger(__name__)

QUICK: Final = Search()
DOUBTED: Final = Search(beam=5)
"""Of 60 Shona clips 8 were doubted, with 102 wrong characters of 276. This left 95, in a median of 207 ms; a beam in
the whole window 134, in 299. No English clip of 60 was doubted."""

LOOPED: Final = Search(WINDOW_STATES, beam=5)
"""For what was told again: the short window is most likely why, and a beam in it may tell it again."""

DRAWN: Final = Search(WINDOW_STATES, temperature=0.4)
"""Where even that went round in circles."""


@dataclass(slots=True)
class Work:
    """What the engine has done since it was opened."""

    heard: int = 0
    """Sounds transcribed, partial and final."""
    silent: int = 0
    """Of those, the ones that held no speech."""
    retried: int = 0
    """Readings beyond the first of a sound."""


class Whisper:
    """The recogniser that all sessions share."""

    def __init__(
        self,
        network: Network,
        reader: SpeculativeDecoder | None,
        prompter: Prompter,
        finals: Worker,
        partials: Worker,
        info: EngineInfo,
    ) -> None:
        self._network, self._reader, self._prompter = network, reader, prompter
        self._finals, self._partials = finals, partials
        self.info = info
        self.work = Work()

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        """Shape (samples,), 16 kHz, at most 30 s. Silence gives an empty text.

        AudioTooLong, BadAudio for samples that are no numbers, UnsupportedFormat for a language without a token.
        """
        require_hearable(sound)
        prompt = self._prompter.prompt(options.language, options.hotwords)
        self.work.heard += 1
        guess = await self._hear(sound, prompt, options) if loudest_dbfs(sound) >= QUIETEST_DBFS else _NOTHING
        if not is_silence(guess):
            return Transcript(guess.text, guess.no_speech, guess.confidence, guess.tokens)
        self.work.silent += 1
        return Transcript("", guess.no_speech, guess.confidence)

    async def _hear(self, sound: Sound, prompt: Sequence[int], options: HearOptions) -> Hypothesis:
        worker = self._finals if options.final else self._partials
        states = await worker.run(partial(self._network.encode, sound))
        guesses: list[Hypothesis] = []
        search: Search | None = QUICK
        while search:
            self.work.retried += bool(guesses)
            look = partial(self._guess, states, prompt, search, most_tokens(sound), options.guess)
            guesses.append(await worker.run(look))
            search = next_search(guesses) if options.final else None
        chosen = best(guesses)
        if not is_echo(chosen, options.hotwords):
            return chosen
        self.work.retried += 1
        bare = partial(self._guess, states, self._prompter.prompt(options.language), QUICK, most_tokens(sound))
        unprompted = await worker.run(bare)
        return unprompted if is_silence(unprompted) else chosen

    def _guess(
        self, states: States, prompt: Sequence[int], search: Search, most: int, before: Sequence[int] = ()
    ) -> Hypothesis:
        if self._reader is not None and search == QUICK:
            decoded = self._reader.read(states, prompt, most, before)
        else:
            decoded = self._network.decode(states, prompt, search, most)
        text = self._prompter.text(decoded.ids)
        unfinished = len(decoded.ids) >= most
        return Hypothesis(text, decoded.confidence, decoded.no_speech, unfinished, decoded.ids)


@contextmanager
def open_whisper(model: LocalModel, *, threads: int = 2, compute_type: str = "int8") -> Iterator[Whisper]:
    """The recogniser, loaded and warmed. EngineError where the files are no Whisper of CTranslate2's."""
    with Worker("asr-final") as finals, Worker("asr-partial") as partials:
        began = time.perf_counter()
        network = Network(model.path("model.bin").parent, threads=threads, compute_type=compute_type)
        prompter = Prompter(model.path("tokenizer.json"), multilingual=network.multilingual)
        reader = _open_reader(model, network, prompter, threads)
        loaded = time.perf_counter()
        states = network.encode(silence(1_000, INPUT_RATE))
        network.decode(states, prompter.prompt("en"), QUICK, FEWEST_TOKENS)
        if reader:
            reader.read(states, prompter.prompt("en"), FEWEST_TOKENS)
        info = _describe(model, reader, loaded - began, time.perf_counter() - loaded)
        yield Whisper(network, reader, prompter, finals, partials, info)


def _open_reader(model: LocalModel, network: Network, prompter: Prompter, threads: int) -> SpeculativeDecoder | None:
    """None where it cannot be made (weights in INT8, an unknown layout or tokenizer): CTranslate2 then reads too."""
    try:
        return SpeculativeDecoder.of(model.path("model.bin").parent, prompter.marks, network.tail, threads=threads)
    except (EngineError, NotConvertible) as error:
        log.info("%s is read by CTranslate2, token by token: %s", model.name, error.message)
        return None


_NOTHING: Final = Hypothesis("", confidence=0.0, no_speech=1.0)


def next_search(guesses: Sequence[Hypothesis]) -> Search | None:
    """How to look again for what a final transcript says; None when it is found, or more looking would not help."""
    last = guesses[-1]
    if is_silence(last) or not is_flawed(last):
        return None
    if len(guesses) == 1:
        return LOOPED if is_loop(last) or is_repeated(last) else DOUBTED
    return DRAWN if len(guesses) == 2 and all(map(is_loop, guesses)) else None


def _describe(model: LocalModel, reader: SpeculativeDecoder | None, load_s: float, warm_s: float) -> EngineInfo:
    reads = f", onnxruntime {onnxruntime.__version__}" if reader else ""
    version = f"ctranslate2 {ctranslate2.__version__}{reads}"
    return model.engine_info("faster-whisper", version, load_s=load_s, warm_s=warm_s)
