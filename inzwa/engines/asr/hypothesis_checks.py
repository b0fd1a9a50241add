"""What is wrong with a guess at what was said, and which of several guesses to believe. Pure; knows no network."""

import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

MOST_COMPRESSION: Final = 2.4
"""Text that deflates better than this repeats itself; the threshold of Whisper's authors."""

LEAST_CONFIDENCE: Final = -1.2
"""Mean log-probability a token below which a guess is doubted. Whisper's authors take -1; in a language that the model
hardly knows (40 Shona sentences, whisper-base) that sends 24 back and gains 7 % of the errors, this 8 and 3 %."""

MOST_NO_SPEECH: Final = 0.6
"""Probability of silence from which it may be silence; the threshold of Whisper's authors. Noise and hum lay above 0.7,
speech (120 sentences, English and Shona) below 0.6 but for one at 0.67, so this is never enough by itself."""

SURE: Final = -1.0
"""Mean log-probability a token from which the words are believed all the same; theirs too. Words made up in noise and
hum lay below -1.1; at -0.5 two spoken sentences in Shona were taken for silence."""

_COPIES: Final = {1: 5, 2: 3, 3: 3}
"""Words in a phrase, and how often people do not say it in a row. Longer phrases: twice."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of the sound."""

    text: str
    confidence: float
    """Mean log-probability a token."""
    no_speech: float
    """How likely it was not speech, 0..1."""
    unfinished: bool = False
    """Whether it ran into the limit of its tokens."""
    tokens: tuple[int, ...] = ()
    """As the network told it."""


def is_silence(guess: Hypothesis) -> bool:
    """Whether the network itself does not believe that anybody spoke."""
    return not guess.text or (guess.no_speech > MOST_NO_SPEECH and guess.confidence < SURE)


def is_echo(guess: Hypothesis, hotwords: Sequence[str]) -> bool:
    """Whether it holds nothing but words that the network was told to expect: it may have heard none of them."""
    expected = {word for hotword in hotwords for word in _words(hotword)}
    return bool(hotwords) and all(word in expected for word in _words(guess.text))


def is_flawed(guess: Hypothesis) -> bool:
    """Whether the sound deserves a second look."""
    return is_loop(guess) or is_repeated(guess) or guess.confidence < LEAST_CONFIDENCE


def is_loop(guess: Hypothesis) -> bool:
    """Whether the decoder went round in circles: wrong for certain."""
    return guess.unfinished or compression(guess.text) > MOST_COMPRESSION


def is_repeated(guess: Hypothesis) -> bool:
    """Whether a phrase comes more often in a row than people say it, or one sentence twice is all: wrong perhaps."""
    return _copies_from(_words(guess.text)) is not None or _is_doubled(guess.text.split())


def best(guesses: Sequence[Hypothesis]) -> Hypothesis:
    """The surest that is no loop, one without repeats before one with; where all loop, the surest, told once."""
    straight = [guess for guess in guesses if not is_loop(guess)]
    chosen = max(straight or guesses, key=lambda guess: (not is_repeated(guess), guess.confidence))
    return chosen if straight else told_once(chosen)


def told_once(guess: Hypothesis) -> Hypothesis:
    """The guess up to where it begins to repeat itself."""
    words = guess.text.split()
    end = _copies_from(_words(guess.text))
    return guess if end is None else replace(guess, text=" ".join(words[:end]))


def compression(text: str) -> float:
    """Bytes of the text a deflated byte."""
    data = text.encode()
    return len(data) / len(zlib.compress(data))


def _copies_from(words: Sequence[str]) -> int | None:
    """Where the second copy of a repeated phrase begins, for the earliest and shortest such phrase."""
    for start in range(len(words)):
        for length in range(1, (len(words) - start) // 2 + 1):
            if _copies(words, start, length) >= _COPIES.get(length, 2):
                return start + length
    return None


def _copies(words: Sequence[str], start: int, length: int) -> int:
    phrase, copies = words[start : start + length], 1
    while words[start + copies * length : start + (copies + 1) * length] == phrase:
        copies += 1
    return copies


def _is_doubled(said: Sequence[str]) -> bool:
    half, odd = divmod(len(said), 2)
    words = _words(" ".join(said))
    return half > 1 and not odd and said[half - 1][-1] in ".!?" and words[:half] == words[half:]


def _words(text: str) -> list[str]:
    """The words without case and punctuation; one that is all punctuation stays, so that places are kept."""
    return [_plain(word) for word in text.split()]


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if unicodedata.category(letter)[0] in "LMN") or word
