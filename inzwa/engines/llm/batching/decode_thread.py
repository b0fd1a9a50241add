"""The thread that decodes, and the queue before it.

The event loop submits and cancels requests under one condition; the thread looks at what changed between two batches,
and sleeps while there is nothing to decode or every listener is behind.
"""

import threading
from dataclasses import replace
from typing import Final, Self

from inzwa.engines.llm.batching.engine_core import EngineCore, Request, Stats
from inzwa.engines.llm.batching.kv_cache import KvCache
from inzwa.engines.llm.batching.model_runner import ModelRunner
from inzwa.errors import EngineError, Overloaded

MAX_WAITING: Final = 8
"""Requests that may wait; the next one is refused."""

RETRY_AFTER_S: Final = 2.0
"""Seconds after which a refused request may be accepted: about one short reply."""


class DecodeThread:
    """Decodes up to `max_running` requests at once. A context manager; leaving it ends the replies under way."""

    def __init__(self, runner: ModelRunner, cache: KvCache, max_running: int) -> None:
        self._cache = cache
        self._max_running = max_running
        self._core = EngineCore(runner, cache, max_running)
        self._waiting: list[Request] = []
        self._to_forget: set[str] = set()
        self._condition = threading.Condition()
        self._open = self._changed = False
        self._thread = threading.Thread(target=self._run, name="inzwa-llm", daemon=True)

    def __enter__(self) -> Self:
        self._open = True
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._condition:
            self._open = False
            self._condition.notify()
        self._thread.join()

    @property
    def has_capacity(self) -> bool:
        """Whether a request would be decoded at once."""
        return self._active() < self._max_running

    @property
    def conversations(self) -> int:
        """How many have something in the cells."""
        return self._cache.conversations

    def submit(self, request: Request) -> None:
        """Queue the request; Overloaded when the queue is full. A prefill for the same session is cancelled."""
        with self._condition:
            if not self._open:
                raise EngineError("llm", "The language model is closed.")
            self._cancel_prefills(request.options.session)
            if self._active() >= self._max_running + MAX_WAITING:
                self._core.stats.refused += 1
                raise Overloaded("Too many replies are waiting for the language model.", retry_after_s=RETRY_AFTER_S)
            self._waiting.append(request)
            self._notify()

    def cancel(self, request: Request) -> None:
        """The listener has gone; the request's slot is free after the current batch. No error when it is over."""
        with self._condition:
            request.cancelled = True
            self._notify()

    def forget(self, session: str) -> None:
        """Drop what is cached for the session."""
        with self._condition:
            self._to_forget.add(session)
            self._notify()

    def wake(self) -> None:
        """A listener took a piece: its reply may go on."""
        with self._condition:
            self._condition.notify()

    def stats(self) -> Stats:
        """The figures of this moment."""
        core = self._core
        return replace(core.stats, evicted=self._cache.evicted, running=len(core.running), waiting=len(self._waiting))

    def _requests(self) -> list[Request]:
        running = list(self._core.running.values())  # atomic: a step may change it now
        return [*(each.request for each in running), *self._waiting]

    def _active(self) -> int:
        return sum(not request.cancelled for request in self._requests())

    def _cancel_prefills(self, session: str) -> None:
        for request in self._requests():
            if session and request.options.session == session and not request.generates:
                request.cancelled = True

    def _notify(self) -> None:
        self._changed = True
        self._condition.notify()

    def _run(self) -> None:
        try:
            while self._update():
                if self._core.ready:
                    self._core.step()
                if self._waiting:  # the step may have freed a slot
                    self._changed = True
        finally:
            self._close()

    def _update(self) -> bool:
        """Sleep until there is something to do, then drop what was cancelled and admit what waits. False at the end."""
        with self._condition:
            self._condition.wait_for(lambda: self._changed or self._core.ready or not self._open)
            self._changed = False
            self._core.stats.cancelled += self._end([request for request in self._requests() if request.cancelled])
            while self._to_forget:
                self._cache.forget(self._to_forget.pop())
            while self._waiting and self._core.admit(self._waiting[0]):
                del self._waiting[0]
            return self._open

    def _end(self, requests: list[Request], error: EngineError | None = None) -> int:
        """Free what these use and end their streams; how many they are."""
        for running in [each for each in self._core.running.values() if each.request in requests]:
            self._core.end(running, error)
        for request in [each for each in self._waiting if each in requests]:
            self._waiting.remove(request)
            request.stream.end(error)
        return len(requests)

    def _close(self) -> None:
        """Nobody decodes any more: whoever still listens gets an error."""
        with self._condition:
            self._open = False
            self._end(self._requests(), EngineError("llm", "The language model was closed."))
