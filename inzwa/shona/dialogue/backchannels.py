"""Words by which a listener says "go on": they do not take the turn.

Listed from conversation grammars (Shona ehe, hongu, zvakanaka; English uh-huh, right), not reviewed by a native
speaker. aiwa ("no") is in the list because it is also said in assent to a negative statement; alone and short it lets
the reply go on, and what follows it interrupts all the same.
"""

import re
from typing import Final

BACKCHANNELS: Final = frozenset(
    {
        *("ehe", "ehee", "ehunde", "hongu", "aiwa", "iya", "oo", "aa", "a", "e", "ee", "hm", "hmm", "mm", "mmm", "mhm"),
        *("zvakanaka", "chokwadi", "saka", "inga", "nhai", "handiti", "zvazviri", "ndizvozvo", "ndizvo"),
        *("yes", "yeah", "yep", "ok", "okay", "right", "sure", "uh", "huh", "aha", "oh", "mhmm", "fine", "no", "hey"),
    }
)

MOST_WORDS: Final = 3
"""More words than this are a turn, whichever words they are."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def is_backchannel(text: str) -> bool:
    """Whether `text` is nothing but a few words of assent."""
    words = transcript_words(text)
    return 0 < len(words) <= MOST_WORDS and all(word in BACKCHANNELS for word in words)


def transcript_words(text: str) -> list[str]:
    """The words of a transcript, case-folded, without punctuation."""
    return _WORD.findall(text.casefold().replace("’", "'"))
