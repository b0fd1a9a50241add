"""Inzwa's own Shona, which no native speaker has reviewed: page strings, dialogue lines, readings; and sentences."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from inzwa.feedback.tasks.items import Item
from inzwa.shona.normalise.normaliser import spoken

WRITTEN: Final = (
    "0", "1", "2", "7", "10", "11", "15", "20", "21", "34", "48", "99", "100", "101", "365", "1000", "1980", "2026",
    "12500", "1000000", "3.5", "0.25", "1/2", "3/4", "50%", "12.5%", "$1", "$5", "$25.50", "$100", "ZiG 40", "R15",
    "€20", "1 kg", "5 km", "20 °C", "2 l", "18 Kubvumbi 1980", "1 Ndira 2026", "25/12/2025", "08:00", "13:45", "06:30",
    "0772 123 456", "vanhu 3", "mazuva 7", "mwedzi 6", "makore 12", "zvikoro 8", "mombe 2", "mwana 1", "2020-2025",
)  # fmt: skip
"""Numbers, dates, times and money as people write them; some with the noun that the number agrees with."""


def review_items(phrases: Mapping[str, tuple[str, str]]) -> list[Item]:
    """An item for every text of Inzwa's own: these phrases (key to Shona and English), dialogue lines, readings."""
    page = (_text("page", key, shona, english) for key, (shona, english) in phrases.items() if shona != english)
    return [*page, *_dialogue(), *_readings()]


def reading_items() -> list[Item]:
    """An item for every sentence that may be read aloud."""
    return [
        Item(kind="reading", payload={"text": sentence}, hidden={"origin": "sentences.txt"}) for sentence in sentences()
    ]


@cache
def sentences() -> tuple[str, ...]:
    """The sentences of sentences.txt, which may be published."""
    text = files(__package__).joinpath("sentences.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def _dialogue() -> Iterator[Item]:
    for key, entry in tomllib.loads((files("inzwa.shona.dialogue") / "assistant.toml").read_text("utf-8")).items():
        yield _text("dialogue", key, entry["sn"], entry["en"])


def _readings() -> Iterator[Item]:
    for written in WRITTEN:
        yield _text("reading", written, spoken(written).text, written)


def _text(about: str, key: str, shona: str, beside: str) -> Item:
    """`beside` is the English, or what is read."""
    payload = {"text": shona, "beside": beside, "about": about}
    return Item(kind="review", payload=payload, hidden={"origin": "inzwa", "key": f"{about}.{key}"})
