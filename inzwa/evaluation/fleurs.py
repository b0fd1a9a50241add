"""FLEURS, the test set that most published figures for Shona are of, from the Hugging Face Hub. CC BY 4.0.

Read Shona (`sn_zw`) of google/fleurs: a table and an archive of WAV files for each of its three parts.
"""

import csv
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final, Literal

import httpx2
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

from inzwa.errors import BadCorpus, ModelUnavailable
from inzwa.evaluation.corpus import Recording, read_lines

REPOSITORY: Final = "google/fleurs"
CONFIGURATION: Final = "sn_zw"

Part = Literal["train", "dev", "test"]


def fetch_fleurs(part: Part, folder: Path, limit: int | None = None) -> list[Recording]:
    """The part's recordings, unpacked into `folder`. ModelUnavailable where the Hub cannot be reached."""
    base = f"data/{CONFIGURATION}"
    return unpack_fleurs(_fetch(f"{base}/{part}.tsv"), _fetch(f"{base}/audio/{part}.tar.gz"), folder, limit)


def unpack_fleurs(table: Path, archive: Path, folder: Path, limit: int | None = None) -> list[Recording]:
    """The first `limit` rows of the table, their sounds taken out of the archive where they are not there yet.

    BadCorpus where one of them is not what FLEURS publishes.
    """
    rows = [cells for cells in csv.reader(read_lines(table), delimiter="\t", quoting=csv.QUOTE_NONE) if cells][:limit]
    if not rows or any(len(cells) < 3 for cells in rows):
        raise BadCorpus(f"{table} is not a table of FLEURS: it needs a number, a file and a text.")
    wanted = {PurePosixPath(cells[1]).name: cells[2] for cells in rows}
    folder.mkdir(parents=True, exist_ok=True)
    if any(not (folder / name).exists() for name in wanted):
        _unpack(archive, folder, wanted)
    return [Recording(folder / name, said, name) for name, said in wanted.items()]


def _unpack(archive: Path, folder: Path, wanted: dict[str, str]) -> None:
    """Files go by their last name only, so none is written outside the folder."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for name, content in _members(tar, wanted):
                part = folder / f"{name}.part"
                part.write_bytes(content)
                part.replace(folder / name)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BadCorpus(f"{archive} cannot be unpacked: {error}") from None


def _members(tar: tarfile.TarFile, wanted: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    for member in tar:
        name = PurePosixPath(member.name).name
        if member.isfile() and name in wanted and (content := tar.extractfile(member)):
            yield name, content.read()


def _fetch(file: str) -> Path:
    try:
        return Path(hf_hub_download(REPOSITORY, file, repo_type="dataset"))
    except (HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled, httpx2.HTTPError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelUnavailable(f"{REPOSITORY} {file} cannot be had from the Hugging Face Hub: {reason}") from None
