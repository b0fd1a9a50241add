"""Any text made speakable: no figure, no sign, no markup is left, only words and pauses. Pure; knows no voice.

    spoken("Ndine $25, 30% yayo.").text  ->  "Ndine madhora makumi maviri nemashanu, zvikamu makumi matatu ..."

Characters are made plain first (folding.py). Then the text is read once from left to right as tokens; each kind of
token has one handler. No token looks at more than a bounded stretch that it does not consume, so the time is linear in
the text, and every string has a reading, if only an empty one. Markup is passed over mark by mark, never paired: what
is unbalanced costs nothing. Web addresses are said without their path; links by their text.
"""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from inzwa.shona.normalise.attention import Attention, plainly
from inzwa.shona.normalise.context import next_word, stands_apart, word_before, words_before
from inzwa.shona.normalise.folding import Folded, fold
from inzwa.shona.normalise.signs import is_hyphen, sign_words
from inzwa.shona.normalise.spoken_text import Composer, Spoken
from inzwa.shona.normalise.tokens import TOKEN
from inzwa.shona.normalise.words import (
    TITLE,
    Language,
    abbreviations,
    acronym,
    roman,
    roman_ordinal,
    spelled,
    symbols,
    title,
)
from inzwa.shona.numbers.figures import FIGURE_KINDS, Context
from inzwa.shona.numbers.readers import FIGURE_WORDS, READ_FIGURE, spelt_out

_LONGEST_LOOKED_UP: Final = 24
"""Letters. A longer word is no abbreviation and no acronym."""

_DIGIT: Final = re.compile(r"\d")
_PAUSE: Final = frozenset("–—|()")
"""Signs that part what stands around them."""
_UNHEARD: Final = frozenset("*`'#")
"""Signs that may stand inside a word without parting it."""


def spoken(text: str, language: str = "sn") -> Spoken:
    """The text as it is said in Shona, or in English for every other `language`. Never raises, whatever the text."""
    return _Reading(fold(text), "sn" if language == "sn" else "en").read()


class _Reading:
    """One text being read."""

    def __init__(self, folded: Folded, language: Language) -> None:
        self._folded, self._text, self._language = folded, folded.text, language
        self._composer = Composer()
        self._attention = Attention()

    def read(self) -> Spoken:
        at = 0
        while (at := self._read_closely(at)) < len(self._text):
            at = self._read_plainly(at)
        return self._composer.spoken()

    def _read_closely(self, at: int) -> int:
        """Token by token, up to where attention gives out."""
        for token in TOKEN.finditer(self._text, at):
            kind = token.lastgroup
            _HANDLERS[kind](self, token)
            if not self._attention.pays(kind, token.end() - token.start()):
                return token.end()
        return len(self._text)

    def _read_plainly(self, at: int) -> int:
        end = self._attention.rest(self._text, at)
        written = self._folded.origin(at), self._folded.origin(end)
        if said := plainly(self._text[at:end], FIGURE_WORDS[self._language]):
            self._composer.part(written[0], written[0])
            self._composer.say(said, *written)
        self._composer.part(written[1], written[1])
        return end

    def keep(self, token: re.Match[str]) -> None:
        self._composer.keep(token[0], *self._written(token))

    def say(self, words: str, token: re.Match[str]) -> None:
        self._composer.say(words, *self._written(token))

    def _say_apart(self, words: str, token: re.Match[str]) -> None:
        """With a space on either side, whether one is written or not."""
        start, end = self._written(token)
        self._composer.part(start, start)
        self._composer.say(words, start, end)
        self._composer.part(end, end)

    def space(self, token: re.Match[str]) -> None:
        self._composer.part(*self._written(token), line="\n" in token[0])

    def prose(self, token: re.Match[str]) -> None:
        """Words that are said as written, each with the space behind it."""
        start, end = self._written(token)
        if end - start == len(token[0]):
            self._composer.keep(token[0][:-1], start, end - 1)
            self._composer.part(end - 1, end)
            return
        for word in _PROSE_WORD.finditer(self._text, token.start(), token.end()):
            self.keep(word)
            self._composer.part(self._folded.origin(word.end()), self._folded.origin(word.end() + 1))

    def word(self, token: re.Match[str]) -> None:
        word = token[0]
        if len(word) <= _LONGEST_LOOKED_UP and (said := self._special(token)) is not None:
            self._say_short(said, token)
        else:
            self.keep(token)

    def letters(self, token: re.Match[str]) -> None:
        """A word that figures or signs touch: Studio7, akasiyana-siyana."""
        self.word(token)
        if _DIGIT.match(self._text, token.end()):
            end = self._folded.origin(token.end())
            self._composer.part(end, end)

    def mark(self, token: re.Match[str]) -> None:
        if token[0] == "." and self._text[token.end() : token.end() + 1].isalnum():
            self._composer.part(*self._written(token))
            return
        self._composer.pause("…" if token[0].startswith("..") else token[0][0], *self._written(token))

    def figure(self, token: re.Match[str]) -> None:
        context = Context(words_before(self._text, token.start()), next_word(self._text, token.end()))
        self._say_apart(READ_FIGURE[self._language](token, context), token)

    def initials(self, token: re.Match[str]) -> None:
        self.say(spelled(token[0], self._language), token)

    def named_sign(self, token: re.Match[str]) -> None:
        """2x4, No. 5, #5."""
        self._say_apart(symbols(self._language)["×" if token.lastgroup == "times" else "№"], token)

    def short(self, token: re.Match[str]) -> None:
        """An abbreviation with its full stop, which ends the sentence too where `and so on` ends one."""
        short = token[0].removesuffix(".").lower()
        self._say_short(abbreviations(self._language)[short], token)
        if short in _LAST_WORDS and _SENTENCE_ENDS.match(self._text, token.end()):
            end = self._folded.origin(token.end())
            self._composer.pause(".", end, end)

    def _say_short(self, words: str, token: re.Match[str]) -> None:
        self.say(words.removesuffix(TITLE), token)
        if words.endswith(TITLE):
            self._composer.join()

    def address(self, token: re.Match[str]) -> None:
        """A page or a mailbox: its host, and the name before it."""
        kind = token.lastgroup
        host = spelt_out(token[f"{kind}_host"] or "", self._language)
        name = f"{spelt_out(token['mail_name'], self._language)} at " if kind == "mail" else ""
        self.say(f"{name}{host}", token)

    def markup(self, token: re.Match[str]) -> None:
        """Marks that are not said; quotes and brackets part words, stars and apostrophes do not."""
        if not _UNHEARD.issuperset(token[0]):
            self._composer.part(*self._written(token))

    def blank(self, token: re.Match[str]) -> None:
        self._composer.part(*self._written(token), line=token.lastgroup in ("fence", "lead"))

    def sign(self, token: re.Match[str]) -> None:
        one = token["one"]
        if words := sign_words(self._text, *token.span(), self._language):
            self._say_apart(words, token)
        elif is_hyphen(self._text, *token.span()):
            self.keep(token)
        elif one in _PAUSE or (one == "-" and stands_apart(self._text, *token.span())):
            self._composer.pause(",", *self._written(token))
        else:
            self._composer.part(*self._written(token))

    def _special(self, token: re.Match[str]) -> str | None:
        """What is said for a word that is not said as written."""
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

_HANDLERS: Final[MappingProxyType[str | None, Callable[[_Reading, re.Match[str]], None]]] = MappingProxyType(
    {
        "space": _Reading.space,
        "prose": _Reading.prose,
        **dict.fromkeys(("word", "capitals"), _Reading.word),
        "letters": _Reading.letters,
        "mark": _Reading.mark,
        "markup": _Reading.markup,
        **dict.fromkeys(FIGURE_KINDS, _Reading.figure),
        "initials": _Reading.initials,
        "times": _Reading.named_sign,
        "numero": _Reading.named_sign,
        "short": _Reading.short,
        "web": _Reading.address,
        "mail": _Reading.address,
        "site": _Reading.address,
        "fence": _Reading.blank,
        "lead": _Reading.blank,
        "tag": _Reading.blank,
        "link": _Reading.blank,
        "sign": _Reading.sign,
    }
)
