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

from inzwa.shona import english_figures, shona_figures
from inzwa.shona.figures import FIGURE, FIGURE_KINDS, Context
from inzwa.shona.folding import Folded, fold
from inzwa.shona.spoken import Composer, Spoken
from inzwa.shona.words import SHORT, TITLE, Language, abbreviations, acronym, roman, spelled, symbols, title

_WORDS_REMEMBERED: Final = 5
_LONGEST_LOOKED_UP: Final = 24
"""Letters. A longer word is no abbreviation and no acronym."""

_DOMAINS: Final = "com|org|net|edu|gov|info|io|app|dev|ai|africa|co|zw|za|bw|zm|mw|mz|ke|uk"
_LABEL: Final = r"[A-Za-z0-9-]{1,63}"

_TOKEN: Final = re.compile(
    rf"""(?P<space>\s++)
    | (?P<short>(?<![^\W_])(?i:{SHORT})\.(?!\w)|(?<![^\W_])(?:e\.g|i\.e)(?!\w))
    | (?P<word>[^\W\d_]++(?:'[^\W\d_]++)*+(?![@\d_+'-]|[.:/][\w/]|\ ?[$€£]|\ [\d]))
    | (?P<mark>[.,;:!?…]++)
    | (?P<fence>(?:^|(?<=\n))\ {{0,3}}(?:```[^\n]{{0,40}}|~~~[^\n]{{0,40}}|[-*_=]{{3,}}+[ ]*+(?=\n|\Z)))
    | (?P<lead>(?:^|(?<=\n))\ {{0,3}}(?:\#{{1,6}}\ |[-*+]\ |>))
    | (?P<link>\]\([^\s()\[\]]{{0,2000}}\))
    | (?P<markup>(?:[*`'"\#\[{{}}]|\](?!\())++)
    | (?P<web>(?:https?://|www\.)(?P<web_host>(?:{_LABEL}\.){{0,8}}{_LABEL})?(?:[.,;:!?]*+[^\s<>()\[\]"*`.,;:!?]++)*+)
    | (?P<mail>(?P<mail_name>[\w.+-]{{1,64}}+)@(?P<mail_host>{_LABEL}(?:\.{_LABEL}){{1,5}}))
    | (?P<site>(?P<site_host>(?:{_LABEL}\.){{1,6}}(?:{_DOMAINS}))(?![\w-])(?:/[^\s<>()\[\]"*`]*+)?)
    | {FIGURE.pattern}
    | (?P<initials>(?:[A-Z]\.){{2,6}}+|[A-Z]\.(?=\ [A-Z]))
    | (?P<letters>[^\W\d_]++(?:'[^\W\d_]++)*+)
    | (?P<tag></?[A-Za-z][^<>\n]{{0,200}}>|&(?:amp|lt|gt|quot|nbsp|\#\d{{1,6}});)
    | (?P<sign>(?P<one>.)(?P=one)*+)
    """,
    re.VERBOSE | re.DOTALL,
)

_DIGIT: Final = re.compile(r"\d")
_PAUSE: Final = frozenset("–—|()")
"""Signs that part what stands around them."""
_UNHEARD: Final = frozenset("*`'#")
"""Signs that may stand inside a word without parting it."""
_PIECE: Final = re.compile(r"[A-Za-z]++|\d++|[._+-]")
_DOT: Final = MappingProxyType({"sn": "dhoti", "en": "dot"})
_OR: Final = MappingProxyType({"sn": "kana", "en": "or"})
_READ_FIGURE: Final = MappingProxyType({"sn": shona_figures.read_figure, "en": english_figures.read_figure})


def spoken(text: str, language: str = "sn") -> Spoken:
    """The text as it is said in Shona, or in English for every other `language`. Never raises, whatever the text."""
    return _Reading(fold(text), "sn" if language == "sn" else "en").read()


class _Reading:
    """One text being read."""

    def __init__(self, folded: Folded, language: Language) -> None:
        self._folded, self._text, self._language = folded, folded.text, language
        self._composer = Composer()
        self._before: list[str] = []
        """Words of this sentence, and some more."""

    def read(self) -> Spoken:
        for token in _TOKEN.finditer(self._text):
            _HANDLERS[token.lastgroup](self, token)
        return self._composer.spoken()

    def keep(self, token: re.Match[str]) -> None:
        self._composer.keep(token[0], *self._written(token))

    def say(self, words: str, token: re.Match[str]) -> None:
        self._composer.say(words, *self._written(token))

    def space(self, token: re.Match[str]) -> None:
        self._composer.part(*self._written(token), line="\n" in token[0])

    def word(self, token: re.Match[str]) -> None:
        word = token[0]
        if len(word) <= _LONGEST_LOOKED_UP and (said := self._special(token)) is not None:
            self._say_short(said, token)
        else:
            self.keep(token)
        self._before.append(word if len(word) <= _LONGEST_LOOKED_UP else "")
        if len(self._before) > 64:
            del self._before[:-_WORDS_REMEMBERED]

    def letters(self, token: re.Match[str]) -> None:
        """A word that figures or signs touch: Studio7, akasiyana-siyana."""
        self.word(token)
        if _DIGIT.match(self._text, token.end()):
            self._composer.part(*self._written(token))

    def mark(self, token: re.Match[str]) -> None:
        if token[0] == "." and self._text[token.end() : token.end() + 1].isalnum():
            self._composer.part(*self._written(token))
            return
        if token[0][0] in ".!?…;":
            self._before.clear()
        self._composer.pause("…" if token[0].startswith("..") else token[0][0], *self._written(token))

    def figure(self, token: re.Match[str]) -> None:
        start, end = self._written(token)
        context = Context(self._before[-_WORDS_REMEMBERED:], self._next_word(token.end()))
        self._composer.part(start, start)
        self._composer.say(_READ_FIGURE[self._language](token, context), start, end)
        self._composer.part(end, end)

    def initials(self, token: re.Match[str]) -> None:
        self.say(spelled(token[0], self._language), token)

    def short(self, token: re.Match[str]) -> None:
        """An abbreviation with its full stop, which ends the sentence too where one ends there."""
        self._say_short(abbreviations(self._language)[token[0].removesuffix(".").lower()], token)
        if token[0][0].islower() and _SENTENCE_ENDS.match(self._text, token.end()):
            self._composer.pause(".", *self._written(token))

    def _say_short(self, words: str, token: re.Match[str]) -> None:
        self.say(words.removesuffix(TITLE), token)
        if words.endswith(TITLE):
            self._composer.join()

    def address(self, token: re.Match[str]) -> None:
        """A page or a mailbox: its host, and the name before it."""
        kind = token.lastgroup
        host = self._spelt_out(token[f"{kind}_host"] or "")
        name = f"{self._spelt_out(token['mail_name'])} at " if kind == "mail" else ""
        self.say(f"{name}{host}", token)

    def markup(self, token: re.Match[str]) -> None:
        """Marks that are not said; quotes and brackets part words, stars and apostrophes do not."""
        if not _UNHEARD.issuperset(token[0]):
            self._composer.part(*self._written(token))

    def blank(self, token: re.Match[str]) -> None:
        self._composer.part(*self._written(token), line=token.lastgroup in ("fence", "lead"))

    def sign(self, token: re.Match[str]) -> None:
        one = token["one"]
        if words := self._sign_words(token):
            self._composer.part(*self._written(token))
            self.say(words, token)
            self._composer.part(*self._written(token))
        elif one == "-" and self._inside_word(token):
            self.keep(token)
        elif one in _PAUSE or (one == "-" and self._stands_apart(token)):
            self._composer.pause(",", *self._written(token))
        else:
            self._composer.part(*self._written(token))

    def _special(self, token: re.Match[str]) -> str | None:
        """What is said for a word that is not said as written."""
        word, name = token[0], self._before[-1] if self._before else ""
        if word.isupper() and (ordinal := roman(word, name, self._language)):
            return ordinal
        if (full := title(word, self._language)) and self._next_word(token.end()).istitle():
            return full
        return None if word.islower() or word.istitle() else acronym(word, self._language)

    def _sign_words(self, token: re.Match[str]) -> str:
        one = token["one"]
        if one == "/" and self._inside_word(token):
            return _OR[self._language]
        alone = len(token[0]) == 1 or one in "%&"
        if not alone or (one in "+=@" and not self._between(token)):
            return ""
        return symbols(self._language).get(one, "")

    def _inside_word(self, token: re.Match[str]) -> bool:
        start, end = token.span()
        around = self._text[max(0, start - 1) : start], self._text[end : end + 1]
        return len(token[0]) == 1 and all(side.isalpha() for side in around)

    def _stands_apart(self, token: re.Match[str]) -> bool:
        start, end = token.span()
        return self._text[max(0, start - 1) : start] == " " == self._text[end : end + 1]

    def _between(self, token: re.Match[str]) -> bool:
        """Whether something is said on both sides, with or without a space."""
        start, end = token.span()
        left, right = self._text[max(0, start - 2) : start].strip(), self._text[end : end + 2].strip()
        return left[-1:].isalnum() and right[:1].isalnum()

    def _spelt_out(self, address: str) -> str:
        """An address by its words and figures: inzwa dhoti co dhoti zw."""
        pieces = []
        for piece in _PIECE.findall(address):
            if piece.isdigit():
                pieces.append(_READ_FIGURE[self._language](FIGURE.match(piece), Context((), "")))
            elif piece.isalpha():
                pieces.append(piece if len(piece) > 1 else spelled(piece, self._language))
            elif piece == ".":
                pieces.append(_DOT[self._language])
        return " ".join(pieces)

    def _next_word(self, at: int) -> str:
        found = _NEXT_WORD.match(self._text, at)
        return found["word"] if found else ""

    def _written(self, token: re.Match[str]) -> tuple[int, int]:
        return self._folded.origin(token.start()), self._folded.origin(token.end())


_NEXT_WORD: Final = re.compile(r"\.?\s{0,3}(?P<word>[^\W\d_]{1,24}+)")

_SENTENCE_ENDS: Final = re.compile(r"\s*+(?:\Z|[A-Z])")

_HANDLERS: Final[MappingProxyType[str | None, Callable[[_Reading, re.Match[str]], None]]] = MappingProxyType(
    {
        "space": _Reading.space,
        "word": _Reading.word,
        "letters": _Reading.letters,
        "mark": _Reading.mark,
        "markup": _Reading.markup,
        **dict.fromkeys(FIGURE_KINDS, _Reading.figure),
        "initials": _Reading.initials,
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
