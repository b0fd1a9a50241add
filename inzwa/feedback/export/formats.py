"""A dataset in a folder, in the format that was asked for. It appears whole, or not at all."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, get_args

from inzwa.errors import FeedbackError
from inzwa.feedback.export.card import card
from inzwa.feedback.export.parquet import require_parquet, write_parquet
from inzwa.feedback.export.personal_details import PersonalDetails
from inzwa.feedback.export.rows import ContributorData
from inzwa.feedback.export.summary import Summary
from inzwa.feedback.export.tables import TABLES, AnyRow, Item, Recording, to_jsonl
from inzwa.feedback.recordings import FOLDER, sound_path
from inzwa.feedback.tasks.clips import clip_path

Format = Literal["jsonl", "parquet", "audiofolder"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)

RECORDINGS: Final = "recordings"
"""The folder of recordings in an export."""
CLIPS: Final = "clips"
"""The folder of voices' sounds in an export."""

_ABOUT: Final[dict[Format, str]] = {
    "jsonl": """\
Load a table with `datasets.load_dataset("FOLDER", "ratings")`. Sound files are in `recordings` and `clips`.""",
    "parquet": """\
Load a table with `datasets.load_dataset("FOLDER", "ratings")`. Recordings are in their rows, sounds of voices in
`clips`.""",
    "audiofolder": """\
Load the recordings with `datasets.load_dataset("FOLDER")`, another table with
`datasets.load_dataset("json", data_files="FOLDER/tables/ratings.jsonl")`. Sounds of voices are in `clips`.""",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    summary: Summary
    missing: int
    """Recordings that are left out because their sound file is gone."""


def write_dataset(
    output: Path, data: Sequence[ContributorData], folder: Path, form: Format, details: PersonalDetails
) -> Exported:
    """Write all tables, their sound files from the data folder, and the card into a folder that is made.

    `details` has counted what was replaced in them. FeedbackError where the folder holds something already,
    where a disk fails, and where an audiofolder would hold nothing; NotInstalled where Parquet cannot be written.
    """
    if form == "parquet":
        require_parquet()
    with _appearing(output) as unfinished:
        return _Export(unfinished, folder, form).write(data, Summary(details=details))


@dataclass(frozen=True, slots=True)
class _Export:
    output: Path
    folder: Path
    form: Format

    def write(self, data: Sequence[ContributorData], summary: Summary) -> Exported:
        kept = [self._with_sound(one) for one in data]
        for one in kept:
            summary.add(one)
        missing = sum(len(one.tables.get("recordings", ())) for one in data) - summary.rows["recordings"]
        if self.form == "audiofolder" and not summary.rows["recordings"]:
            raise FeedbackError("There is no recording that may be exported: use --format jsonl for the other tables.")
        shown = [summary.without_rare_descriptions(one) for one in kept]
        tables = {name: tuple(row for one in shown for row in one.tables.get(name, ())) for name in TABLES}
        self._copy_sounds(tables)
        files = {name: self._write_table(name, rows) for name, rows in tables.items() if rows}
        if self.form == "audiofolder":
            files = {"recordings": f"{RECORDINGS}/**"}
        text = card(summary, files, sound_column=self.form != "jsonl", about=_ABOUT[self.form])
        (self.output / "README.md").write_text(text, encoding="utf-8")
        return Exported(summary, missing)

    def _with_sound(self, data: ContributorData) -> ContributorData:
        rows = [row for row in data.tables.get("recordings", ()) if isinstance(row, Recording)]
        there: tuple[AnyRow, ...] = tuple(row for row in rows if sound_path(self.folder, row.sha256).exists())
        tables = {name: found for name, found in data.tables.items() if name != "recordings"}
        return replace(data, tables=tables | ({"recordings": there} if there else {}))

    def _copy_sounds(self, tables: dict[str, tuple[AnyRow, ...]]) -> None:
        for row in tables["recordings"]:
            if isinstance(row, Recording) and self.form != "parquet":
                self._copy(sound_path(self.folder, row.sha256), RECORDINGS)
        for row in tables["items"]:
            if isinstance(row, Item) and not row.contributor:
                for sha256 in filter(None, (row.sound, row.first, row.second)):
                    self._copy(clip_path(self.folder, sha256), CLIPS)

    def _copy(self, sound: Path, folder: str) -> None:
        target = self.output / folder / sound.name
        target.parent.mkdir(exist_ok=True)
        if sound.exists() and not target.exists():
            shutil.copyfile(sound, target)

    def _write_table(self, name: str, rows: tuple[AnyRow, ...]) -> str:
        """The file's name in the folder."""
        if self.form == "parquet":
            sounds = self.folder / FOLDER if name == "recordings" else None
            write_parquet(self.output / f"{name}.parquet", name, rows, sounds)
            return f"{name}.parquet"
        if self.form == "audiofolder":
            path = f"{RECORDINGS}/metadata.jsonl" if name == "recordings" else f"tables/{name}.jsonl"
        else:
            path = f"{name}.jsonl"
            rows = tuple(
                replace(row, file_name=f"{RECORDINGS}/{row.file_name}") if isinstance(row, Recording) else row
                for row in rows
            )
        (self.output / path).parent.mkdir(exist_ok=True)
        (self.output / path).write_bytes(to_jsonl(rows))
        return path


@contextmanager
def _appearing(output: Path) -> Iterator[Path]:
    """A folder beside the output that takes its name when the block is left without an error."""
    try:
        if output.is_dir() and any(output.iterdir()):
            raise FeedbackError(f"{output} holds something already: name a new folder, or empty it.")
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as beside:
            unfinished = Path(beside, "dataset")
            unfinished.mkdir()
            yield unfinished
            unfinished.replace(output)
    except OSError as error:
        raise FeedbackError(f"{output} cannot be written ({error.strerror or type(error).__name__}).") from error
