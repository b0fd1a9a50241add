"""What the last words say about the turn: has the speaker finished, or are they looking for a word? Pure.

Lists were drawn up from grammars and are not reviewed by a native speaker: a conjunction or a filler at the end
promises more, a sentence mark of the recogniser promises an end.
"""

from typing import Final, Literal

_SHONA: Final = "kuti uye asi nekuti nokuti kana saka apa kusvika sezvo zvino zvekuti kuitira pamusoro ndinoda ndiri"
_ENGLISH: Final = "and but so because or the a to of with that"
_FILLERS: Final = "em um uh eh aa mmm"

PROMISES_MORE: Final = frozenset(f"{_SHONA} {_ENGLISH} {_FILLERS}".split())
"""Conjunctions, fillers and words that want an object."""

MIN_WORDS_FINISHED: Final = 3
"""A sentence mark after fewer words is what recognisers put after anything."""


def turn_cue(text: str) -> Literal["", "finished", "hesitating"]:
    """What `text`, the words so far, suggests about the end of the turn."""
    words = text.split()
    if not words:
        return ""
    last = words[-1].casefold()
    if last.endswith((",", "...", "…", "-")) or last.strip(".?!,") in PROMISES_MORE:
        return "hesitating"
    if last.endswith((".", "?", "!")) and len(words) >= MIN_WORDS_FINISHED:
        return "finished"
    return ""
