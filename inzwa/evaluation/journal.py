"""What has been measured so far, a line a sample in a TSV file, so that a run that was stopped goes on where it was.

The first line says how it was measured; a journal made otherwise is refused, never mixed. Each line is written at once
and whole; what a crash left of a last line is cut off when the file is opened again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any, Final, Generic, Protocol, Self, TypeVar

from inzwa.errors import BadCorpus

_MARK: Final = "# "


class Row(Protocol):
    """A dataclass of texts and numbers. What was measured is known by its name and by what was said."""

    name: str
    said: str


RowT = TypeVar("RowT", bound=Row)


class Journal(Generic[RowT]):
    """One file of rows of one kind, open for more. Open it with `with`."""

    def __init__(self, path: Path, kind: type[RowT], how: Mapping[str, Any], *, fresh: bool = False) -> None:
        """`how` is everything that a row's figures depend on; `fresh` forgets what is there.

        BadCorpus where the file was made otherwise, is of another kind, or cannot be written.
        """
        self._path, self._kind = path, kind
        self._head = f"{_MARK}{json.dumps(how, ensure_ascii=False, sort_keys=True)}\n{_titles(kind)}\n"
        self._rows: dict[tuple[str, str], RowT] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            known = "" if fresh or not path.exists() else _whole_lines(path.read_text(encoding="utf-8"))
            if known.count("\n") >= self._head.count("\n"):
                self._take_in(known)
            _replace(path, self._head + "".join(map(_line, self._rows.values())))
            self._file = path.open("a", encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadCorpus(f"{path} cannot be kept: {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, name: str, said: str) -> RowT | None:
        """What is known of one sample."""
        return self._rows.get((_field(name), _field(said)))

    def append(self, row: RowT) -> None:
        """Keep it, on the disk too."""
        self._file.write(_line(row))
        self._file.flush()
        self._rows[_field(row.name), _field(row.said)] = row

    def _take_in(self, text: str) -> None:
        if not text.startswith(self._head):
            how = text.partition("\n")[0].removeprefix(_MARK)
            raise BadCorpus(f"{self._path} was made otherwise ({how}): name another folder, or begin with --fresh.")
        for row in self._read(text.removeprefix(self._head)):
            self._rows[row.name, row.said] = row

    def _read(self, text: str) -> Iterator[RowT]:
        columns = fields(self._kind)
        for number, line in enumerate(text.splitlines(), 1):
            try:
                cells = zip(columns, line.split("\t"), strict=True)
                yield self._kind(**{column.name: column.type(cell) for column, cell in cells})
            except (ValueError, TypeError) as error:
                raise BadCorpus(f"{self._path}: row {number} cannot be read ({error}).") from None


def _replace(path: Path, text: str) -> None:
    """Old or new, never half of it."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _titles(kind: type) -> str:
    return "\t".join(field.name for field in fields(kind))


def _line(row: Row) -> str:
    return "\t".join(map(_field, astuple(row))) + "\n"


def _field(value: object) -> str:
    """One cell: whatever would end a cell or a line is a space."""
    return " ".join(str(value).split())


def _whole_lines(text: str) -> str:
    return text[: text.rfind("\n") + 1]
