"""A plain filter on what is heard and what is said: lists of words, one scan. Pure; knows no model.

Linear in the length of the text: one alternation of fixed strings a category, no repetition inside. It stops the
obvious and claims no more.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Side = Literal["heard", "said"]

_WINDOW: Final = 64
"""Characters of what was shown before that a phrase's beginning may stand in; longer than any phrase of the lists."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a text is not let through."""

    category: str
    reply: str
    """Key of the line to say instead, in shona/assistant.toml."""


def judge(text: str, side: Side) -> Verdict | None:
    """The first category that `text` falls into, None when it may pass."""
    return _judge(_folded(text), side)


class Screen:
    """Lets a growing reply through word by word, and stops for good at the first that may not pass."""

    def __init__(self) -> None:
        self.verdict: Verdict | None = None
        self._shown = ""
        """The last whole words that were let through, folded."""
        self._held = ""

    def push(self, piece: str) -> str:
        """What may be shown now: whole words only, so that no word is judged by its first half."""
        self._held += piece
        cut = max(self._held.rfind(" "), self._held.rfind("\n"))
        return self._release(cut + 1)

    def flush(self) -> str:
        """The last word, when it may pass."""
        return self._release(len(self._held))

    def _release(self, cut: int) -> str:
        words, self._held = self._held[:cut], self._held[cut:]
        if not words or self.verdict:
            return ""
        seen = _folded(f"{self._shown} {words}")
        self.verdict = _judge(seen, "said")
        self._shown = seen if len(seen) <= _WINDOW else seen[-_WINDOW:].partition(" ")[2]
        return "" if self.verdict else words


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())


def _judge(folded: str, side: Side) -> Verdict | None:
    return next((verdict for pattern, verdict in _rules(side) if pattern.search(folded)), None)


@cache
def _rules(side: Side) -> tuple[tuple[re.Pattern[str], Verdict], ...]:
    table = tomllib.loads((files("inzwa.conversation") / "safety.toml").read_text(encoding="utf-8"))
    return tuple(
        (_any_of(entry[side]), Verdict(category, entry["reply"])) for category, entry in table.items() if entry[side]
    )


def _any_of(terms: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, terms))})(?!\w)")
