"""The thread that decodes, and the door to it. Knows no library, no template and nothing of batches.

The event loop hands jobs in and takes them back under one condition; the thread looks at what changed between two
batches, and sleeps while there is nothing to decode or every listener is behind.
"""

import threading
from dataclasses import replace
from typing import Final, Self

from inzwa.engines.llm.batching.batch import Batch, Counts, Request
from inzwa.engines.llm.batching.kv_cache import KvCache
from inzwa.engines.llm.batching.model_runner import ModelRunner
from inzwa.errors import EngineError, Overloaded

MAX_WAITING: Final = 8
"""Requests that may wait for a place; the next one is refused."""

RETRY_AFTER_S: Final = 2.0
"""Seconds after which a refused request may find a place: about one short reply."""


class Decoder:
    """The thread and the line before it. Open it as a context manager; leaving ends what is under way."""

    def __init__(self, machine: ModelRunner, seating: KvCache, places: int) -> None:
        """`places` requests are decoded at once."""
        self._seating = seating
        self._places = places
        self._table = Batch(machine, seating, places)
        self._waiting: list[Request] = []
        self._forgotten: set[str] = set()
        self._changed = threading.Condition()
        self._open = self._news = False
        self._thread = threading.Thread(target=self._work, name="inzwa-llm", daemon=True)

    def __enter__(self) -> Self:
        self._open = True
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join()

    @property
    def has_place(self) -> bool:
        """Whether a request would be decoded at once."""
        return self._in_hand() < self._places

    def submit(self, job: Request) -> None:
        """Stand in line; Overloaded when it is full. A prompt that is read ahead for the same session makes way."""
        with self._changed:
            if not self._open:
                raise EngineError("llm", "The language model is closed.")
            self._make_way(job.options.session)
            if self._in_hand() >= self._places + MAX_WAITING:
                self._table.counts.refused += 1
                raise Overloaded("Too many replies are waiting for the language model.", retry_after_s=RETRY_AFTER_S)
            self._waiting.append(job)
            self._tell()

    def withdraw(self, job: Request) -> None:
        """The listener has gone; what the job held is free after the batch at hand. No harm when it is over."""
        with self._changed:
            job.withdrawn = True
            self._tell()

    def forget(self, session: str) -> None:
        """Drop what is kept for the session."""
        with self._changed:
            self._forgotten.add(session)
            self._tell()

    def wake(self) -> None:
        """A listener took a piece: its reply may go on."""
        with self._changed:
            self._changed.notify()

    def counts(self) -> Counts:
        """The figures of this moment."""
        table = self._table
        return replace(table.counts, evicted=self._seating.evicted, seated=len(table.jobs), waiting=len(self._waiting))

    def _jobs(self) -> list[Request]:
        return [*self._table.jobs, *self._waiting]

    def _in_hand(self) -> int:
        return sum(not job.withdrawn for job in self._jobs())

    def _make_way(self, session: str) -> None:
        for job in self._jobs():
            if session and job.options.session == session and not job.speaks:
                job.withdrawn = True

    def _tell(self) -> None:
        self._news = True
        self._changed.notify()

    def _work(self) -> None:
        try:
            while self._settle():
                if self._table.ready:
                    self._table.step()
                if self._waiting:  # the step may have freed a place
                    self._news = True
        finally:
            self._abandon()

    def _settle(self) -> bool:
        """Sleep until there is something to do, then let jobs go and come. False when it is time to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._news or self._table.ready or not self._open)
            self._news = False
            self._dismiss()
            while self._forgotten:
                self._table.forget(self._forgotten.pop())
            while self._waiting and self._table.sit(self._waiting[0]):
                del self._waiting[0]
            return self._open

    def _dismiss(self) -> None:
        """Free the places of those whose listeners have gone, and end their waiting."""
        for job in [job for job in self._jobs() if job.withdrawn]:
            self._table.counts.withdrawn += 1
            self._drop(job)

    def _drop(self, job: Request, error: EngineError | None = None) -> None:
        if job in self._waiting:
            self._waiting.remove(job)
            job.outlet.end(error)
        else:
            self._table.leave(job, error)

    def _abandon(self) -> None:
        """Nobody decodes any more: whoever still listens is told."""
        with self._changed:
            self._open = False
            for job in self._jobs():
                self._drop(job, EngineError("llm", "The language model was closed."))
