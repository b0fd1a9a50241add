"""What can be said against a command without running it: its grammar, its make target, its options, its files."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

from inzwa.cli.parser import parser
from tests.docs.documents import ROOT

_BETWEEN: Final = re.compile(r"\s*(?:&&|\|)\s*")
_ASSIGNMENT: Final = re.compile(r"\w+=.*", re.DOTALL)
_TARGET: Final = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


def make_targets() -> set[str]:
    """What the Makefile can make."""
    return set(_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))


def complaints(command: str) -> Iterator[str]:
    """What is wrong with a command line of bash."""
    checked = subprocess.run(["bash", "-n", "-c", command], capture_output=True, text=True, check=False)
    if checked.returncode:
        yield checked.stderr
        return
    for part in _BETWEEN.split(command):
        words = shlex.split(part)
        while words and _ASSIGNMENT.fullmatch(words[0]):
            words = words[1:]
        if words:
            yield from _CHECKS.get(Path(words[0]).name, _nothing)(words[1:])


def _nothing(_: list[str]) -> Iterator[str]:
    yield from ()


def _make(words: list[str]) -> Iterator[str]:
    wanted = [word for word in words if word.isidentifier() or re.fullmatch("[a-z-]+", word)]
    yield from (f"make has no target {word}" for word in set(wanted) - make_targets() if not word.startswith("-"))


def _python(words: list[str]) -> Iterator[str]:
    match words:
        case ["-m", "inzwa", *arguments]:
            yield from _inzwa(arguments)
        case ["-m", module, *arguments] if module != "venv":
            path = ROOT / module.replace(".", "/")
            source = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
            text = source.read_text(encoding="utf-8") if source.is_file() else ""
            if not text:
                yield f"there is no {source}"
            yield from (f"{module} takes no {word}" for word in _options(arguments) if f'"{word}"' not in text)


def _inzwa(arguments: list[str]) -> Iterator[str]:
    try:
        parser().parse_args(arguments)
    except SystemExit:
        yield f"python -m inzwa does not take {shlex.join(arguments)}"


def _pip(words: list[str]) -> Iterator[str]:
    files = [file for option, file in pairwise(words) if option == "-r"]
    yield from (f"there is no {file}" for file in files if not (ROOT / file).is_file())


def _hf(words: list[str]) -> Iterator[str]:
    """The Hub's own command line, asked for its help."""
    first_argument = next((at for at, word in enumerate(words) if not word.isalpha()), len(words))
    command = [str(Path(sys.executable).with_name("hf")), *words[:first_argument], "--help"]
    helped = subprocess.run(command, capture_output=True, text=True, check=False)
    if helped.returncode:
        yield helped.stderr
    yield from (f"hf {words[:first_argument]} takes no {word}" for word in _options(words) if word not in helped.stdout)


def _options(words: list[str]) -> list[str]:
    return [word for word in words if word.startswith("-")]


_CHECKS: Final[dict[str, Callable[[list[str]], Iterator[str]]]] = {
    "make": _make,
    "python": _python,
    "python3": _python,
    "pip": _pip,
    "hf": _hf,
}
