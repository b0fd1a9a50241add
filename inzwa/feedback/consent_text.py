"""What contributors are told before anything of theirs is kept: versioned, in Shona and English, from consent.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from inzwa.feedback.records import Licence
from inzwa.settings import Settings

Language = Literal["sn", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

LICENCES: Final[dict[Licence, tuple[str, str]]] = {
    "CC0-1.0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "CC-BY-4.0": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
}
"""A licence to its name for people and its address."""


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The text in one language, as a page shows it."""

    title: str
    paragraphs: tuple[str, ...]
    text_choice: str
    """Beside the box for ratings and texts."""
    voice_choice: str
    """Beside the box for recordings, never ticked beforehand; empty where no recordings are taken."""
    adult_choice: str
    """Beside the box for being 18 years or older; empty where no recordings are taken."""


def version() -> int:
    """The version of the text."""
    return int(_file()["version"])


def consent_text(settings: Settings, language: Language) -> ConsentText:
    """The text under these settings: their licence, retention, and whether recordings are taken."""
    written, recordings = _file()[language], settings.feedback == "full"
    paragraphs = [*written["paragraphs"], *(written["recordings"]["paragraphs"] if recordings else ())]
    licence, url = LICENCES[settings.feedback_licence]
    places = {"licence": licence, "licence_url": url, "days": settings.feedback_retention_days}
    return ConsentText(
        title=written["title"],
        paragraphs=tuple(paragraph.format(**places) for paragraph in paragraphs),
        text_choice=written["text_choice"],
        voice_choice=written["voice_choice"] if recordings else "",
        adult_choice=written["adult_choice"] if recordings else "",
    )


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("consent.toml").read_text(encoding="utf-8"))
