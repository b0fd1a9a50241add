"""A fetch: sources are tried in order, and each file is accepted only once its digest is right."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from inzwa.errors import ModelCorrupt, ModelUnavailable
from inzwa.models.catalogue import Catalogue, Entry
from inzwa.models.checksums import digest_of
from inzwa.models.sources.source import FetchedFile, Source, Workspace
from inzwa.models.store import Store
from inzwa.protocols import FileInfo

GOOD, BAD = b"right bytes", b"other bytes"


@dataclass
class ScriptedSource:
    """Gives each file these bytes, or fails; remembers what it was asked for."""

    title: str
    content: bytes | None
    asked: list[str] = field(default_factory=list)

    def download_bytes(self, files: Sequence[FileInfo]) -> int:
        return 0

    def fetch(self, files: Sequence[FileInfo], work: Workspace) -> Generator[FetchedFile, None, None]:
        for file in files:
            self.asked.append(file.name)
            if self.content is None:
                raise ModelUnavailable(f"the {self.title} is asleep")
            path = work.scratch / file.name
            path.write_bytes(self.content)
            yield FetchedFile(file, path, digest_of(path))


def catalogue_of(tmp_path: Path, *sources: Source) -> Catalogue:
    """A model of two files that have the same, good bytes."""
    (tmp_path / "good").write_bytes(GOOD)
    digest = digest_of(tmp_path / "good")
    files = tuple(FileInfo(name, digest.size, digest.sha256) for name in ("a", "b"))
    entry = Entry(
        name="pair",
        stage="llm",
        language="any",
        licence="MIT",
        consequence="Free.",
        files=files,
        sources=sources,
        facts={},
    )
    return {"pair": entry}


def store_of(tmp_path: Path, *sources: Source) -> Store:
    return Store(tmp_path / "cache", catalogue=catalogue_of(tmp_path, *sources))


def test_the_first_source_that_can_is_the_only_one_asked(tmp_path: Path) -> None:
    first, second = ScriptedSource("first", GOOD), ScriptedSource("second", GOOD)
    assert store_of(tmp_path, first, second).fetch("pair").source == "first"
    assert (first.asked, second.asked) == (["a", "b"], [])


@pytest.mark.parametrize("content", [None, BAD], ids=["unavailable", "corrupt"])
def test_a_source_that_fails_is_followed_by_the_next(tmp_path: Path, content: bytes | None) -> None:
    first, second = ScriptedSource("first", content), ScriptedSource("second", GOOD)
    model = store_of(tmp_path, first, second).fetch("pair")
    assert model.source == "second"
    assert model.path("a").read_bytes() == GOOD


def test_when_no_source_can_every_reason_is_given(tmp_path: Path) -> None:
    store = store_of(tmp_path, ScriptedSource("first", None), ScriptedSource("second", None))
    with pytest.raises(ModelUnavailable, match="the first is asleep; the second is asleep") as error:
        store.fetch("pair")
    assert error.value.retryable


def test_wrong_bytes_weigh_more_than_no_bytes(tmp_path: Path) -> None:
    store = store_of(tmp_path, ScriptedSource("first", BAD), ScriptedSource("second", None))
    with pytest.raises(ModelCorrupt, match=r"a from the first: expected 11 bytes .*; the second is asleep"):
        store.fetch("pair")


def test_only_the_damaged_file_is_asked_for(tmp_path: Path) -> None:
    source = ScriptedSource("first", GOOD)
    store = store_of(tmp_path, source)
    store.fetch("pair").path("b").write_bytes(BAD)
    source.asked.clear()
    store.fetch("pair")
    assert source.asked == ["b"]
