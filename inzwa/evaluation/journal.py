"""Measuring sample after sample, with a journal that lets a run that was stopped continue where it was.

A journal is a TSV file, a line a sample. Its first line says how it was measured; one with other options is refused,
never mixed. Each line is written at once and whole; a last line that a crash cut short is dropped when the file is
opened again.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import Field, astuple, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Protocol, Self, TypeVar, get_type_hints

from tqdm import tqdm

from inzwa.errors import BadCorpus, ClientError

_MARK: Final = "# "


class Row(Protocol):
    """A dataclass of texts and numbers, identified by its name and its reference text."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def name(self) -> str: ...

    @property
    def said(self) -> str: ...


RowT = TypeVar("RowT", bound=Row)
SampleT = TypeVar("SampleT")


class Journal(Generic[RowT]):
    """One file of rows of one type, open for more. Open it with `with`."""

    def __init__(self, path: Path, kind: type[RowT], how: Mapping[str, object], *, fresh: bool = False) -> None:
        """`how` is everything that a row's figures depend on; `fresh` discards what is there.

        BadCorpus where the file was made otherwise, is of another type, or cannot be written.
        """
        self._path, self._kind = path, kind
        titles = "\t".join(field.name for field in fields(kind))
        self._head = f"{_MARK}{json.dumps(how, ensure_ascii=False, sort_keys=True)}\n{titles}\n"
        self._rows: dict[tuple[str, str], RowT] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            known = "" if fresh or not path.exists() else _whole_lines(path.read_text(encoding="utf-8"))
            if known.count("\n") >= self._head.count("\n"):
                self._load(known)
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
        return self._rows.get((_cell(name), _cell(said)))

    def append(self, row: RowT) -> None:
        """Add it, on the disk too."""
        self._file.write(_line(row))
        self._file.flush()
        self._rows[_cell(row.name), _cell(row.said)] = row

    def _load(self, text: str) -> None:
        if not text.startswith(self._head):
            how = text.partition("\n")[0].removeprefix(_MARK)
            raise BadCorpus(f"{self._path} was made otherwise ({how}): name another folder, or begin with --fresh.")
        for row in self._parsed(text.removeprefix(self._head)):
            self._rows[row.name, row.said] = row

    def _parsed(self, text: str) -> Iterator[RowT]:
        types = get_type_hints(self._kind)
        columns = [(field.name, types[field.name]) for field in fields(self._kind)]
        for number, line in enumerate(text.splitlines(), 1):
            try:
                cells = zip(columns, line.split("\t"), strict=True)
                yield self._kind(**{name: convert(cell) for (name, convert), cell in cells})
            except (ValueError, TypeError) as error:
                raise BadCorpus(f"{self._path}: row {number} cannot be read ({error}).") from None


@dataclass(frozen=True, slots=True)
class Measured(Generic[RowT]):
    """The result of a run."""

    rows: Sequence[RowT]
    """In the order of the samples; one that comes twice is here once."""
    resumed: int
    """Rows from an earlier run."""
    left_out: Sequence[str]
    """The samples that could not be measured, each with the reason."""


async def measure_all(
    samples: Iterable[SampleT],
    key: Callable[[SampleT], tuple[str, str]],
    measure: Callable[[SampleT], Awaitable[RowT]],
    journal: Journal[RowT],
    title: str,
) -> Measured[RowT]:
    """Every sample's row; `key` gives a sample's name and its reference text.

    A sample that is wrong itself (ClientError) is left out; an engine's error ends the run.
    """
    keyed = {key(sample): sample for sample in samples}
    waiting = {key: sample for key, sample in keyed.items() if journal.row(*key) is None}
    left_out = []
    with tqdm(total=len(keyed), initial=len(keyed) - len(waiting), desc=title, disable=None) as bar:
        for (name, _), sample in waiting.items():
            try:
                journal.append(await measure(sample))
            except ClientError as error:
                left_out.append(f"{name}: {error.message}")
            bar.update()
    rows = [row for key in keyed if (row := journal.row(*key))]
    return Measured(rows, len(keyed) - len(waiting), left_out)


def _replace(path: Path, text: str) -> None:
    """The file is the old one or the new one, never half of it."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _line(row: Row) -> str:
    return "\t".join(map(_cell, astuple(row))) + "\n"


def _cell(value: object) -> str:
    """Whatever would end a cell or a line becomes a space."""
    return " ".join(str(value).split())


def _whole_lines(text: str) -> str:
    return text[: text.rfind("\n") + 1]
