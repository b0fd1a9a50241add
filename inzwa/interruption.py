"""Is speech over the reply an interruption? Words in, judgement out. Pure: no clock, no sound, no session.

Three things sound like a user who interrupts and are not: assent ("ehe"), the reply itself coming back through the
loudspeaker, and noise in which the recogniser finds no word.
"""

from difflib import SequenceMatcher
from enum import Enum, auto
from typing import Final

from inzwa.shona.backchannels import is_backchannel, spoken_words

ECHO_SHARE: Final = 0.7
"""Share of the heard letters that must stand in the reply, in order, for it to be an echo. Recognisers mishear echoes,
so letters are compared and not words."""

SHORTEST_ECHO: Final = 4
"""Letters below which anything stands in anything."""


class Judgement(Enum):
    """What speech over the reply is."""

    NOISE = auto()
    """No words."""
    ASSENT = auto()
    """A listener's "go on"."""
    ECHO = auto()
    """The assistant's own words."""
    INTERRUPTION = auto()
    """Something to be answered."""


def judge_speech(heard: str, saying: str) -> Judgement:
    """What `heard` is, while the assistant is saying `saying` (the phrases around now are enough)."""
    letters = "".join(spoken_words(heard))
    if not letters:
        return Judgement.NOISE
    if is_backchannel(heard):
        return Judgement.ASSENT
    if len(letters) >= SHORTEST_ECHO and _share("".join(spoken_words(saying)), letters) >= ECHO_SHARE:
        return Judgement.ECHO
    return Judgement.INTERRUPTION


def _share(saying: str, heard: str) -> float:
    """Share of `heard` found in `saying` in runs of at least three letters: shorter ones are chance."""
    blocks = SequenceMatcher(None, saying, heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= 3) / len(heard)
