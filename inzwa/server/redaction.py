"""Texts for the public, without the folders of this machine: only a path's last name is left."""

import re
from typing import Final, TypeVar, cast

T = TypeVar("T")

_LETTER: Final = r"(?:[^/\s,;:'\"]|[,;:](?![\s/]))"
_NAME: Final = rf"{_LETTER}+(?: {_LETTER}+)*"
"""A folder's name: spaces within, none at its end, where another path may begin; no mark that ends a clause. Where
a lone `/name` meets a later slash in its clause, the words between go too: too much rather than too little."""

_FOLDERS: Final = re.compile(rf"(?:(?<=file:)(?:~[^/\s]*)?/+|(?<![\w/.~@%-])~?/)(?:{_NAME}/+)+")
"""All of a whole path but its last name; not what stands in an address, `org/repo@rev/file` or `/v1`."""


def without_folders(value: T) -> T:
    """Anything that JSON holds, its texts without folders; the log has them."""
    return cast("T", _redacted(value))


def _redacted(value: object) -> object:
    match value:
        case str():
            return _FOLDERS.sub("", value)
        case dict():
            return {key: _redacted(each) for key, each in value.items()}
        case list() | tuple():
            return type(value)(map(_redacted, value))
    return value
