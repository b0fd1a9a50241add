"""Any text made speakable: no digit, no symbol, no markup is left, only words and pauses.

    spoken("Ndine $25, 30% yayo.").text  ->  "Ndine madhora makumi maviri nemashanu, zvikamu makumi matatu ..."

Characters are reduced to plain ones first (character_folding.py). Then the text is read once from left to right as
tokens; each kind of token has one handler. No token looks further than a bounded stretch beyond its end, so the time is
linear in the text, and every string has a reading, if only an empty one. Markup is skipped mark by mark, never paired:
what is unbalanced costs nothing. Web addresses are read without their path; links by their text.
"""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from inzwa.shona import Language
from inzwa.shona.normalise.abbreviations import (
    JOINS_NAME,
    abbreviations,
    acronym,
    roman,
    roman_ordinal,
    spelled,
    title,
)
from inzwa.shona.normalise.addresses import spoken_address
from inzwa.shona.normalise.character_folding import FoldedText, fold
from inzwa.shona.normalise.context import next_word, stands_apart, word_before, words_before
from inzwa.shona.normalise.reading_budget import ReadingBudget, read_plainly
from inzwa.shona.normalise.spoken_text import SpokenText, SpokenTextBuilder
from inzwa.shona.normalise.symbols import is_hyphen, symbol_name, symbol_words
from inzwa.shona.normalise.tokens import TOKEN
from inzwa.shona.numbers.concords import Context
from inzwa.shona.numbers.languages import DIGIT_WORDS, VERBALISE
from inzwa.shona.numbers.written_numbers import NUMBER_KINDS, WrittenNumber

_LONGEST_LOOKED_UP: Final = 24
"""Letters. A longer word is no abbreviation and no acronym."""

_DIGIT: Final = re.compile(r"\d")
_PAUSE: Final = frozenset("–—|()")
"""Symbols that are read as a pause."""
_INSIDE_WORDS: Final = frozenset("*`'#")
"""Silent symbols that may be inside a word without splitting it."""


def spoken(text: str, language: str = "sn") -> SpokenText:
    """The text as it is spoken in Shona, or in English for every other `language`. Never raises, whatever the text."""
    return _Reading(fold(text), "sn" if language == "sn" else "en").read()


class _Reading:
    """One text being read."""

    def __init__(self, folded: FoldedText, language: Language) -> None:
        self._folded, self._text, self._language = folded, folded.text, language
        self._spoken = SpokenTextBuilder()
        self._budget = ReadingBudget()

    def read(self) -> SpokenText:
        at = 0
        while (at := self._read_tokens(at)) < len(self._text):
            at = self._read_plainly(at)
        return self._spoken.build()

    def _read_tokens(self, at: int) -> int:
        """As far as the budget goes."""
        for token in TOKEN.finditer(self._text, at):
            kind = token.lastgroup or ""
            _HANDLERS[kind](self, token)
            if not self._budget.spend(kind, token.end() - token.start()):
                return token.end()
        return len(self._text)

    def _read_plainly(self, at: int) -> int:
        end = self._budget.plain_end(self._text, at)
        written = self._folded.origin(at), self._folded.origin(end)
        if words := read_plainly(self._text[at:end], DIGIT_WORDS[self._language]):
            self._spoken.space(written[0], written[0])
            self._spoken.replace(words, *written)
        self._spoken.space(written[1], written[1])
        return end

    def copy(self, token: re.Match[str]) -> None:
        self._spoken.copy(token[0], *self._written(token))

    def replace(self, words: str, token: re.Match[str]) -> None:
        self._spoken.replace(words, *self._written(token))

    def _replace_apart(self, words: str, token: re.Match[str]) -> None:
        """With a space on either side, even where none is written."""
        start, end = self._written(token)
        self._spoken.space(start, start)
        self._spoken.replace(words, start, end)
        self._spoken.space(end, end)

    def space(self, token: re.Match[str]) -> None:
        self._spoken.space(*self._written(token), line="\n" in token[0])

    def prose(self, token: re.Match[str]) -> None:
        """Words that are spoken as written, each with the space after it."""
        start, end = self._written(token)
        if end - start == len(token[0]):
            self._spoken.copy(token[0][:-1], start, end - 1)
            self._spoken.space(end - 1, end)
            return
        for word in _PROSE_WORD.finditer(self._text, token.start(), token.end()):
            self.copy(word)
            self._spoken.space(self._folded.origin(word.end()), self._folded.origin(word.end() + 1))

    def word(self, token: re.Match[str]) -> None:
        word = token[0]
        if len(word) <= _LONGEST_LOOKED_UP and (words := self._special(token)) is not None:
            self._replace_short(words, token)
        else:
            self.copy(token)

    def letters(self, token: re.Match[str]) -> None:
        """A word that touches digits or symbols: Studio7, akasiyana-siyana."""
        self.word(token)
        if _DIGIT.match(self._text, token.end()):
            end = self._folded.origin(token.end())
            self._spoken.space(end, end)

    def mark(self, token: re.Match[str]) -> None:
        if token[0] == "." and self._text[token.end() : token.end() + 1].isalnum():
            self._spoken.space(*self._written(token))
            return
        self._spoken.punctuate("…" if token[0].startswith("..") else token[0][0], *self._written(token))

    def number(self, token: re.Match[str]) -> None:
        context = Context(words_before(self._text, token.start()), next_word(self._text, token.end()))
        self._replace_apart(VERBALISE[self._language](WrittenNumber(token, context)), token)

    def initials(self, token: re.Match[str]) -> None:
        self.replace(spelled(token[0], self._language), token)

    def named_symbol(self, token: re.Match[str]) -> None:
        """2x4, No. 5, #5."""
        self._replace_apart(symbol_name("×" if token.lastgroup == "times" else "№", self._language), token)

    def short(self, token: re.Match[str]) -> None:
        """An abbreviation with its full stop, which ends the sentence too where `and so on` ends one."""
        short = token[0].removesuffix(".").lower()
        self._replace_short(abbreviations(self._language)[short], token)
        if short in _LAST_WORDS and _SENTENCE_ENDS.match(self._text, token.end()):
            end = self._folded.origin(token.end())
            self._spoken.punctuate(".", end, end)

    def _replace_short(self, words: str, token: re.Match[str]) -> None:
        self.replace(words.removesuffix(JOINS_NAME), token)
        if words.endswith(JOINS_NAME):
            self._spoken.join_next()

    def address(self, token: re.Match[str]) -> None:
        """A page or a mailbox: its host, and the name before it."""
        kind = token.lastgroup
        host = spoken_address(token[f"{kind}_host"] or "", self._language)
        name = f"{spoken_address(token['mail_name'], self._language)} at " if kind == "mail" else ""
        self.replace(f"{name}{host}", token)

    def markup(self, token: re.Match[str]) -> None:
        """Silent marks; quotes and brackets split words, stars and apostrophes do not."""
        if not _INSIDE_WORDS.issuperset(token[0]):
            self._spoken.space(*self._written(token))

    def blank(self, token: re.Match[str]) -> None:
        self._spoken.space(*self._written(token), line=token.lastgroup in ("fence", "lead"))

    def symbol(self, token: re.Match[str]) -> None:
        one = token["one"]
        if words := symbol_words(self._text, *token.span(), self._language):
            self._replace_apart(words, token)
        elif is_hyphen(self._text, *token.span()):
            self.copy(token)
        elif one in _PAUSE or (one == "-" and stands_apart(self._text, *token.span())):
            self._spoken.punctuate(",", *self._written(token))
        else:
            self._spoken.space(*self._written(token))

    def _special(self, token: re.Match[str]) -> str | None:
        """The words for one that is not spoken as written, else None."""
        word = token[0]
        if word[0] in "IVX" and (ordinal := self._roman(token)):
            return ordinal
        if (full := title(word, self._language)) and next_word(self._text, token.end()).istitle():
            return full
        return None if word.islower() or word.istitle() else acronym(word, self._language)

    def _roman(self, token: re.Match[str]) -> str | None:
        number = roman(token[0])
        return roman_ordinal(number, word_before(self._text, token.start()), self._language) if number else None

    def _written(self, token: re.Match[str]) -> tuple[int, int]:
        return self._folded.origin(token.start()), self._folded.origin(token.end())


_PROSE_WORD: Final = re.compile(r"[^\W\d_]++(?:'[^\W\d_]++)*+")
_LAST_WORDS: Final = ("nezv", "etc")
_SENTENCE_ENDS: Final = re.compile(r"\s*+(?:\Z|[A-Z])")

_HANDLERS: Final[MappingProxyType[str, Callable[[_Reading, re.Match[str]], None]]] = MappingProxyType(
    {
        "space": _Reading.space,
        "prose": _Reading.prose,
        **dict.fromkeys(("word", "capitals"), _Reading.word),
        "letters": _Reading.letters,
        "mark": _Reading.mark,
        "markup": _Reading.markup,
        **dict.fromkeys(NUMBER_KINDS, _Reading.number),
        "initials": _Reading.initials,
        "times": _Reading.named_symbol,
        "numero": _Reading.named_symbol,
        "short": _Reading.short,
        "web": _Reading.address,
        "mail": _Reading.address,
        "site": _Reading.address,
        "fence": _Reading.blank,
        "lead": _Reading.blank,
        "tag": _Reading.blank,
        "link": _Reading.blank,
        "symbol": _Reading.symbol,
    }
)
