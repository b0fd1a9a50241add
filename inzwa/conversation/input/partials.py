"""Which words of a growing hypothesis are stable: LocalAgreement over two hypotheses in a row.

A word is stable once two successive hypotheses agree on it and on all before it (Machacek et al. 2023, "Turning
Whisper into a real-time transcription system"). A stable word stays, whatever later hypotheses hold.
"""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """`text` begins with `stable`; the rest may still change."""

    text: str
    stable: str


class LocalAgreement:
    """The agreement of one utterance's hypotheses."""

    def __init__(self) -> None:
        self._stable: list[str] = []
        self._previous: list[str] = []

    def push(self, text: str) -> Hypothesis:
        """The newest hypothesis compared with the one before."""
        words = text.split()
        agreed = _common(words, self._previous)
        if agreed > len(self._stable) and _same(words[: len(self._stable)], self._stable):
            self._stable += words[len(self._stable) : agreed]
        self._previous = words
        tail = words[len(self._stable) :]
        return Hypothesis(" ".join(self._stable + tail), " ".join(self._stable))


def _common(left: list[str], right: list[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if _plain(one) != _plain(other):
            break
        count += 1
    return count


def _same(left: list[str], right: list[str]) -> bool:
    return len(left) == len(right) == _common(left, right)


def _plain(word: str) -> str:
    """Case and punctuation flicker between hypotheses and are not disagreement."""
    return "".join(c for c in word.casefold() if unicodedata.category(c)[0] in "LMN" or c == "'") or word
