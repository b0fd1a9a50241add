"""Cuts a reply into phrases for the voice while it is still being written.

A phrase ends where a reader would breathe: at . ! ? ; : , … or a line's end, followed by a space, so that 3,5 and
10:30 and an address stay whole; a dot that belongs to an abbreviation ends nothing. The first phrase is cut as soon
as it can be spoken, at a space if no mark comes, because the listener waits for it; later ones run longer, because
they sound better whole. Behind a very short opening the next phrase is short too, or the listener would hear a gap:
its sound must be there before that of the opening is over. Each word comes out once and in order; runs of white space
become one space.
"""

import re
from dataclasses import dataclass
from typing import Final

from inzwa.shona.normalise.abbreviations import TITLES

LONGEST_PHRASE: Final = 400
"""Characters. A longer run without a space is cut anywhere: the only case where a word is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Bounds of a phrase's length, in characters."""

    sentence: int
    """Shortest phrase that . ! ? … may end."""
    clause: int
    """Shortest phrase that , ; : may end."""
    most: int
    """Where a phrase without a mark is cut between two words."""
    natural: int = LONGEST_PHRASE
    """Shortest phrase that may end before a word that begins a part of the sentence."""


FIRST: Final = Lengths(sentence=2, clause=4, most=24, natural=8)
"""`Ehe,` is a phrase, and so is `A computer is`; 24 characters are three words of Shona and a second and a half of
speech, in which the model and the voice make the next phrase."""

FOLLOWING: Final = Lengths(sentence=4, clause=8, most=32, natural=16)
"""Behind a first phrase that is shorter than BRIEF: with SECOND there, the model would come too late."""

BRIEF: Final = 12
"""Characters: less than a second of speech, in which the model writes 25 to 60 tokens."""

SECOND: Final = Lengths(sentence=12, clause=24, most=80)
LATER: Final = Lengths(sentence=24, clause=60, most=160)

_SPACES: Final = re.compile(r"\s++")
_GAP: Final = re.compile(r"[ \n]")
_SENTENCE_END: Final = re.compile(r"[.!?…][\"'”’)\]*_]*+\Z")
_CLAUSE_END: Final = re.compile(r"[,;:][\"'”’)\]*_]*+\Z")
_ABBREVIATION: Final = re.compile(
    r"(?:\A|[\s(\"'“‘])"
    r"(?:dr|prof|mr|mrs|ms|rev|hon|gen|col|capt|sgt|eng|adv|st|jr|sr|vs|nezv|nhmb|no|vol|pp?"
    r"|(?:va)?[a-z](?:\.[a-z])*)\.\Z",
    re.IGNORECASE,
)
"""Titles, nezv. (and so on), nhmb. (number), initials (J. M., VaX., e.g.)."""

_ENGLISH: Final = (
    "a an the and but or because so if when while where which who that for with from in on at about by as into"
)
_SHONA: Final = "asi uye kana kuti nokuti nekuti saka sezvo apo pakuti kunyange kusvika kubva pamusoro"
_BEGINNINGS: Final = frozenset(f"{_ENGLISH} {_SHONA}".split())
"""Words before which a speaker may pause, English and Shona. No native speaker has reviewed the Shona ones."""

_TITLE: Final = re.compile(rf"(?:\A|[^\w])[a-z]{{0,6}}{TITLES}\Z")
"""A title without its full stop, which is read with the name after it: naProf Moyo."""

_LONGEST_ENDING: Final = 24
"""Characters before a gap in which a mark or an abbreviation is looked for."""

_AT_FIRST: Final = 4
"""Lengths in store when the first phrase is cut."""

_WORD_CHARACTER: Final = re.compile(r"[^\W_]")


class PhraseCutter:
    """One reply's cutter: push what the model writes, flush at its end. Buffers little more than one phrase."""

    def __init__(
        self,
        *,
        first: Lengths = FIRST,
        following: Lengths = FOLLOWING,
        second: Lengths = SECOND,
        later: Lengths = LATER,
    ) -> None:
        self._lengths = [later, second, following, first]
        self._buffer = ""
        """Text that is not cut yet; every space in it is one character."""
        self._seen = 0
        """Where the search for the next gap continues, an index into `_buffer`."""
        self._word_gap = 0
        """The last gap between two words where the phrase may be cut for its length; 0 is none."""

    def push(self, token: str) -> list[str]:
        """The phrases that are complete now, in order."""
        phrases: list[str] = []
        for at in range(0, len(token), LONGEST_PHRASE):
            self._append(token[at : at + LONGEST_PHRASE])
            while (end := self._next_end()) is not None:
                phrases.append(self._cut(end))
        return phrases

    def flush(self) -> list[str]:
        """What is left, as one phrase or none. The buffer is empty then; the lengths stay as they are."""
        rest = " ".join(self._buffer.split())
        self._buffer, self._seen, self._word_gap = "", 0, 0
        return [rest] if rest else []

    def _append(self, piece: str) -> None:
        piece = _SPACES.sub(_one_space, piece)
        if not self._buffer or self._buffer[-1].isspace():
            piece = self._join_spaces(piece)
        self._buffer += piece

    def _join_spaces(self, piece: str) -> str:
        """The piece without a space that doubles the last one of the buffer; a line's end replaces a space."""
        if not piece[:1].isspace():
            return piece
        if piece[0] == "\n" and self._buffer:
            self._buffer = self._buffer[:-1] + "\n"
        return piece[1:]

    def _next_end(self) -> int | None:
        """Where the first phrase of the buffer ends, or None while that is not known."""
        lengths = self._lengths[-1]
        while gap := _GAP.search(self._buffer, self._seen, LONGEST_PHRASE):
            at = gap.start()
            if at > lengths.most and self._word_gap:
                return self._word_gap
            last = at + 1 == len(self._buffer)
            if not (last and self._may_continue(at)) and self._ends_at(at, lengths):
                return at
            if self._begins_part(at, lengths):
                return self._word_gap
            if last:
                return None
            self._seen = at + 1
            if self._may_cut(at):
                self._word_gap = at
        return self._end_for_length(lengths)

    def _end_for_length(self, lengths: Lengths) -> int | None:
        if len(self._buffer) > lengths.most and self._word_gap:
            return self._word_gap
        return LONGEST_PHRASE if len(self._buffer) > LONGEST_PHRASE else None

    def _ends_at(self, at: int, lengths: Lengths) -> bool:
        """Whether the gap at `at` follows a mark that may end the phrase, or is a line's end."""
        if not self._has_word(at):
            return False
        if self._buffer[at] == "\n":
            return True
        if self._before(at, _SENTENCE_END):
            return at >= lengths.sentence and not self._before(at, _ABBREVIATION)
        return at >= lengths.clause and self._before(at, _CLAUSE_END) and not self._in_number(at)

    def _begins_part(self, at: int, lengths: Lengths) -> bool:
        """Whether the word before the gap at `at` begins a part of the sentence, and the one before it does not."""
        if self._word_gap < lengths.natural or self._buffer[self._word_gap + 1 : at].lower() not in _BEGINNINGS:
            return False
        return self._buffer[: self._word_gap].rpartition(" ")[2].lower() not in _BEGINNINGS

    def _in_number(self, at: int) -> bool:
        """Whether the comma before this gap is between digits: 1, 263."""
        return self._may_continue(at) and self._buffer[at + 1 : at + 2].isdigit()

    def _may_continue(self, at: int) -> bool:
        """Whether a digit after this gap would belong to the number before it."""
        return at >= 2 and self._buffer[at - 1] == "," and self._buffer[at - 2].isdigit()

    def _may_cut(self, at: int) -> bool:
        """Whether the phrase may be cut between two words here: not 1 000, vanhu 38 or 31 Chikunguru, which agree; not
        Dr. Moyo; nothing before the first word."""
        if self._buffer[at - 1].isdigit() or self._buffer[at + 1].isdigit():
            return False
        return self._has_word(at) and not self._before(at, _ABBREVIATION) and not self._before(at, _TITLE)

    def _has_word(self, at: int) -> bool:
        return _WORD_CHARACTER.search(self._buffer, 0, at) is not None

    def _before(self, at: int, ending: re.Pattern[str]) -> bool:
        """Whether the text up to `at` ends so."""
        return ending.search(self._buffer, max(0, at - _LONGEST_ENDING), at) is not None

    def _cut(self, end: int) -> str:
        phrase, self._buffer = " ".join(self._buffer[:end].split()), self._buffer[end:].lstrip()
        self._seen, self._word_gap = 0, 0
        if len(self._lengths) == _AT_FIRST and len(phrase) >= BRIEF:
            self._lengths.pop()
        if len(self._lengths) > 1:
            self._lengths.pop()
        return phrase


def _one_space(run: re.Match[str]) -> str:
    return "\n" if "\n" in run[0] else " "


def cut_phrases(text: str) -> list[str]:
    """A whole text in phrases."""
    cutter = PhraseCutter()
    return cutter.push(text) + cutter.flush()
