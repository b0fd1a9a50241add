"""Tables of the language, and the one loader that reads them.

A table is a tab-separated file: one row a line, lines that begin with # are comments, a field of one - is empty.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from inzwa.shona import Language


def rows(name: str) -> list[list[str]]:
    """The rows of the table `name`, each a list of its fields."""
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return [["" if field == "-" else field for field in line] for line in lines]


@cache
def translations(name: str, language: Language) -> Mapping[str, str]:
    """A table of three columns (key, Shona, English): key, in lower case, to its words in `language`."""
    return {key.lower(): (shona if language == "sn" else english) for key, shona, english in rows(name)}
