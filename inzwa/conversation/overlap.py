"""Is speech over the reply an interruption? Classified by its words.

Three things look like an interruption and are none: a backchannel ("ehe"), the reply itself coming back as an echo, and
noise in which the recogniser finds no word.
"""

from difflib import SequenceMatcher
from enum import Enum, auto
from typing import Final

from inzwa.shona.dialogue.backchannels import is_backchannel, transcript_words

ECHO_SHARE: Final = 0.7
"""Share of the recognised letters that must occur in the reply, in order, for an echo. Recognisers mishear echoes, so
letters are compared and not words."""

SHORTEST_FUZZY: Final = 8
"""Letters below which a misheard echo cannot be told from chance: shorter speech is an echo only word for word."""

SHORTEST_RUN: Final = 3
"""Letters in a row below which agreement is chance."""


class OverlapKind(Enum):
    """What speech over the reply is."""

    NOISE = auto()
    """No words."""
    BACKCHANNEL = auto()
    """A listener's "go on"."""
    ECHO = auto()
    """The assistant's own words."""
    INTERRUPTION = auto()
    """Something to be answered."""


def classify_overlap(heard: str, saying: str) -> OverlapKind:
    """What `heard` is, while the assistant speaks `saying` (the phrases around now are enough)."""
    words = transcript_words(heard)
    if not words:
        return OverlapKind.NOISE
    if is_backchannel(heard):
        return OverlapKind.BACKCHANNEL
    return OverlapKind.ECHO if _is_echo(words, transcript_words(saying)) else OverlapKind.INTERRUPTION


def _is_echo(words: list[str], reply: list[str]) -> bool:
    letters = "".join(words)
    if len(letters) < SHORTEST_FUZZY:
        return all(word in reply for word in words)
    return _share("".join(reply), letters) >= ECHO_SHARE


def _share(reply: str, heard: str) -> float:
    """Share of `heard` that is found in `reply`, in order."""
    blocks = SequenceMatcher(None, reply, heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= SHORTEST_RUN) / len(heard)
