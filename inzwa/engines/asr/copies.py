"""Phrases that a transcript repeats: where, and how often a sound of so many syllables can hold them."""

import re
import unicodedata
import zlib
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from inzwa.engines.asr.syllables import SpokenLength, count_in_text

MAX_COMPRESSION: Final = 2.4
"""Text that deflates better than this repeats itself; the threshold of Whisper's authors."""

_MAX_COPIES: Final = {1: 4, 2: 2, 3: 2}
"""Words in a phrase, and how often people say it in a row within a longer text. Longer phrases: once."""

COPY_MS: Final = 370
"""From one copy to the next at least. Of 200 short utterances the two syllables of one word lay 70 to 350 ms apart but
for two, those of "yes, yes" and "no, no, no" 390 to 620."""

_ROUNDED_UP: Final = 0.4
"""Share of a copy that counts as one: a syllable in ten goes unnoticed."""

_LOOP_SYLLABLES: Final = 2
_LOOP_DOUBT: Final = 0.5
"""In a loop, which shows nothing but that the decoder repeats itself, a copy counts as so many syllables at least, and
half a syllable more, unless all lie as far apart as copies do."""

_TOO_LONG: Final = 1.5
"""Syllables of a text by those of its sound, from which phrases that are nearly alike count as copies."""

_ALIKE: Final = 0.75
"""Share of letters that two such phrases have in common."""

_LOOP: Final = re.compile(r"(.{1,12}?)\1{2,}.{0,11}$")
"""A few letters over and over, to the end of the text."""


def without_extra_copies(text: str, said: SpokenLength, language: str, *, unsure: bool = False) -> str:
    """The text with as many copies of a phrase as its sound has room for, and at least one.

    Nothing is left out of a text without copies, however long it is. `unsure` is a decoder that did not come to an end,
    or believes its words little: then its copies show nothing.
    """
    words, looping = plain_words(text), unsure or is_looping(text)
    if cycle := cycle_words(words):
        return _beginning(text, cycle * _copies_said(text, cycle, said, language, looping=looping))
    if end := first_copy_words(words):
        once = _beginning(text, end)
        text = text if not looping and _fits_better(text, once, said, language) else once
        words = words[: len(text.split())]
    too_long = count_in_text(text, language=language) > _TOO_LONG * said.syllables + 1
    if too_long and (half := _alike_halves(words)):
        return _beginning(text, half)
    return _without_loop(text, said, language) if is_looping(text) else text


def may_hold_copies(text: str) -> bool:
    """Whether something stands in it twice in a row, or nearly so: then the sound has to decide."""
    words = plain_words(text)
    return is_looping(text) or first_copy_words(words) is not None or _alike_halves(words) is not None


def is_looping(text: str) -> bool:
    """Whether it repeats itself more than any sentence does."""
    data = text.encode()
    return len(data) > MAX_COMPRESSION * len(zlib.compress(data))


def first_copy_words(words: Sequence[str]) -> int | None:
    """How many words there are before a copy that is one too many; None where there is none."""
    if cycle := cycle_words(words):
        return cycle
    for start in range(len(words)):
        for length in range(1, (len(words) - start) // 2 + 1):
            if _copies(words, start, length) > _MAX_COPIES.get(length, 1):
                return start + length
    return None


def cycle_words(words: Sequence[str]) -> int | None:
    """How many words the text repeats from its beginning to its end; None where it does not."""
    return next((length for length in range(1, len(words) // 2 + 1) if _is_cycle(words, length)), None)


def plain_words(text: str) -> list[str]:
    """The words without case and punctuation; one that is all punctuation stays, so that positions are kept."""
    return [_plain(word) for word in text.split()]


def _copies_said(text: str, cycle: int, said: SpokenLength, language: str, *, looping: bool) -> int:
    """How many copies of the text's first words the sound has room for, of those that are there."""
    copies = max(len(text.split()) // cycle, 1)
    syllables = max(count_in_text(_beginning(text, cycle), language=language), 1)
    counted = said.syllables / syllables + _ROUNDED_UP
    if looping or copies > _MAX_COPIES[1]:
        apart = said.span_ms >= COPY_MS * (said.syllables - 1)
        counted = said.syllables / (syllables if apart else max(syllables, _LOOP_SYLLABLES) + _LOOP_DOUBT)
    room = min(int(counted), 1 + said.span_ms // COPY_MS)
    return max(1, min(copies, room))


def _beginning(text: str, words: int) -> str:
    """The text's first words, as they are where that is all."""
    written = text.split()
    return text if words >= len(written) else " ".join(written[:words]).rstrip(",;")


def _fits_better(text: str, other: str, said: SpokenLength, language: str) -> bool:
    """Whether the sound is as long as the text rather than as the other."""
    mine, others = (abs(count_in_text(each, language=language) - said.syllables) for each in (text, other))
    return mine < others


def _alike_halves(words: Sequence[str]) -> int | None:
    """How many words the first of two halves has that are nearly alike; None where they are not."""
    middle = len(words) // 2
    ends = {end: _likeness(words, end) for end in (middle, middle + 1, middle - 1) if 0 < end < len(words)}
    return next((end for end in ends if ends[end] == max(ends.values()) >= _ALIKE), None)


def _likeness(words: Sequence[str], end: int) -> float:
    """Share of letters that the words before and behind have in common."""
    return SequenceMatcher(None, "".join(words[:end]), "".join(words[end:]), autojunk=False).ratio()


def _without_loop(text: str, said: SpokenLength, language: str) -> str:
    """The text up to its sound's length where it ends in a few letters over and over; as it is elsewhere."""
    if not (loop := _LOOP.search(text)):
        return text
    step, end = len(loop[1]), loop.start() + len(loop[1])
    while end + step <= len(text) and count_in_text(text[: end + step], language=language) <= said.syllables:
        end += step
    return text[:end].rstrip(" ,;-'")


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


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if unicodedata.category(letter)[0] in "LMN") or word
