"""Whisper, made for utterances: a short window, decoded greedily, and decoded again where that fails.

Every step runs in one of the engine's two threads: finals in one, partials in the other, so that no final waits for a
partial that nobody needs any more. A cancelled transcript stops after the step at hand.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from inzwa.audio.pcm import INPUT_RATE, Sound, silence
from inzwa.engines.asr.audio_checks import MIN_TOKENS, QUIETEST_DBFS, loudest_dbfs, max_tokens, require_valid
from inzwa.engines.asr.hypothesis_checks import (
    MAX_NO_SPEECH,
    MIN_LOG_PROB,
    Hypothesis,
    believed,
    is_echo,
    is_loop,
    is_repeated,
    is_silence,
    without_copies,
)
from inzwa.engines.asr.network import WINDOW_STATES, Encoded, Network, Search
from inzwa.engines.asr.networks import open_network
from inzwa.engines.asr.tokenizer import WhisperTokenizer
from inzwa.engines.worker import Worker
from inzwa.models.local_model import LocalModel
from inzwa.protocols import EngineInfo, HearOptions, Transcript

GREEDY: Final = Search()
BEAM: Final = Search(beam=5)
"""For an unsure hypothesis. Of 60 Shona clips 8 were unsure, with 102 wrong characters of 276. This left 95, in a
median of 207 ms; a beam in the whole window 134, in 299. No English clip of 60 was unsure."""

WHOLE_WINDOW: Final = Search(WINDOW_STATES)
"""For a repeated one: the short window is most likely why. Greedy, because a beam repeats itself more often (scores are
means over tokens, and copies are cheap): of 212 words and short phrases a beam here left 32 doubled, this 7."""


class Whisper:
    """The recogniser that all sessions share."""

    def __init__(
        self,
        network: Network,
        tokenizer: WhisperTokenizer,
        finals: Worker,
        partials: Worker,
        info: EngineInfo,
    ) -> None:
        self._network, self._tokenizer = network, tokenizer
        self._finals, self._partials = finals, partials
        self.info = info

    async def transcribe(self, sound: Sound, options: HearOptions) -> Transcript:
        """Shape (samples,), 16 kHz, at most 30 s. Silence gives an empty text.

        AudioTooLong, BadAudio for samples that are no numbers, UnsupportedFormat for a language without a token.
        """
        require_valid(sound)
        prompt = self._tokenizer.prompt(options.language, options.hotwords)
        if loudest_dbfs(sound) < QUIETEST_DBFS:
            return Transcript("", no_speech=1.0)
        found = await self._hypothesis(sound, prompt, options)
        if is_silence(found):
            return Transcript("", found.no_speech, found.confidence)
        return Transcript(found.text, found.no_speech, found.confidence, found.tokens)

    async def _hypothesis(self, sound: Sound, prompt: Sequence[int], options: HearOptions) -> Hypothesis:
        worker = self._finals if options.final else self._partials
        encoded = await worker.run(partial(self._network.encode, sound))
        decode = partial(self._decode, encoded, most=max_tokens(sound))
        found = await worker.run(partial(decode, prompt, draft=options.draft_tokens))
        if not options.final:
            found = without_copies(found)
        elif search := second_search(found):
            found = believed(found, await worker.run(partial(decode, prompt, search)))
        silent = is_silence(found) and options.final  # but hotwords make silence more likely
        if not options.hotwords or not (silent or is_echo(found, options.hotwords)):
            return found
        plain = await worker.run(partial(decode, self._tokenizer.prompt(options.language)))
        if is_silence(plain) or (silent and is_loop(plain) and plain.no_speech > MAX_NO_SPEECH):
            return replace(plain, text="")
        return max(found, without_copies(plain), key=lambda each: each.confidence) if silent else found

    def _decode(
        self, encoded: Encoded, prompt: Sequence[int], search: Search = GREEDY, *, most: int, draft: Sequence[int] = ()
    ) -> Hypothesis:
        decoded = self._network.decode(encoded, prompt, search, most, draft)
        text = self._tokenizer.text(decoded.ids)
        return Hypothesis(text, decoded.confidence, decoded.no_speech, len(decoded.ids) >= most, decoded.ids)


def second_search(first: Hypothesis) -> Search | None:
    """How to decode again for a final transcript; None where the first hypothesis is good, or silence."""
    if is_silence(first):
        return None
    if is_repeated(first):
        return WHOLE_WINDOW
    return BEAM if first.confidence < MIN_LOG_PROB else None


@contextmanager
def open_whisper(model: LocalModel, *, threads: int = 2) -> Iterator[Whisper]:
    """The recogniser, loaded and warmed up. EngineError where the files are no Whisper of CTranslate2's."""
    with Worker("asr-final") as finals, Worker("asr-partial") as partials:
        began = time.perf_counter()
        folder = model.path("model.bin").parent
        network, tokenizer = open_network(folder, model.path("tokenizer.json"), threads=threads)
        loaded = time.perf_counter()
        encoded = network.encode(silence(1_000, INPUT_RATE))
        network.decode(encoded, tokenizer.prompt("en"), GREEDY, MIN_TOKENS)
        times = {"load_s": loaded - began, "warm_s": time.perf_counter() - loaded}
        info = model.engine_info("faster-whisper", network.version, **times)
        yield Whisper(network, tokenizer, finals, partials, info)
