"""What is wrong with a hypothesis of what was said, and which of two to believe."""

import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

MAX_COMPRESSION: Final = 2.4
"""Text that deflates better than this repeats itself; the threshold of Whisper's authors."""

MIN_LOG_PROB: Final = -1.2
"""Mean log-probability a token below which a hypothesis is decoded again. Whisper's authors take -1; in a language that
the model hardly knows (40 Shona sentences, whisper-base) that sends 24 back and gains 7 % of the errors, this 8 and
3 %."""

MAX_NO_SPEECH: Final = 0.6
"""Probability of no speech from which it may be silence; the threshold of Whisper's authors. Without hotwords in the
prompt noise and hum lay above 0.7, speech (120 sentences, English and Shona) below 0.6 but for one at 0.67, so this is
never enough by itself. Hotwords add 0.1 to 0.3 to it."""

SURE_LOG_PROB: Final = -1.0
"""Mean log-probability a token from which the words are believed all the same; theirs too. Words made up in noise and
hum lay below -1.1; at -0.5 two spoken sentences in Shona were taken for silence."""

_MAX_COPIES: Final = {1: 4, 2: 2, 3: 2}
"""Words in a phrase, and how often people say it in a row within a longer text. Longer phrases: once."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One possible transcript of a sound."""

    text: str
    confidence: float
    """Mean log-probability a token."""
    no_speech: float
    """Probability that it was not speech, 0..1."""
    unfinished: bool = False
    """Whether it was cut off at the limit of its tokens."""
    tokens: tuple[int, ...] = ()
    """The text in the network's tokens."""


def is_silence(hypothesis: Hypothesis) -> bool:
    """Whether there are no words, or the network itself does not believe that anybody spoke."""
    unsure = hypothesis.no_speech > MAX_NO_SPEECH and hypothesis.confidence < SURE_LOG_PROB
    return unsure or not _has_words(hypothesis.text)


def is_echo(hypothesis: Hypothesis, hotwords: Sequence[str]) -> bool:
    """Whether it holds nothing but hotwords: they may come from the prompt and not from the sound."""
    expected = {word for hotword in hotwords for word in _words(hotword)}
    return bool(hotwords) and all(word in expected for word in _words(hypothesis.text))


def is_loop(hypothesis: Hypothesis) -> bool:
    """Whether the decoder repeated itself without end: wrong for certain."""
    return hypothesis.unfinished or compression(hypothesis.text) > MAX_COMPRESSION


def is_repeated(hypothesis: Hypothesis) -> bool:
    """Whether it loops, is one phrase several times, or has a phrase more often in a row than people say it.

    The decoder does that in a short window, where it does not see that nothing follows; people do it as well.
    """
    return is_loop(hypothesis) or _first_copy_words(_words(hypothesis.text)) is not None


def without_copies(hypothesis: Hypothesis, copies: int = 1) -> Hypothesis:
    """The hypothesis up to where it begins to repeat itself, or with so many copies if it is one phrase repeated."""
    words = _words(hypothesis.text)
    end = _first_copy_words(words)
    if end is None:
        return hypothesis
    end *= copies if _cycle_words(words) else 1
    return replace(hypothesis, text=" ".join(hypothesis.text.split()[:end]).rstrip(",;"), unfinished=False)


def believed(first: Hypothesis, second: Hypothesis) -> Hypothesis:
    """What to believe of a hypothesis that is repeated or unsure, and of the one that was decoded after it.

    Of a repeated one the first copy is most likely right, and how often it was said is what the second shows: in a
    whole window the decoder sees the end.
    """
    if not is_repeated(first):
        return second if second.confidence > first.confidence and not is_repeated(second) else first
    once = without_copies(first)
    maybe_silence = is_loop(first) and first.no_speech > MAX_NO_SPEECH  # a loop is confident whatever it was made of
    if is_loop(once) or (maybe_silence and is_silence(second)):
        return without_copies(second)
    if is_loop(second) or not _has_words(second.text):
        return once
    words = _words(second.text)
    cycle = _cycle_words(words)
    if words[:cycle] == _words(once.text):
        return replace(second, confidence=max(first.confidence, second.confidence))
    if is_repeated(second) or second.confidence < SURE_LOG_PROB:
        return without_copies(first, len(words) // cycle if cycle else 1)
    return second


def compression(text: str) -> float:
    """Bytes of the text a deflated byte."""
    data = text.encode()
    return len(data) / len(zlib.compress(data))


def _first_copy_words(words: Sequence[str]) -> int | None:
    """How many words there are before a copy that is one too many; None where there is none."""
    if cycle := _cycle_words(words):
        return cycle
    for start in range(len(words)):
        for length in range(1, (len(words) - start) // 2 + 1):
            if _copies(words, start, length) > _MAX_COPIES.get(length, 1):
                return start + length
    return None


def _cycle_words(words: Sequence[str]) -> int | None:
    """How many words the text repeats from its beginning to its end; None where it does not."""
    return next((length for length in range(1, len(words) // 2 + 1) if _is_cycle(words, length)), None)


def _is_cycle(words: Sequence[str], length: int) -> bool:
    """Whether the text is its first words over and over; after two copies it may be cut off within a copy or a word."""
    pairs = list(zip(words[length:], words, strict=False))
    *whole, (last, full) = pairs
    complete = last == full and len(words) % length == 0
    cut_off = len(words) > 2 * length and full.startswith(last)
    return all(word == before for word, before in whole) and (complete or cut_off)


def _copies(words: Sequence[str], start: int, length: int) -> int:
    phrase, copies = words[start : start + length], 1
    while words[start + copies * length : start + (copies + 1) * length] == phrase:
        copies += 1
    return copies


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def _words(text: str) -> list[str]:
    """The words without case and punctuation; one that is all punctuation stays, so that positions are kept."""
    return [_plain(word) for word in text.split()]


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if unicodedata.category(letter)[0] in "LMN") or word
