"""Tables as Parquet files, which hold recordings in their rows. Needs pyarrow, of requirements-eval.txt."""

from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from inzwa.errors import NotInstalled
from inzwa.feedback.export.tables import TABLES, AnyRow, columns

GROUP: Final = 100
"""Rows that are in memory at a time: 100 recordings are some 30 MB."""


def require_parquet() -> None:
    """NotInstalled where pyarrow is missing."""
    if find_spec("pyarrow") is None:
        raise NotInstalled("Parquet needs pyarrow: make setup-eval, or pip install -r requirements-eval.txt")


def write_parquet(path: Path, table: str, rows: tuple[AnyRow, ...], sounds: Path | None = None) -> None:
    """One file. With `sounds`, the folder of their sound files, recordings hold their sound in place of its name."""
    require_parquet()
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    schema = _schema(table, sound=sounds is not None)
    with ParquetWriter(path, schema) as writer:
        for group in _groups(rows):
            values = [_with_sound(asdict(row), sounds) if sounds else asdict(row) for row in group]
            writer.write_table(Table.from_pylist(values, schema=schema))


def _schema(table: str, *, sound: bool) -> Any:
    import pyarrow

    kinds = {
        "string": pyarrow.string(),
        "int64": pyarrow.int64(),
        "bool": pyarrow.bool_(),
        "timestamp[us, tz=UTC]": pyarrow.timestamp("us", tz="UTC"),
    }
    found = [column for column in columns(TABLES[table]) if not (sound and column.name == "file_name")]
    fields = [(one.name, pyarrow.list_(kinds[one.dtype]) if one.many else kinds[one.dtype]) for one in found]
    audio = [("audio", pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())]))] if sound else []
    return pyarrow.schema(audio + fields)


def _with_sound(row: dict[str, Any], sounds: Path) -> dict[str, Any]:
    name = row["file_name"]
    return row | {"audio": {"bytes": (sounds / name).read_bytes(), "path": name}}


def _groups(rows: tuple[AnyRow, ...]) -> Iterator[tuple[AnyRow, ...]]:
    return (rows[at : at + GROUP] for at in range(0, len(rows), GROUP))
