"""Reading the dataset back: into an empty store, and before each push what the store has never seen of it.

It may be cut off anywhere and begun again: sound files come first, then the rows that name them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

from inzwa.errors import FeedbackError
from inzwa.feedback.export.tables import TABLES, AnyRow, Item, from_jsonl
from inzwa.feedback.publish.errors import database_refusals
from inzwa.feedback.publish.insert import insert_contributors, insert_given, insert_items, needed
from inzwa.feedback.publish.layout import SHARED_ITEMS, Place, place
from inzwa.feedback.publish.repository import Repository, State
from inzwa.feedback.recordings import missing_sounds, sound_path
from inzwa.feedback.store.database import database_errors
from inzwa.feedback.store.folder import write_whole
from inzwa.feedback.store.store import Store
from inzwa.feedback.tasks.clips import clip_path
from inzwa.models.sources.hub.file import PublishedFile

CONTRIBUTORS: Final = ("consents", "withdrawn")
"""Tables that say who there is."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was read."""

    contributors: int
    sounds: int
    """Sound files that were fetched."""


def restore(store: Store, repository: Repository) -> Restored:
    """Bring everything that the dataset has, and the store never had, into the store.

    FeedbackError where the dataset cannot be read, or is not one of Inzwa's; FeedbackUnavailable from the store.
    """
    with database_refusals():
        state = repository.state()
        return Restored(0, 0) if state is None else merge(store, repository, state)


def merge(store: Store, repository: Repository, state: State) -> Restored:
    """The same for the dataset as it is at one commit."""
    return _Restoring(store, repository, state).all()


@dataclass(frozen=True, slots=True)
class _Restoring:
    store: Store
    repository: Repository
    state: State

    def all(self) -> Restored:
        places = [(found, file) for path, file in self.state.files.items() if (found := place(path))]
        theirs = sorted((one for one in places if one[0].contributor), key=lambda one: one[0].contributor)
        names = {found.contributor for found, _ in theirs}
        wanted = self.store.read_now(partial(needed, contributors=names))
        theirs = [one for one in theirs if one[0].contributor in wanted]
        sounds = self._missing(places)
        who = self._rows(one for one in theirs if one[0].table in CONTRIBUTORS)
        self.store.write_now(partial(insert_contributors, rows=who))
        sounds += self._items(places, theirs)
        for contributor, group in groupby(theirs, key=lambda one: one[0].contributor):
            sounds += self._given(contributor, list(group))
        return Restored(len(wanted), sounds)

    def _missing(self, places: Sequence[tuple[Place, PublishedFile]]) -> int:
        """Fetch sound files whose rows are here and which are not: the disk was emptied, the database was not."""
        missing = set(self.store.read_now(partial(missing_sounds, folder=self.store.folder)))
        found = [(sound_path(self.store.folder, one.sha256), file) for one, file in places if one.sha256 in missing]
        return sum(self._fetched(path, file) for path, file in found)

    def _items(self, places: Sequence[tuple[Place, PublishedFile]], theirs: list[tuple[Place, PublishedFile]]) -> int:
        """Those that are nobody's, with their clips, and those of the contributors who are restored."""
        rows = self._rows(one for one in theirs if one[0].table == "items")
        shared: tuple[AnyRow, ...] = ()
        if file := self.state.files.get(SHARED_ITEMS):
            shared = from_jsonl(Item, self.repository.read(self.state.commit, file))
        clips = [
            (clip_path(self.store.folder, one.sha256), file)
            for one, file in places
            if one.sha256 and not one.contributor
        ]
        fetched = sum(self._fetched(path, file) for path, file in clips)
        self.store.write_now(partial(insert_items, rows=[*shared, *rows]))
        return fetched

    def _given(self, contributor: str, group: list[tuple[Place, PublishedFile]]) -> int:
        rows = self._rows(one for one in group if one[0].table in ("ratings", "judgements", "recordings"))
        sounds = [(sound_path(self.store.folder, one.sha256), file) for one, file in group if one.sha256]
        fetched = sum(self._fetched(path, file) for path, file in sounds)
        self.store.write_now(partial(insert_given, contributor=contributor, rows=rows))
        return fetched

    def _rows(self, files: Iterable[tuple[Place, PublishedFile]]) -> list[AnyRow]:
        rows: list[AnyRow] = []
        for found, file in files:
            content = self.repository.read(self.state.commit, file)
            read = from_jsonl(TABLES[found.table], content)
            if any(row.contributor != found.contributor for row in read):
                raise FeedbackError(f"{self.repository.name} {file.path}: a row is of another contributor.")
            rows += read
        return rows

    def _fetched(self, path: Path, file: PublishedFile) -> bool:
        """Whether the sound file was missing, and is on disk now."""
        if path.exists():
            return False
        content = self.repository.read(self.state.commit, file)
        if hashlib.sha256(content).hexdigest() != path.stem:
            raise FeedbackError(f"{self.repository.name} {file.path}: the sound is not the one that it is named after.")
        with database_errors():
            write_whole(path, content)
        return True
