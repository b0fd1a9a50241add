"""Publishing in an application: restored at the start, pushed now and then and at the end. No turn waits for it."""

import logging
from functools import partial
from typing import Final, TypeVar

import anyio
from anyio import to_thread

from inzwa.errors import InzwaError
from inzwa.feedback.export.rows import contributor_ids
from inzwa.feedback.publish.push import pending, push
from inzwa.feedback.publish.repository import Repository
from inzwa.feedback.publish.restore import restore
from inzwa.feedback.store.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")

RESTORE_S: Final = 60.0
"""Seconds that ratings wait at the start for what was pushed before; what is missing then comes with the first push."""
RETRY_S: Final = 30.0
"""Seconds until a push that failed is made again; twice as many after each further failure."""
LONGEST_RETRY_S: Final = 3_600.0


class Publisher:
    """Keeps one dataset as the store is, until it is told to stop."""

    def __init__(self, store: Store, repository: Repository, every_s: float) -> None:
        self._store, self._repository, self._every_s = store, repository, every_s
        self._stopping, self._stopped = anyio.Event(), anyio.Event()
        self._failures = 0
        self._pushed = False
        self._thread = anyio.CapacityLimiter(1)

    async def restore_first(self, limit_s: float = RESTORE_S) -> None:
        """Restore an empty store. After `limit_s` seconds, or a failure, it goes on without: a push reads before it
        writes, so nothing in the dataset is lost."""
        with anyio.move_on_after(limit_s) as scope:
            try:
                if not await self._store.read(contributor_ids):
                    restored = await self._run(partial(restore, self._store, self._repository))
                    log.info("restored %d contributors, %d sounds", restored.contributors, restored.sounds)
            except InzwaError as error:
                log.warning("what evaluators gave is not restored yet: %s: %s", error.code, error.message)
        if scope.cancelled_caught:
            log.warning("what evaluators gave is not restored yet: it takes longer than %g s", limit_s)

    async def run(self) -> None:
        """Push what changed, every so often, and once more when told to stop; then end."""
        try:
            while not self._stopping.is_set():
                await self._push()
                with anyio.move_on_after(self.wait_s):
                    await self._stopping.wait()
            await self._push()
        finally:
            self._stopped.set()

    async def stop(self, limit_s: float) -> None:
        """Let `run` push once more, for `limit_s` seconds at the most."""
        self._stopping.set()
        with anyio.move_on_after(limit_s) as scope:
            await self._stopped.wait()
        if scope.cancelled_caught:
            log.warning("what evaluators gave is not all published: the server stops, and goes on at its next start")

    @property
    def wait_s(self) -> float:
        """Seconds until the next push."""
        if not self._failures:
            return self._every_s
        return min(RETRY_S * 2.0 ** (self._failures - 1), LONGEST_RETRY_S, max(self._every_s, RETRY_S))

    async def _push(self) -> None:
        """The first time whatever the store says, since an earlier process may have been killed in the middle."""
        try:
            if self._pushed and not await self._store.read(pending):
                return
            pushed = await self._run(partial(push, self._store, self._repository))
        except InzwaError as error:
            self._failures += 1
            log.warning("what evaluators gave is not published yet: %s: %s", error.code, error.message)
            return
        except OSError as error:  # a sound file that cannot be read
            self._failures += 1
            log.warning("what evaluators gave is not published yet: %s", type(error).__name__)
            return
        self._failures, self._pushed = 0, True
        log.info("published: %d files written, %d deleted", pushed.written, pushed.deleted)
        if not pushed.forgotten:
            log.warning("the dataset's history still holds what was withdrawn: this token may not rewrite it")

    async def _run(self, task: "partial[T]") -> T:
        return await to_thread.run_sync(task, limiter=self._thread, abandon_on_cancel=True)
