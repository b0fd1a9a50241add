"""What the public is told without where on this machine it is: of a path the last name alone. Knows no message."""

import re
from typing import Any, Final

_LETTER: Final = r"(?:[^/\s,;:'\"]|[,;:](?![\s/]))"
_NAME: Final = rf"{_LETTER}+(?: {_LETTER}+)*"
"""A folder's name: spaces within, none at its end, where another path may begin; no mark that ends a clause. Where
a lone `/name` meets a later slash in its clause, the words between go too: too much rather than too little."""

_FOLDERS: Final = re.compile(rf"(?:(?<=file:)(?:~[^/\s]*)?/+|(?<![\w/.~@%-])~?/)(?:{_NAME}/+)+")
"""All of a whole path but its last name; not what stands in an address, `org/repo@rev/file` or `/v1`."""


def without_folders(said: Any) -> Any:
    """Anything that JSON holds, its texts without the folders of this machine; the log has them."""
    match said:
        case str():
            return _FOLDERS.sub("", said)
        case dict():
            return {key: without_folders(value) for key, value in said.items()}
        case list() | tuple():
            return [without_folders(value) for value in said]
    return said
