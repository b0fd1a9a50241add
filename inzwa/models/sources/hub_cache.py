"""The cache that huggingface_hub itself keeps: what a user fetched before with it need not pass the line again.

There a file is a link to a blob that bears the Hub's own hash as its name, so that it can be proven without the Hub.
Nothing here writes to it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from huggingface_hub import constants, try_to_load_from_cache
from huggingface_hub.file_download import repo_folder_name

from inzwa.models.sources.hub import Listing, Published


def hub_cache(environ: Mapping[str, str]) -> Path:
    """Where HF_HUB_CACHE, or HF_HOME, puts it; else where huggingface_hub looks in this process."""
    if named := environ.get("HF_HUB_CACHE"):
        return Path(named)
    return Path(environ["HF_HOME"]) / "hub" if environ.get("HF_HOME") else Path(constants.HF_HUB_CACHE)


def cached_file(cache: Path, repository: str, revision: str, path: str) -> Path | None:
    """The file as it was fetched before, whose bytes nobody has looked at since."""
    found = try_to_load_from_cache(repository, path, cache_dir=cache, revision=revision)
    return Path(found).resolve() if isinstance(found, str) else None


def cached_listing(cache: Path, repository: str, revision: str) -> Listing | None:
    """What was fetched before of a repository at this revision: a part of its files, it may be."""
    folder = cache / repo_folder_name(repo_id=repository, repo_type="model")
    ref = folder / "refs" / revision
    commit = ref.read_text(encoding="utf-8").strip() if ref.is_file() else revision
    snapshot = folder / "snapshots" / commit
    if not snapshot.is_dir():
        return None
    return Listing(commit, {file.path: file for file in _published(snapshot)})


def _published(snapshot: Path) -> Iterator[Published]:
    for path in sorted(snapshot.rglob("*")):
        blob = path.resolve()
        if path.is_file():
            sha256, oid = (blob.name, "") if len(blob.name) == 64 else ("", blob.name)
            yield Published(path.relative_to(snapshot).as_posix(), blob.stat().st_size, sha256, oid)
