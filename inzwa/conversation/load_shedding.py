"""Load shedding: how busy our cores are, and what is left out at which load.

What is missed least goes first: partial transcripts grow rare, then stop, then replies get shorter, then new sessions
are refused with a hint when to try again. What was accepted is never queued without bound.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Final


class Load(IntEnum):
    """What there is capacity for. Each level leaves out what the ones before it do, too."""

    EASY = 0
    """Everything."""
    BUSY = 1
    """Partial transcripts half as often."""
    HEAVY = 2
    """No partial transcripts."""
    STRAINED = 3
    """Replies of at most SHORT_REPLY_TOKENS tokens, their later phrases no sooner than they are needed."""
    FULL = 4
    """No new sessions."""


LIMITS: Final = ((0.92, Load.FULL), (0.6, Load.STRAINED), (0.45, Load.HEAVY), (0.35, Load.BUSY))
"""Share of our cores' time from which each level applies. Two cores at 80 % shall carry ten conversations, so replies
are shortened before that."""

LoadSource = Callable[[], Load]
"""Asked before work that could be left out."""

SHORT_REPLY_TOKENS: Final = 20
PERIOD_S: Final = 0.5
"""Shortest time over which a share is measured."""

WEIGHT: Final = 0.3
"""Of the newest share in the running mean: a level lasts a second or two, not for one long prompt."""


def no_load() -> Load:
    """A LoadSource where nothing is to be left out."""
    return Load.EASY


class LoadMeter:
    """The running share of `cores` cores that this process uses."""

    def __init__(self, clock: Callable[[], float], cpu_clock: Callable[[], float], cores: int) -> None:
        """`clock` counts seconds of wall time, `cpu_clock` CPU seconds of all this process's threads."""
        self._clock, self._cpu_clock, self._cores = clock, cpu_clock, cores
        self._wall_s, self._cpu_s = clock(), cpu_clock()
        self.share = 0.0
        """Of the cores' time, 0 to 1."""

    def level(self) -> Load:
        """What there is capacity for now."""
        self._update()
        return next((level for limit, level in LIMITS if self.share >= limit), Load.EASY)

    def _update(self) -> None:
        wall_s = self._clock() - self._wall_s
        if wall_s < PERIOD_S:
            return
        newest = min(1.0, (self._cpu_clock() - self._cpu_s) / (wall_s * self._cores))
        weight = 1 - (1 - WEIGHT) ** (wall_s / PERIOD_S)
        self.share += weight * (newest - self.share)
        self._wall_s, self._cpu_s = self._clock(), self._cpu_clock()
