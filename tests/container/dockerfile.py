"""The Dockerfile as stages of instructions. Reads no more of the language than that file uses, and refuses the rest."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RUNNING: Final = ("ARG", "ENV", "COPY", "RUN", "WORKDIR")
"""Instructions that change the root file system or what later ones see."""
DESCRIBING: Final = ("USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD")
"""Instructions that only say how the image is run."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line."""

    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        """What it is given, options (`--from=build`) left out."""
        return [word for word in shlex.split(self.rest) if not word.startswith("--")]

    @property
    def options(self) -> dict[str, str]:
        """`--name=value` in front."""
        pairs = (word[2:].partition("=") for word in shlex.split(self.rest) if word.startswith("--"))
        return {name: value for name, _, value in pairs}

    @property
    def command(self) -> list[str]:
        """The program of a CMD or a HEALTHCHECK in its exec form."""
        found: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return found

    @property
    def pairs(self) -> dict[str, str]:
        """NAME=value of an ENV or an ARG."""
        return {name: value for name, _, value in (word.partition("=") for word in self.words)}


@dataclass(frozen=True, slots=True)
class Stage:
    """From one FROM to the next."""

    base: str
    """An image, or an earlier stage."""
    name: str
    instructions: tuple[Instruction, ...]

    def all(self, word: str) -> Iterator[Instruction]:
        """Its instructions of this kind, in order."""
        return (each for each in self.instructions if each.word == word)

    def last(self, word: str) -> Instruction:
        """The one that counts. IndexError when there is none."""
        return list(self.all(word))[-1]

    @property
    def environ(self) -> dict[str, str]:
        """All that its ENV lines set."""
        return {name: value for each in self.all("ENV") for name, value in each.pairs.items()}

    @property
    def scripts(self) -> list[str]:
        """What its RUN lines call."""
        return [each.rest for each in self.all("RUN")]


def stages(path: Path) -> list[Stage]:
    """The stages, in order. ValueError for an instruction that is not known here, or one that goes over two lines."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    found: list[Stage] = []
    for line in (line for line in lines if line and not line.startswith("#")):
        word, _, rest = line.partition(" ")
        if line.endswith("\\") or word not in ("FROM", *RUNNING, *DESCRIBING):
            raise ValueError(f"not known here: {line}")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            found.append(Stage(base, name, ()))
        else:
            last = found[-1]
            found[-1] = Stage(last.base, last.name, (*last.instructions, Instruction(word, rest)))
    return found
