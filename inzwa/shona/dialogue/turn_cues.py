"""Whether the last words suggest that the speaker has finished, or is looking for a word.

A conjunction or a filler at the end suggests more, the recogniser's sentence mark an end. The lists were drawn up from
grammars and are not reviewed by a native speaker.
"""

from typing import Final, Literal

_SHONA: Final = "kuti uye asi nekuti nokuti kana saka apa kusvika sezvo zvino zvekuti kuitira pamusoro ndinoda ndiri"
_ENGLISH: Final = "and but so because or the a to of with that"
_FILLERS: Final = "em um uh eh aa mmm"

SUGGESTS_MORE: Final = frozenset(f"{_SHONA} {_ENGLISH} {_FILLERS}".split())
"""Conjunctions, fillers and words that need an object."""

MIN_WORDS_FINISHED: Final = 3
"""After fewer words a sentence mark means nothing: recognisers put one after anything."""


def turn_cue(text: str) -> Literal["", "finished", "hesitating"]:
    """What `text`, the words so far, suggests about the end of the turn."""
    words = text.split()
    if not words:
        return ""
    last = words[-1].casefold()
    if last.endswith((",", "...", "…", "-")) or last.strip(".?!,") in SUGGESTS_MORE:
        return "hesitating"
    if last.endswith((".", "?", "!")) and len(words) >= MIN_WORDS_FINISHED:
        return "finished"
    return ""
