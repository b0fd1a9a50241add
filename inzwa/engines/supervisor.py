"""Keeps an engine in each slot: opens it, opens another where it hangs, exchanges it when asked. Names no engine."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from inzwa.engines.pool import EngineSlot
from inzwa.engines.selection import Attempt
from inzwa.errors import EngineError, InzwaError, ModelError
from inzwa.protocols import Stage, StageReporter

LAST_TURN_S: Final = 60.0
"""Seconds that turns under way may keep an engine whose place another has taken."""


class Opens(Protocol):
    """Gets a model's files and makes an engine of them."""

    def __call__(
        self, stage: Stage, plan: tuple[Attempt, ...], report: StageReporter, *, beside: bool
    ) -> AbstractAsyncContextManager[Any]:
        """The first attempt that can be had and opened; the last one's error where none can.

        `beside`: another engine serves meanwhile, so there must be memory for both.
        """
        ...


class _Handover:
    """An exchange under way, as who asked for it waits for it."""

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.settled = anyio.Event()
        self.error: InzwaError | None = EngineError("", "The engines are being closed.")
        """Why it failed; None once the engine is in its place."""

    def succeed(self) -> None:
        self.error = None
        self.settled.set()


class EngineSupervisor:
    """The slots of one house, and the task group in which their engines live."""

    def __init__(
        self,
        opens: Opens,
        slots: dict[Stage, EngineSlot[Any]],
        tasks: TaskGroup,
        report: StageReporter,
        last_turn_s: float,
    ) -> None:
        self._opens, self._slots, self._tasks = opens, slots, tasks
        self._report, self._last_turn_s = report, last_turn_s
        self._plans: dict[Stage, tuple[Attempt, ...]] = {}

    async def keep(self, stage: Stage, plan: tuple[Attempt, ...]) -> None:
        """Keep an engine of this plan in the slot, until another is put there or we are cancelled."""
        self._plans[stage] = plan
        while self._plans[stage] is plan:
            async with self._opens(stage, plan, self._report, beside=False) as engine:
                if self._plans[stage] is plan and not await self._serve(stage, engine):
                    return

    async def exchange(self, stage: Stage, model: str, report: StageReporter) -> None:
        """An Exchange. Who calls it has it alone."""
        handover = _Handover()
        self._tasks.start_soon(self._take_over, stage, model, report, handover)
        try:
            await handover.settled.wait()
        finally:
            if not handover.settled.is_set():
                handover.scope.cancel()
        if handover.error is not None:
            raise handover.error

    async def _take_over(self, stage: Stage, model: str, report: StageReporter, handover: _Handover) -> None:
        hung = False
        try:
            with handover.scope:
                before = self._plans[stage]
                wanted = next((each for each in before if each.model == model), Attempt(model))  # with its adapter
                async with self._opens(stage, (wanted,), report, beside=True) as engine:
                    await anyio.lowlevel.checkpoint_if_cancelled()  # too late once the engine is in its place
                    plan = (wanted, *(each for each in self._plans[stage] if each != wanted))
                    self._plans[stage] = plan
                    handover.succeed()
                    hung = await self._serve(stage, engine)
        except (ModelError, EngineError) as error:
            handover.error = error
        finally:
            handover.settled.set()
        if hung:
            await self.keep(stage, plan)

    async def _serve(self, stage: Stage, engine: Any) -> bool:
        """Let the engine serve until it is taken out and nobody needs it any more; whether it hung."""
        tenure = self._slots[stage].fill(engine)
        await tenure.over(self._last_turn_s)
        return tenure.hung
