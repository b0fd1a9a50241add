"""Words for a recogniser to favour: a core list of Shona's, and how lists are merged.

How many fit depends on the recogniser (Whisper needs 3.35 tokens for a Shona word), so the most useful stand first.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


@cache
def core_hotwords() -> tuple[str, ...]:
    """Words of any Shona conversation, the most useful first."""
    groups: dict[str, list[str]] = tomllib.loads((files(__package__) / "hotwords.toml").read_text(encoding="utf-8"))
    return merge_hotwords(*groups.values())


def merge_hotwords(*lists: Iterable[str]) -> tuple[str, ...]:
    """The lists one after the other, stripped; of words that differ only in case the first stays."""
    words: dict[str, str] = {}
    for word in (word.strip() for each in lists for word in each):
        if word:
            words.setdefault(word.casefold(), word)
    return tuple(words.values())
