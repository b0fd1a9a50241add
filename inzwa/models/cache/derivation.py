"""Something else made of a verified model, so that it runs faster on this machine: how it is found and made.

It is found again by the hashes of the model's files and by what made it. Nobody signs for it.
"""

import shutil
from dataclasses import dataclass

from inzwa.errors import ModelUnavailable
from inzwa.models.cache.conversion import Conversion
from inzwa.models.cache.fetch import Fetcher
from inzwa.models.catalogue import Entry
from inzwa.models.local_model import LocalModel


@dataclass(frozen=True, slots=True)
class Derivation:
    """One model and one converter. Its methods block; any thread or process may call them."""

    fetcher: Fetcher
    entry: Entry
    model: LocalModel
    conversion: Conversion

    def find(self) -> LocalModel | None:
        """What was made, if all of it is here and verified. CacheUnusable when the disk refuses."""
        models = self.fetcher.models
        with models.cache.usable():
            return models.find_derived(self.model, self.conversion, self.fetcher.on_check(self.entry))

    def make(self, source: str, bytes_needed: int) -> LocalModel:
        """What is made now, or was meanwhile by another process. `source` says for people where it comes from.

        CacheUnusable where there is no room for so many bytes or the disk refuses; the converter's error.
        """
        with self.fetcher.locked(self.entry), self.fetcher.workspace(self.entry) as work:
            if made := self.find():
                return made
            self.fetcher.models.cache.require_room(bytes_needed)
            described = LocalModel(
                name=self.model.name, folder=self.model.folder, files=self.model.files, source=source
            )
            try:
                self.conversion.run(described, work.scratch, self.fetcher.report)
            finally:
                shutil.rmtree(work.scratch, ignore_errors=True)  # half a file may be as large as the model
            if made := self.find():
                return made
        raise ModelUnavailable(f"{self.model.name} was made anew and is gone again: something else writes to the cache")
