"""The normaliser and the reader over a text: how fast, what they changed, and what they had no words for. No model."""

import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from inzwa.evaluation.hearing import Clock
from inzwa.shona.normalise.folding import fold
from inzwa.shona.normalise.normaliser import spoken
from inzwa.shona.normalise.spoken_text import Spoken
from inzwa.shona.phonology.orthography import ipa

Change = tuple[str, str]
"""What was written, and what is said for it."""

_SEEN: Final = ("L", "N", "S")
"""Unicode categories of characters that a reader misses when nothing is said for them: letters, figures, signs."""


@dataclass(slots=True)
class ReadText:
    """What is known of a text once it is read."""

    lines: int = 0
    words: int = 0
    """As written, between spaces."""
    changed_lines: int = 0
    figures_left: int = 0
    """Lines in which a figure is still to be said: none, if all is well."""
    silent_lines: int = 0
    """Lines with words that are not heard in any way."""
    normalising_s: float = 0.0
    reading_s: float = 0.0
    """From what is said to IPA."""
    changes: Counter[Change] = field(default_factory=Counter)
    unsaid: Counter[str] = field(default_factory=Counter)
    """Characters for which nothing is said, whatever stands beside them."""


def read_text(lines: Iterable[str], *, language: str = "sn", clock: Clock = time.process_time) -> ReadText:
    """Every line made speakable and read. Times are the processor's, so that a busy machine weighs less."""
    read, letters = ReadText(), Counter[str]()
    for line in lines:
        began = clock()
        said = spoken(line, language)
        normalised = clock()
        sounds = ipa(said.text)
        read.reading_s += clock() - normalised
        read.normalising_s += normalised - began
        _note(read, line, said, sounds)
        letters.update(line)
    read.unsaid = Counter({character: times for character, times in letters.items() if is_unsaid(character, language)})
    return read


def is_unsaid(character: str, language: str = "sn") -> bool:
    """Whether a letter, figure or sign leaves nothing to hear: other scripts, emoji."""
    if character.isascii() or unicodedata.category(character)[0] not in _SEEN:
        return False
    plain = fold(character).text.strip()
    return not (ipa(spoken(plain, language).text) if plain.isalnum() else plain)


def _note(read: ReadText, line: str, said: Spoken, sounds: str) -> None:
    read.lines += 1
    read.words += len(line.split())
    read.changed_lines += said.text != line
    read.figures_left += any(character.isdigit() for character in said.text)
    read.silent_lines += bool(line.strip()) and not sounds
    read.changes.update(_changes(line, said))


def _changes(line: str, said: Spoken) -> Iterator[Change]:
    for span in said.spans:
        written, heard = line[span.written_start : span.written_end], said.text[span.start : span.end]
        if heard.strip() and not span.verbatim and written.split() != heard.split():
            yield written.strip(), heard.strip()
