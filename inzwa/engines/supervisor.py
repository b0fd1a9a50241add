"""Keeps an engine in each slot: opens it, replaces it when it hangs, swaps it for another model when asked."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from inzwa.engines.selection import Attempt
from inzwa.engines.slots import EngineSlot
from inzwa.errors import EngineError, InzwaError, ModelError
from inzwa.protocols import Stage, StageReporter

LAST_TURN_S: Final = 60.0
"""Seconds that running turns may keep an engine after it was swapped."""


class OpenFirst(Protocol):
    """Fetches a model's files and opens an engine on them."""

    def __call__(
        self, stage: Stage, plan: tuple[Attempt, ...], report: StageReporter, *, beside: bool
    ) -> AbstractAsyncContextManager[Any]:
        """The first attempt that can be had and opened; the last one's error where none can.

        `beside`: another engine serves meanwhile, so there must be memory for both.
        """
        ...


class _Swap:
    """A model swap in progress, for which its caller waits."""

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.done = anyio.Event()
        self.error: InzwaError | None = EngineError("", "The engines are being closed.")
        """Why it failed; None once the new engine serves."""

    def succeed(self) -> None:
        self.error = None
        self.done.set()


class EngineSupervisor:
    """The slots of all stages, and the task group in which their engines live."""

    def __init__(
        self,
        open_first: OpenFirst,
        slots: dict[Stage, EngineSlot[Any]],
        tasks: TaskGroup,
        report: StageReporter,
        last_turn_s: float,
    ) -> None:
        self._open_first, self._slots, self._tasks = open_first, slots, tasks
        self._report, self._last_turn_s = report, last_turn_s
        self._plans: dict[Stage, tuple[Attempt, ...]] = {}

    async def supervise(self, stage: Stage, plan: tuple[Attempt, ...]) -> None:
        """Keep an engine of this plan in the slot until another plan takes over or this is cancelled."""
        self._plans[stage] = plan
        while self._plans[stage] is plan:
            async with self._open_first(stage, plan, self._report, beside=False) as engine:
                if self._plans[stage] is plan and not await self._serve_until_retired(stage, engine):
                    return

    async def exchange(self, stage: Stage, model: str, report: StageReporter) -> None:
        """An Exchange (inzwa.protocols). One call at a time."""
        swap = _Swap()
        self._tasks.start_soon(self._swap_in, stage, model, report, swap)
        try:
            await swap.done.wait()
        finally:
            if not swap.done.is_set():
                swap.scope.cancel()
        if swap.error is not None:
            raise swap.error

    async def _swap_in(self, stage: Stage, model: str, report: StageReporter, swap: _Swap) -> None:
        hung = False
        try:
            with swap.scope:
                before = self._plans[stage]
                wanted = next((each for each in before if each.model == model), Attempt(model))  # with its adapter
                async with self._open_first(stage, (wanted,), report, beside=True) as engine:
                    await anyio.lowlevel.checkpoint_if_cancelled()  # too late once the engine serves
                    plan = (wanted, *(each for each in self._plans[stage] if each != wanted))
                    self._plans[stage] = plan
                    swap.succeed()
                    hung = await self._serve_until_retired(stage, engine)
        except (ModelError, EngineError) as error:
            swap.error = error
        finally:
            swap.done.set()
        if hung:
            await self.supervise(stage, plan)

    async def _serve_until_retired(self, stage: Stage, engine: Any) -> bool:
        """Let the engine serve until it is retired and nobody uses it any more; whether it hung."""
        instance = self._slots[stage].install(engine)
        await instance.wait_released(self._last_turn_s)
        return instance.hung
