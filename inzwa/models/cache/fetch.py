"""Brings a model into the cache, alone with it: pinned where nobody knew its files, repaired, converted, locked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from inzwa.errors import ModelUnavailable, ModelUntrusted
from inzwa.models.cache.conversion import forget_others, make
from inzwa.models.cache.repair import renew, repair
from inzwa.models.cache.verified import Checking, VerifiedModels
from inzwa.models.catalogue import Entry
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import Progress, ProgressCallback
from inzwa.models.sources.source import Workspace


@dataclass(frozen=True, slots=True)
class Fetching:
    """Fetches into one cache folder."""

    held: VerifiedModels
    environ: Mapping[str, str]
    report: ProgressCallback
    pause: Callable[[float], object]
    """Waits so many seconds before another try."""

    def fetch(self, entry: Entry) -> LocalModel:
        """The model whole: what is missing is brought, what is here is left. Errors as Store.fetch has them."""
        with self.alone(entry):
            settled = self.held.settled(entry)  # anew: another process may have fetched it while this one waited
            model = settled and self.held.found(settled, self.checking(entry))
            if model is None:
                self.held.require_vouched(entry)
                with self._workspace(entry) as work:
                    model = self._bring(entry, settled, work)
        return model

    def renew(self, entry: Entry) -> None:
        """Pin the entry's place as it is now, and put what is there in the old files' stead."""
        assert entry.place is not None
        if self.held.trust is not None:
            raise ModelUntrusted(
                f"{entry.name} is not updated where signatures are required: update and sign it where none is"
            )
        with self.alone(entry), self._workspace(entry) as work:
            pin = entry.place.pin(entry.files, work)
            source = entry.place.held_to(pin)
            renew(pin.files, source, self.held.shelf(entry), work, self.held.cache.require_room)
            self.held.locks.write(entry.name, pin)

    @contextmanager
    def alone(self, entry: Entry) -> Iterator[None]:
        """With the model's lock, and the disk's refusals said in words."""
        with self.held.cache.usable(), self.held.cache.locked(entry.shelf, lambda: self._waiting(entry)):
            yield

    def checking(self, entry: Entry) -> Checking:
        """A report for each file that is about to be hashed."""
        return lambda file, size: self.report(Progress(entry.name, file, 0, size, "checking"))

    def _bring(self, entry: Entry, settled: Entry | None, work: Workspace) -> LocalModel:
        if settled is None:
            assert entry.place is not None
            pin = entry.place.pin(entry.files, work)
            settled = entry.held_to(pin)
            self._repair(settled, work)
            self.held.locks.write(entry.name, pin)
        else:
            self._repair(settled, work)
        if settled.convert:
            self._convert(settled, work)
        model = self.held.found(settled, self.checking(entry))
        if model is None:
            raise ModelUnavailable(f"{entry.name} was fetched and is gone again: something else writes to the cache")
        return model

    def _repair(self, entry: Entry, work: Workspace) -> None:
        if faults := self.held.faults(entry, self.checking(entry)):
            repair(entry, faults, self.held.shelf(entry), work, self.held.cache.require_room)

    def _convert(self, entry: Entry, work: Workspace) -> None:
        recipe, shelf, cache = self.held.recipe(entry), self.held.conversion(entry), self.held.cache
        cache.require_room(entry.size)  # what comes out is smaller than what went in
        converter = self.held.converters[recipe.converter]
        make(recipe, converter, self.held.local(entry), shelf, work.scratch, cache.hash_file, self.report)
        forget_others(cache.conversions(entry.shelf), recipe.key)

    @contextmanager
    def _workspace(self, entry: Entry) -> Iterator[Workspace]:
        with self.held.cache.workspace(entry.shelf, self.environ, self.report, self.pause, entry.name) as work:
            yield work

    def _waiting(self, entry: Entry) -> None:
        self.report(Progress(entry.name, "", 0, 0, "waiting"))
