"""How complete the words so far are: whether the speaker has finished, or only pauses.

Each cue adds points for or against an end, and the logistic function makes a completeness between 0 and 1 of their sum.
A recogniser that hardly knows Shona divides its words anywhere and puts few sentence marks, so longer connectives are
looked for at the end of the letters too, and a missing mark says nothing. The lists were drawn up from grammars and are
not reviewed by a native speaker.
"""

import math
import re
from typing import Final

from inzwa.shona.dialogue.backchannels import BACKCHANNELS, transcript_words

UNKNOWN: Final = 0.5
"""The completeness of no words at all."""

UNFINISHED: Final = 0.25
"""Below this more is to come: the last word cannot be the last."""


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


FILLERS: Final = _words("em um uh eh aa mmm erm hmm ah er umm uhm emm")

_CONNECTIVES: Final = _words(
    "kuti uye asi nekuti nokuti kana saka apa kusvika sezvo zvino zvekuti kuitira pamusoro kubva kunyanya rekuti",
    "yekuti wekuti chekuti dzekuti kwekuti ndokuti asiwo uyezve nekuda pamwe kunyange ndokusaka zvakare",
)
_HANGING: Final = _words(
    "ndinoda ndiri uri ari tiri muri vari iri chiri zviri ndinokumbira ndinofunga ndinotya ndaida tinoda anoda munoda",
    "ndine ane une tine vane pane kune mune ndingaita ndingawana ndiudzei ndiudze ndipe ndipei unofanira ndinofanira",
    "kutsvaga kuziva izvi chimwe rimwe imwe umwe mumwe ndi ne na ye ya wa we dze dza che cha re ra kwe kwa mu ku pa",
)
_ENGLISH: Final = _words(
    "and but so because or the a an to of with that if when where which who from for in on at by about than as into",
    "near between my your his her our their this some any very more is are was were am be been will would can could",
    "should do does did don't doesn't have has had not i we they he she it's i'm i'll i'd i've there's let's please",
    "tell find want need know think like zero",
)
DANGLING: Final = _CONNECTIVES | _HANGING | _ENGLISH
"""Words after which more must come: conjunctions, prepositions, concords, auxiliaries, verbs without their object."""

_STEMS: Final = tuple(sorted(word.replace("d", "t") for word in _CONNECTIVES if len(word) > 3))
"""Connectives long enough to be known at the end of a word that swallowed them, d and t being one."""

_ENGLISH_M: Final = _words("am them him from team room farm film form problem system program i'm time name")
"""Words that end as a filler does; no word of Shona ends in m."""

CLOSING: Final = _words(
    "here sei riini rini kupi nguvai ani chii imarii papi nei mangani ngani zvakadii nderipi chingani wani chaizvo",
    "zvikuru ndapota wo henyu zvangu izvozvo ndizvozvo nhasi mangwana nezuro manheru masikati zvakanaka ndatenda",
    "mazvita today tomorrow yesterday please you now then there sunday monday morning evening",
)
"""Words that stand at the end: question words and particles, times, thanks."""

COMPLETE: Final = BACKCHANNELS | _words(
    "hongu ehe aiwa kwete mhoro mhoroi makadii makadini mangwanani masikati manheru ndatenda mazvita zvakanaka ndapota",
    "pamusoroi mira yes no ok okay hello hi thanks stop sure right",
)
"""Words that are an answer or a greeting by themselves."""

_VOCATIVES: Final = _words("shamwari baba amai mai sekuru ambuya mukoma sisi well")
_OPENERS: Final = _words("kana sezvo kunyange if when because although since")
"""They open a clause on which another follows."""
_NUMBERS: Final = _words(
    "zero poshi mbiri piri tatu ina shanu tanhatu nomwe sere pfumbamwe gumi one two three four five six seven eight",
    "nine ten",
)
_FINITE: Final = re.compile(
    r"(?:ha)?(?:ndi|u|a|ti|mu|va|chi|zvi|i|ri|ka|tu|pa|ku|dzi|mwa|ya|wa|ra)(?:no|ka|cha|nga|ri|na|ne|ngo|sa|chi|kuda)\w*"
    r"|ha\w+i|ndi\w{3,}|nda\w{2,}a|(?:ta|va)(?!ngu|nyu)\w{3,}a"
)
"""A word shaped like a finite Shona verb or copula: subject concord and tense sign, or a negative."""

_MIN_WORDS: Final = 3


def completeness(text: str) -> float:
    """How complete `text`, the words so far, is: from 0, more must come, to 1, nothing is missing; UNKNOWN for none."""
    words = transcript_words(text.casefold())
    if not words:
        return UNKNOWN
    return 1 / (1 + math.exp(-points(text, words)))


def points(text: str, words: list[str]) -> float:
    """The sum of all cues, in logits: positive for an end. `words` are those of `text`, in lower case, not empty."""
    mark = text.rstrip().rstrip("\"'”’)")
    return ending_points(words) + mark_points(mark, len(words)) + clause_points(words)


def ending_points(words: list[str]) -> float:
    """What the last word says."""
    last = words[-1]
    if last in FILLERS:
        return -4.0
    if last in DANGLING:
        return -3.0
    if len(words) <= 2 and all(word in COMPLETE for word in words):
        return 2.0
    if last in CLOSING:
        return 1.5
    if _swallowed(words):
        return -2.0
    return -0.5 if last in _NUMBERS else 0.0


def _swallowed(words: list[str]) -> bool:
    """Whether a connective or a filler may have become the end of the last word, a consonant of what followed with it:
    nekutit, sakad, kudi; asim, akasungwam."""
    last = words[-1]
    if last.endswith(("am", "em", "im", "om", "um")) and last not in _ENGLISH_M:
        return True
    letters = "".join(words[-2:]).replace("d", "t")
    open_end = letters if letters[-1] in "aeiou" else letters[:-1]
    return open_end.endswith(_STEMS)


def mark_points(text: str, words: int) -> float:
    """What the recogniser's last mark says: it puts a full stop after almost anything, a question mark with care."""
    if text.endswith(("...", "…", "-", "–")):
        return -2.0
    if text.endswith(","):
        return -1.5
    if text.endswith("?"):
        return 1.0
    return 0.5 if text.endswith((".", "!")) and words >= _MIN_WORDS else 0.0


def clause_points(words: list[str]) -> float:
    """What the clause lacks: a main clause after one that was opened, anything after a call, a verb."""
    if len(words) <= 2 and words[0] in _VOCATIVES and words[-1] not in CLOSING:
        return -1.5
    verbs = sum(_FINITE.fullmatch(word) is not None for word in words)
    if words[0] in _OPENERS and verbs < 3 and len(words) < 8:
        return -1.5
    if len(words) < _MIN_WORDS:
        return -0.3
    return 0.3 if verbs else -0.3
