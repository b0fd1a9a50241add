"""A TOML table read key by key, each key checked where it is read.

Every error is a CatalogueError that names the place, what was expected and what was found; an unknown key is one too,
so a typo cannot pass for an absent option.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, NoReturn, TypeVar

from inzwa.errors import CatalogueError

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_MISSING: Final = object()

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class TomlTable:
    """One table and where it is in its file."""

    values: Mapping[str, Any]
    origin: str
    """The file, for errors."""
    path: str = ""
    """Where the table is in it: `whisper-base.sources[0]`; empty for the whole file."""

    @property
    def where(self) -> str:
        return f"{self.origin}: {self.path or 'the file'}"

    def only(self, *keys: str) -> None:
        """Refuse every key but these."""
        for key in self.values:
            if key not in keys:
                raise CatalogueError(f"{self.where}: expected only the keys {', '.join(keys)}, found {key!r}")

    def text(self, key: str, default: str | None = None) -> str:
        """A string that is not empty; `default`, where one is given, when the key is absent."""
        if default is not None and key not in self.values:
            return default
        value = self._value(key, str, "a string")
        return value or self.refuse(key, "a string that is not empty")

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        if default is not None and key not in self.values:
            return default
        value = self.text(key)
        return value if value in allowed else self.refuse(key, f"one of {', '.join(allowed)}")

    def flag(self, key: str) -> bool:
        """true or false; false when absent."""
        return key in self.values and self._value(key, bool, "true or false")

    def words(self, key: str) -> tuple[str, ...]:
        """A list of strings that are not empty; none when absent."""
        if key not in self.values:
            return ()
        expected = "a list of strings that are not empty"
        value = self._value(key, list, expected)
        right = all(isinstance(item, str) and item for item in value)
        return tuple(value) if right else self.refuse(key, expected)

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number above zero; `default`, where one is given, when the key is absent."""
        if default is not None and key not in self.values:
            return default
        value = self._value(key, int, "a whole number")
        return value if value > 0 and value is not True else self.refuse(key, "a whole number above zero")

    def sha256(self, key: str) -> str:
        expected = "64 lower-case hexadecimal digits"
        value = self._value(key, str, expected)
        return value if _SHA256.fullmatch(value) else self.refuse(key, expected)

    def table(self, key: str, default: Mapping[str, Any] | None = None) -> "TomlTable":
        """A table; `default`, where one is given, when the key is absent."""
        if default is not None and key not in self.values:
            return TomlTable(default, self.origin, self._at(key))
        return TomlTable(self._value(key, dict, "a table"), self.origin, self._at(key))

    def tables(self, key: str) -> list["TomlTable"]:
        """A list of at least one table."""
        value = self._value(key, list, "a list of tables")
        if not value or not all(isinstance(item, dict) for item in value):
            self.refuse(key, "a list of at least one table")
        return [TomlTable(item, self.origin, f"{self._at(key)}[{number}]") for number, item in enumerate(value)]

    def subtables(self) -> dict[str, "TomlTable"]:
        """The table of tables that this is."""
        return {key: self.table(key) for key in self.values}

    def texts(self, key: str) -> dict[str, str]:
        """A table of strings; empty when absent."""
        if key not in self.values:
            return {}
        table = self.table(key)
        return {name: table.text(name) for name in table.values}

    def paths(self, key: str, expected: str) -> dict[str, str]:
        """A table of paths that stay inside a folder; `expected` says which folder."""
        paths = self.texts(key)
        for name, path in paths.items():
            if not is_file_name(path):
                self.table(key).refuse(name, expected)
        return paths

    def refuse(self, key: str, expected: str) -> NoReturn:
        raise CatalogueError(f"{self.origin}: {self._at(key)}: expected {expected}, found {self.values.get(key)!r}")

    def _at(self, key: str) -> str:
        step = key if _BARE.fullmatch(key) else f'"{key}"'
        return f"{self.path}.{step}" if self.path else step

    def _value(self, key: str, kind: type[Value], expected: str) -> Value:
        value = self.values.get(key, _MISSING)
        if value is _MISSING:
            raise CatalogueError(f"{self.origin}: {self._at(key)}: expected {expected}, found nothing")
        return value if isinstance(value, kind) else self.refuse(key, expected)


def is_file_name(name: str) -> bool:
    """Whether it names a file inside a folder and can lead nowhere else, nor hide there."""
    parts = PurePosixPath(name).parts
    plain = bool(parts) and not name.startswith("/") and "\\" not in name and name.isprintable()
    return plain and not any(part.startswith(".") for part in parts)
