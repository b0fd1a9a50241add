"""Exchanges about numbers, whose words and agreement come from inzwa.shona: `python -m training.data.numbers` prints
them as lines of dialogues.tsv. The same each time."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Final

from inzwa.shona.numbers.cardinals import cardinal

DOMAIN: Final = "numbers"
HELD_SHARE: Final = 0.08
"""Of the exchanges, kept out of training: their numbers are new, the ways of asking are not."""

Pair = tuple[tuple[str, ...], str]
"""Ways of asking, and the reply."""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun that is counted, in the plural: its class, and its words for `others` and `how many`."""

    plural: str
    noun_class: int
    others: str
    how_many: str

    def counted(self, number: int) -> str:
        return f"{self.plural} {cardinal(number, self.noun_class)}"


NOUNS: Final = (
    *(Noun(plural, 6, "mamwe", "mangani") for plural in ("mabhuku", "mazai", "madhora", "maapuro", "maranjisi")),
    *(Noun(plural, 10, "dzimwe", "ngani") for plural in ("mbudzi", "mombe", "huku", "hwai", "imba")),
    *(Noun(plural, 8, "zvimwe", "zvingani") for plural in ("zvingwa", "zvigaro", "zvikoro", "zvipunu")),
    *(Noun(plural, 2, "vamwe", "vangani") for plural in ("vana", "vashandi", "vadzidzi", "vaenzi")),
    *(Noun(plural, 4, "mimwe", "mingani") for plural in ("miti", "misha", "mibvunzo", "mipanda")),
)


def counting() -> Iterator[Pair]:
    """What a number is called."""
    for number in (*range(1, 41), *range(45, 101, 5), 66, 77, 99, 101, 110, 120, 150, 200, 250, 300, 500, 750, 1000):
        ways = (
            f"Nhamba {number} inonzi chii neChiShona?",
            f"{number} inoverengwa sei?",
            f"Nditaurirewo kuti {number} inodaidzwa kuti chii",
        )
        yield ways, f"Inonzi {cardinal(number)}."
    for year in (1965, 1975, 1980, 1990, 1995, 2000, 2005, 2010, 2015, 2020, 2024, 2026):
        yield (f"Gore ra{year} rinoverengwa sei?", f"Verengai gore ra{year}"), f"Rinoverengwa kuti {cardinal(year)}."


def following() -> Iterator[Pair]:
    """What comes after a number and before it."""
    for number in range(1, 31):
        before, after = cardinal(number), cardinal(number + 1)
        yield (
            (f"Nhamba inotevera {before} ndeipi?", f"Pashure pe{before} panouya ani?", f"mushure me{before} kune ipi"),
            f"Panotevera {after}.",
        )
        yield (f"Nhamba inouya pamberi pe{after} ndeipi?", f"Ndeipi iri pamberi pe{after}?"), f"Panotanga {before}."


def sums() -> Iterator[Pair]:
    """Small sums and differences."""
    for one, other in product(range(1, 11), range(1, 11)):
        first, second = cardinal(one), cardinal(other)
        added = (
            f"{first.capitalize()} kuwedzera {second} zvinoita zvingani?",
            f"{one} + {other} inoita ingani?",
            f"Ndikawedzera {first} ne{second} ndinowana ngani",
        )
        yield added, f"{first.capitalize()} kuwedzera {second} inoita {cardinal(one + other)}."
        if one > other:
            taken = (
                f"{first.capitalize()} kubvisa {second} zvinosara zvingani?",
                f"{one} - {other} inoita ingani?",
                f"Ndikabvisa {second} pa{first} panosara ngani",
            )
            yield taken, f"{first.capitalize()} kubvisa {second} panosara {cardinal(one - other)}."


def comparisons() -> Iterator[Pair]:
    """Which of two is greater; halves and doubles."""
    for one, other in ((1, 2), (5, 3), (7, 9), (10, 8), (12, 20), (15, 11), (30, 40), (100, 90), (6, 4), (25, 52)):
        first, second = cardinal(one), cardinal(other)
        great, small = (first, second) if one > other else (second, first)
        ways = (f"Ndeipi yakakura pakati pe{first} ne{second}?", f"Chikuru chii, {first} kana {second}?")
        yield ways, f"{great.capitalize()} yakakura kupfuura {small}."
    for number in (2, 4, 6, 8, 10, 12, 20, 40, 100):
        half = cardinal(number // 2)
        yield (f"Hafu ye{cardinal(number)} ingani?", f"Chidimbu chepakati che{number} ingani?"), f"Hafu yayo ndi{half}."


def possessions(random: Random) -> Iterator[Pair]:
    """Counted things, of which there come more."""
    for noun in NOUNS:
        for _ in range(6):
            some, more = random.randint(2, 9), random.randint(2, 9)
            others = f"{noun.others} {cardinal(more, noun.noun_class)}"
            ways = (
                f"Ndine {noun.counted(some)}, ndikawana {others}, ndinenge ndine {noun.how_many}?",
                f"Kana ndine {noun.counted(some)} ndokuwedzerwa {others}, zvose {noun.how_many}?",
            )
            yield ways, f"Munenge mava ne{noun.counted(some + more)}."


def exchanges() -> Iterator[Pair]:
    """All of them."""
    yield from counting()
    yield from following()
    yield from sums()
    yield from comparisons()
    yield from possessions(Random(1))


def lines() -> Iterator[str]:
    """Lines of dialogues.tsv."""
    random = Random(2)
    for number, (ways, reply) in enumerate(exchanges(), 1):
        part = "held" if random.random() < HELD_SHARE else "train"
        yield "\t".join((f"{DOMAIN}-{number:03}", "1", DOMAIN, part, " | ".join(ways), reply, "number", ""))


if __name__ == "__main__":
    sys.stdout.write("".join(f"{line}\n" for line in lines()))
