"""The normaliser and the conversion to IPA measured on a text: how fast, what they changed, what they leave unsaid."""

import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from inzwa.evaluation.asr import Clock
from inzwa.shona.normalise.character_folding import fold
from inzwa.shona.normalise.normaliser import spoken
from inzwa.shona.normalise.spoken_text import SpokenText
from inzwa.shona.phonology.ipa import ipa

Change = tuple[str, str]
"""What was written, and what is said for it."""

_SEEN: Final = ("L", "N", "S")
"""Unicode categories of characters that should be spoken: letters, figures, signs."""


@dataclass(slots=True)
class TextFigures:
    """What was counted over a text."""

    lines: int = 0
    words: int = 0
    """As written, between spaces."""
    changed_lines: int = 0
    figures_left: int = 0
    """Lines in which a figure is left: none, if all is well."""
    silent_lines: int = 0
    """Lines with words of which nothing is spoken."""
    normalising_s: float = 0.0
    reading_s: float = 0.0
    """From the normalised text to IPA."""
    changes: Counter[Change] = field(default_factory=Counter)
    unsaid: Counter[str] = field(default_factory=Counter)
    """Characters for which nothing is said, in any context."""


def measure_text(lines: Iterable[str], *, language: str = "sn", clock: Clock = time.process_time) -> TextFigures:
    """Every line normalised and converted. Times are CPU time, so that a busy machine weighs less."""
    figures, letters = TextFigures(), Counter[str]()
    for line in lines:
        began = clock()
        said = spoken(line, language)
        normalised = clock()
        sounds = ipa(said.text)
        figures.reading_s += clock() - normalised
        figures.normalising_s += normalised - began
        _note(figures, line, said, sounds)
        letters.update(line)
    figures.unsaid = Counter({one: times for one, times in letters.items() if is_unsaid(one, language)})
    return figures


def is_unsaid(character: str, language: str = "sn") -> bool:
    """Whether nothing is said for a letter, figure or sign: other scripts, emoji."""
    if character.isascii() or unicodedata.category(character)[0] not in _SEEN:
        return False
    plain = fold(character).text.strip()
    return not (ipa(spoken(plain, language).text) if plain.isalnum() else plain)


def _note(figures: TextFigures, line: str, said: SpokenText, sounds: str) -> None:
    figures.lines += 1
    figures.words += len(line.split())
    figures.changed_lines += said.text != line
    figures.figures_left += any(character.isdigit() for character in said.text)
    figures.silent_lines += bool(line.strip()) and not sounds
    figures.changes.update(_changes(line, said))


def _changes(line: str, said: SpokenText) -> Iterator[Change]:
    for span in said.spans:
        written, heard = line[span.written_start : span.written_end], said.text[span.start : span.end]
        if heard.strip() and not span.verbatim and written.split() != heard.split():
            yield written.strip(), heard.strip()
