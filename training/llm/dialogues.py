"""Dialogues of training/data/dialogues.tsv: what a user says, in several ways, and what Inzwa answers."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Final

FILE: Final = Path(__file__).parents[1] / "data" / "dialogues.tsv"
COLUMNS: Final = ("dialogue", "turn", "domain", "part", "user", "reply", "kind", "fact")
"""`part` is train or held; `user`: its ways of asking, between VARIANTS; `fact`: what the reply claims, in English."""
VARIANTS: Final = " | "


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question and its answer."""

    ways: tuple[str, ...]
    reply: str
    kind: str
    fact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One to four exchanges that follow on each other."""

    name: str
    domain: str
    held: bool
    """Kept out of training: the measures are of these."""
    exchanges: tuple[Exchange, ...]

    def messages(self, random: Random) -> Iterator[tuple[str, str]]:
        """Roles and texts, each question in one of its ways."""
        for exchange in self.exchanges:
            yield "user", random.choice(exchange.ways)
            yield "assistant", exchange.reply


def read_dialogues(file: Path = FILE) -> list[Dialogue]:
    """In the file's order. ValueError for a line of another form."""
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{file.name}: expected the columns {', '.join(COLUMNS)}")
        return [_dialogue(list(rows)) for _, rows in groupby(reader, key=lambda row: row["dialogue"])]


def _dialogue(rows: Sequence[dict[str, str]]) -> Dialogue:
    first = rows[0]
    if [row["turn"] for row in rows] != [str(turn) for turn in range(1, len(rows) + 1)]:
        raise ValueError(f"{first['dialogue']}: its turns are not 1, 2, ...")
    exchanges = (
        Exchange(ways=tuple(row["user"].split(VARIANTS)), reply=row["reply"], kind=row["kind"], fact=row["fact"])
        for row in rows
    )
    return Dialogue(
        name=first["dialogue"], domain=first["domain"], held=first["part"] == "held", exchanges=tuple(exchanges)
    )
