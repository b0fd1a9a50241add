"""A word filter on what users say and what the model answers. It stops the obvious and claims no more.

Linear in the length of the text: one alternation of fixed strings a category, no repetition inside.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Direction = Literal["input", "output"]
"""What users say; what the model answers."""

_WINDOW: Final = 64
"""Characters already released that may hold a phrase's beginning; longer than any phrase of the lists."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Why a text is blocked."""

    category: str
    reply: str
    """Key of the line to speak instead, in shona/dialogue/assistant.toml."""


def find_violation(text: str, direction: Direction) -> Violation | None:
    """The first category that `text` falls into, None when it may pass."""
    return _find(_folded(text), direction)


class ReplyFilter:
    """Releases a growing reply word by word, and nothing more from the first violation on."""

    def __init__(self) -> None:
        self.violation: Violation | None = None
        self._released = ""
        """The last whole words that were released, folded."""
        self._pending = ""

    def push(self, piece: str) -> str:
        """What may be shown now: whole words only, so that none is checked by its first half."""
        self._pending += piece
        cut = max(self._pending.rfind(" "), self._pending.rfind("\n"))
        return self._release(cut + 1)

    def flush(self) -> str:
        """The last word, when it may pass."""
        return self._release(len(self._pending))

    def _release(self, cut: int) -> str:
        words, self._pending = self._pending[:cut], self._pending[cut:]
        if not words or self.violation:
            return ""
        seen = _folded(f"{self._released} {words}")
        self.violation = _find(seen, "output")
        self._released = seen if len(seen) <= _WINDOW else seen[-_WINDOW:].partition(" ")[2]
        return "" if self.violation else words


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())


def _find(folded: str, direction: Direction) -> Violation | None:
    return next((violation for pattern, violation in _rules(direction) if pattern.search(folded)), None)


@cache
def _rules(direction: Direction) -> tuple[tuple[re.Pattern[str], Violation], ...]:
    table = tomllib.loads((files("inzwa.conversation.output") / "safety.toml").read_text(encoding="utf-8"))
    return tuple(
        (_any_of(entry[direction]), Violation(category, entry["reply"]))
        for category, entry in table.items()
        if entry[direction]
    )


def _any_of(terms: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, terms))})(?!\w)")
