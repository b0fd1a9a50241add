"""huggingface_hub's own cache: what a user fetched before with it is not downloaded again. Only read, never written.

There a file is a link to a blob whose name is the Hub's own hash, so that it can be verified without the Hub.
"""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

from huggingface_hub import constants, try_to_load_from_cache

from inzwa.models.checksums import Digest
from inzwa.models.sources.hub.file import HubFile, Listing, PublishedFile, hashes_in

log = logging.getLogger(__name__)


def cached_file(file: HubFile, environ: Mapping[str, str]) -> tuple[Path, Digest] | None:
    """The file as it was fetched before and its digest, if its bytes are right."""
    cache, path = _folder(environ), file.published.path
    found = try_to_load_from_cache(file.repository, path, cache_dir=cache, revision=file.revision)
    if not isinstance(found, str):
        return None
    blob = Path(found).resolve()
    if digest := file.published.digest_if_right(blob):
        return blob, digest
    log.warning("%s: other bytes than the Hub's lie in %s; they are fetched anew", file.title, blob)
    return None


def cached_listing(environ: Mapping[str, str], repository: str, revision: str) -> Listing | None:
    """The files of a repository that were fetched before at this revision; not verified, and perhaps not all."""
    folder = _folder(environ) / f"models--{repository.replace('/', '--')}"
    ref = folder / "refs" / revision
    commit = ref.read_text(encoding="utf-8").strip() if ref.is_file() else revision
    snapshot = folder / "snapshots" / commit
    if not snapshot.is_dir():
        return None
    return Listing(commit, {file.path: file for file in _published(snapshot)})


def _folder(environ: Mapping[str, str]) -> Path:
    """Where HF_HUB_CACHE, or HF_HOME, puts it; else where huggingface_hub looks in this process."""
    if named := environ.get("HF_HUB_CACHE"):
        return Path(named)
    return Path(environ["HF_HOME"]) / "hub" if environ.get("HF_HOME") else Path(constants.HF_HUB_CACHE)


def _published(snapshot: Path) -> Iterator[PublishedFile]:
    for path in sorted(snapshot.rglob("*")):
        if path.is_file():
            blob, name = path.resolve(), path.relative_to(snapshot).as_posix()
            yield PublishedFile(name, blob.stat().st_size, *hashes_in(blob.name))
