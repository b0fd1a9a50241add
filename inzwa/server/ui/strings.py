"""The page's texts in Shona and English, read from strings.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal, get_args

Language = Literal["sn", "en"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
"""Shona first."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One text of the page."""

    sn: str
    """Shona."""
    en: str
    """English."""

    @property
    def both(self) -> str:
        """Where there is no switch of languages: the Shona, then the English if it differs."""
        return self.sn if self.sn == self.en else f"{self.sn} · {self.en}"


@cache
def page_strings() -> Mapping[str, Phrase]:
    """Every phrase by its dotted key, `state.ready`. TypeError for a phrase without both languages."""
    text = files(__package__).joinpath("strings.toml").read_text(encoding="utf-8")
    sections: dict[str, dict[str, dict[str, str]]] = tomllib.loads(text)
    return MappingProxyType(
        {f"{section}.{key}": Phrase(**entry) for section, keys in sections.items() for key, entry in keys.items()}
    )


def table(language: Language) -> dict[str, str]:
    """The dotted keys with the texts of one language, for the browser."""
    return {key: getattr(phrase, language) for key, phrase in page_strings().items()}


def say(key: str, **places: object) -> str:
    """The phrase in both languages with its {places} filled. KeyError for an unknown key or a missing place."""
    return page_strings()[key].both.format(**places)
