"""Inzwa's own lines (greeting, apologies, system prompt), by key and language."""

import tomllib
from functools import cache
from importlib.resources import files


def line(key: str, language: str) -> str:
    """The line `key` in `language`: Shona for `sn`, English for every other. KeyError for a key that is not there."""
    return _lines()[key]["sn" if language == "sn" else "en"]


@cache
def _lines() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("inzwa.shona.dialogue") / "assistant.toml").read_text(encoding="utf-8"))
