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
from inzwa.engines.asr.audio_checks import (
    MIN_TOKENS,
    QUIETEST_DBFS,
    likely_tokens,
    loudest_dbfs,
    max_tokens,
    require_valid,
)
from inzwa.engines.asr.copies import may_hold_copies, without_extra_copies
from inzwa.engines.asr.hypothesis_checks import (
    MIN_LOG_PROB,
    SURE_LOG_PROB,
    Hypothesis,
    best,
    has_words,
    is_clear,
    is_echo,
    is_silence,
)
from inzwa.engines.asr.network import Encoded, Network, Search
from inzwa.engines.asr.networks import open_network
from inzwa.engines.asr.syllables import SpokenSound
from inzwa.engines.asr.tokenizer import WhisperTokenizer
from inzwa.engines.worker import Worker
from inzwa.models.local_model import LocalModel
from inzwa.protocols import EngineInfo, HearOptions, Transcript

GREEDY: Final = Search()
BEAM: Final = Search(beam=5)
"""For an unsure hypothesis. Of 60 Shona clips 8 were unsure, with 102 wrong characters of 276. This left 95, in a
median of 207 ms; a beam in the whole window 134, in 299. No English clip of 60 was unsure. Left out where those
milliseconds would be waited for (HearOptions.hurried): in most turns a pause hides them."""

MOST_SYLLABLES: Final = 8
"""Of a sound that is heard again without hotwords and as English when it is not clear. What that mends are short
utterances; whisper-base is hardly ever sure of a sentence in Shona, and its speaker would wait for nothing."""


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
        if not has_words(found.text):
            return Transcript("", found.no_speech, found.confidence)
        return Transcript(found.text, found.no_speech, found.confidence, found.tokens)

    async def _hypothesis(self, sound: Sound, prompt: Sequence[int], options: HearOptions) -> Hypothesis:
        worker = self._finals if options.final else self._partials
        encoded = await worker.run(partial(self._network.encode, sound))
        said = SpokenSound(sound)
        hear = partial(self._hear, said, encoded)
        found = await worker.run(partial(hear, options.language, prompt, draft=options.draft_tokens))
        if not options.final:
            return replace(found, text="") if is_silence(found) else found
        length = await worker.run(said.length)
        doubtful = is_silence(found) or is_echo(found, options.hotwords)
        if is_clear(found, length) and not doubtful:
            return found
        tried = [found]
        for language in others(options) if doubtful or length.syllables <= MOST_SYLLABLES else ():
            plain = self._tokenizer.prompt(language)
            tried.append(await worker.run(partial(hear, language, plain, draft=found.tokens)))
        found = best(tried, length)
        if found.confidence < MIN_LOG_PROB and not is_silence(found) and not options.hurried:
            tried.append(await worker.run(partial(hear, options.language, prompt, BEAM)))
            found = best(tried, length)
        if any(map(is_silence, tried)) and not await worker.run(said.is_speech):
            return replace(found, text="")
        return found

    def _hear(
        self,
        said: SpokenSound,
        encoded: Encoded,
        language: str,
        prompt: Sequence[int],
        search: Search = GREEDY,
        draft: Sequence[int] = (),
    ) -> Hypothesis:
        length = said.length()
        for most in (likely_tokens(said.sound, length.syllables), max_tokens(said.sound)):
            decoded = self._network.decode(encoded, prompt, search, most, draft)
            text, unfinished = self._tokenizer.text(decoded.ids), len(decoded.ids) >= most
            if not unfinished or may_hold_copies(text):
                break
            draft = decoded.ids
        found = Hypothesis(text, decoded.confidence, decoded.no_speech, unfinished, decoded.ids, language)
        unsure = unfinished or found.confidence < SURE_LOG_PROB
        text = without_extra_copies(text, length, language, unsure=unsure)
        return found if text == found.text else self._shortened(found, text, decoded.log_probs)

    def _shortened(self, found: Hypothesis, text: str, log_probs: Sequence[float]) -> Hypothesis:
        """The hypothesis with a beginning of its text, and the tokens of that."""
        letters = _letters(text)
        ends = (
            end for end in range(len(found.tokens)) if _letters(self._tokenizer.text(found.tokens[:end])) >= letters
        )
        tokens = found.tokens[: next(ends, None)]
        kept = log_probs[: len(tokens)]
        confidence = sum(kept) / len(kept) if kept else found.confidence
        return replace(found, text=text, confidence=confidence, unfinished=False, tokens=tokens)


def others(options: HearOptions) -> list[str]:
    """The languages to hear a sound in without hotwords, when it is not clear with them."""
    return [*([options.language] if options.hotwords else []), *([] if options.language == "en" else ["en"])]


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


@contextmanager
def open_whisper(model: LocalModel, *, threads: int = 2) -> Iterator[Whisper]:
    """The recogniser, loaded and warmed up. EngineError where the files are no Whisper of CTranslate2's."""
    with Worker("asr-final") as finals, Worker("asr-partial") as partials:
        began = time.perf_counter()
        network, tokenizer = open_network(model, threads=threads)
        loaded = time.perf_counter()
        network.decode(network.encode(silence(1_000, INPUT_RATE)), tokenizer.prompt("en"), GREEDY, MIN_TOKENS)
        times = {"load_s": loaded - began, "warm_s": time.perf_counter() - loaded}
        info = model.engine_info("faster-whisper", network.version, **times)
        yield Whisper(network, tokenizer, finals, partials, info)
