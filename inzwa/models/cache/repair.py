"""Brings what a shelf lacks from the first source that can. Knows nothing of any kind of source."""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Final

from inzwa.errors import ModelCorrupt, ModelError, ModelUnavailable
from inzwa.models.cache.model_dir import Fault, ModelDir
from inzwa.models.catalogue import Entry
from inzwa.models.checksums import Digest
from inzwa.models.sources.source import Made, Source, Workspace
from inzwa.protocols import FileInfo

REMEDY: Final = "Fetch it once where its source can be reached, or set INZWA_CACHE to a folder that already holds it."
log = logging.getLogger(__name__)


def repair(
    entry: Entry, faults: Sequence[Fault], shelf: ModelDir, work: Workspace, require_room: Callable[[int], None]
) -> None:
    """Put the missing and damaged files on the shelf, each once its digest is right.

    ModelUnavailable or ModelCorrupt when no source would do. `require_room` hears how many bytes a source needs,
    before it is asked and again when it failed, because a full disk is then the truer reason.
    """
    for fault in faults:
        if fault.found is not None:
            log.warning("%s is damaged and is fetched again: %s", entry.name, fault)
    files = [fault.file for fault in faults]
    reasons: list[ModelError] = []
    for source in entry.sources:
        require_room(_missing_bytes(source, files, work))
        try:
            return _take(source, files, shelf, work)
        except (ModelUnavailable, ModelCorrupt) as error:
            require_room(_missing_bytes(source, files, work))
            reasons.append(error)
    raise _refusal(entry.name, reasons)


def renew(
    files: Sequence[FileInfo], source: Source, shelf: ModelDir, work: Workspace, require_room: Callable[[int], None]
) -> None:
    """Put a new version of a model on the shelf: every file is here and right before the first old one goes."""
    require_room(_missing_bytes(source, files, work))
    with closing(source.bring(files, work)) as brought:
        taken = list(brought)
    for made in taken:
        _require_right(made, source.title)
    for made in taken:
        shelf.accept(made.file, made.path, source.title)
    shelf.keep_only(files)


def _missing_bytes(source: Source, files: Sequence[FileInfo], work: Workspace) -> int:
    """What the disk must still take: less what an earlier try left there."""
    here_bytes = sum(path.stat().st_size for path in work.downloads.iterdir())
    return max(0, source.download_bytes(files) + sum(file.size for file in files) - here_bytes)


def _take(source: Source, files: Sequence[FileInfo], shelf: ModelDir, work: Workspace) -> None:
    title = source.title
    with closing(source.bring(files, work)) as brought:
        for made in brought:
            _require_right(made, title)
            shelf.accept(made.file, made.path, title)


def _require_right(made: Made, title: str) -> None:
    expected = Digest(made.file.size, made.file.sha256)
    if made.digest != expected:
        raise ModelCorrupt(f"{made.file.name} from the {title}: expected {expected}, found {made.digest}")


def _refusal(name: str, reasons: Sequence[ModelError]) -> ModelError:
    """Why no source would do: wrong bytes weigh more than no bytes."""
    said = "; ".join(reason.message for reason in reasons)
    if any(isinstance(reason, ModelCorrupt) for reason in reasons):
        return ModelCorrupt(f"{name} was fetched and refused: {said}")
    return ModelUnavailable(f"{name} is not in the cache and cannot be fetched: {said}. {REMEDY}")
