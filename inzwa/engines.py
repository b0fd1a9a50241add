"""open_engines: from settings to four warm engines. The only file that names concrete ones."""

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final

import anyio
from anyio.to_thread import run_sync

from inzwa.asr.whisper import open_whisper
from inzwa.choice import EMBEDDED, Attempt, attempts, open_store, survey
from inzwa.errors import CatalogueError, EngineError, ModelError, UnknownModel
from inzwa.groups import ungrouped
from inzwa.llm.llama import open_llama
from inzwa.llm.lora import Lora
from inzwa.llm.openai import Server, open_openai
from inzwa.models.local import LocalModel
from inzwa.models.progress import Progress
from inzwa.protocols import Engines, Report, Stage, StageReport
from inzwa.settings import Settings
from inzwa.slots import Slot, SlotChatModel, SlotSynthesizer, SlotTranscriber
from inzwa.tts.vits import open_vits
from inzwa.vad.silero import open_silero

log = logging.getLogger(__name__)

FEW_THREADS: Final = 2
"""Up to here Whisper base is as fast in one thread (112 ms a sentence against 124) and leaves a core to the others."""


@asynccontextmanager
async def open_engines(settings: Settings, report: Report) -> AsyncIterator[Engines]:
    """Fetch, prove, load and warm all four, side by side; they close with the block. ModelError or EngineError.

    Where a model cannot be had or opened, its stage takes the next best. A recogniser, model or voice that hangs is
    replaced by a fresh one while the block lasts.
    """
    slots = {stage: Slot(stage, settings.engine_timeout_s) for stage in EMBEDDED}
    plans = await run_sync(_attempts, settings)
    with ungrouped():
        async with anyio.create_task_group() as tasks:
            for stage, slot in slots.items():
                tasks.start_soon(_keep, settings, stage, plans[stage], slot, report)
            opened = {stage: await slot.engine() for stage, slot in slots.items()}
            yield Engines(
                vad=opened["vad"],
                asr=SlotTranscriber(slots["asr"]),
                llm=SlotChatModel(slots["llm"]),
                tts=SlotSynthesizer(slots["tts"]),
            )
            tasks.cancel_scope.cancel()


@asynccontextmanager
async def open_stage(settings: Settings, stage: Stage, report: Report) -> AsyncIterator[Any]:
    """One engine on its own, for a command that needs no other."""
    plans = await run_sync(_attempts, settings)
    async with _first_that_opens(settings, stage, plans[stage], report) as engine:
        yield engine


def _attempts(settings: Settings) -> dict[Stage, tuple[Attempt, ...]]:
    return attempts(settings, survey(settings))


async def _keep(settings: Settings, stage: Stage, plan: tuple[Attempt, ...], slot: Slot[Any], report: Report) -> None:
    """Keep an engine in its slot, for as long as we are not cancelled."""
    while True:
        async with _first_that_opens(settings, stage, plan, report) as engine:
            slot.fill(engine)
            await slot.emptied()


@asynccontextmanager
async def _first_that_opens(
    settings: Settings, stage: Stage, plan: tuple[Attempt, ...], report: Report
) -> AsyncIterator[Any]:
    """The first attempt that can be had and opened. A name or a catalogue that is wrong is the user's to mend."""
    async with AsyncExitStack() as stack:
        for attempt in plan:
            try:
                engine = await _open(stack, settings, stage, attempt, report)
            except (UnknownModel, CatalogueError):
                raise
            except (ModelError, EngineError) as error:
                report(StageReport(stage, "failed", f"{attempt}: {error.message}"))
                if attempt == plan[-1]:
                    raise
                log.warning("%s cannot be used for %s, the next is tried: %s", attempt, stage, error.message)
            else:
                break
        report(StageReport(stage, "ready", str(attempt)))
        yield engine


async def _open(stack: AsyncExitStack, settings: Settings, stage: Stage, attempt: Attempt, report: Report) -> Any:
    if attempt.engine == "openai":
        report(StageReport(stage, "loading", str(attempt)))
        served = open_openai(_server(settings), context_tokens=settings.context_tokens)
        return await stack.enter_async_context(served)
    report(StageReport(stage, "fetching", str(attempt)))
    lora = await run_sync(_fetch_lora, settings, attempt.lora, report)  # before its base, which is larger
    model = await run_sync(_fetch, settings, stage, attempt.model, report)
    report(StageReport(stage, "loading", str(attempt)))
    return await stack.enter_async_context(_opened(settings, stage, model, lora))


def _server(settings: Settings) -> Server:
    return Server(
        url=str(settings.openai_base_url).rstrip("/"),
        key=settings.openai_api_key.get_secret_value().strip(),
        model=settings.openai_model,
        timeout_s=settings.engine_timeout_s,
    )


def _opened(settings: Settings, stage: Stage, model: LocalModel, lora: Lora | None) -> AbstractAsyncContextManager[Any]:
    match stage:
        case "vad":
            return _in_thread(open_silero(model))
        case "asr":
            return _in_thread(open_whisper(model, threads=1 if settings.threads <= FEW_THREADS else settings.threads))
        case "llm":
            size = {"threads": settings.threads, "context_tokens": settings.context_tokens}
            return _in_thread(open_llama(model, **size, lora=lora))
        case "tts":
            return open_vits(model, threads=settings.threads)


@asynccontextmanager
async def _in_thread(manager: AbstractContextManager[Any]) -> AsyncIterator[Any]:
    """A blocking context manager, entered and left without blocking the loop."""
    engine = await run_sync(manager.__enter__)
    try:
        yield engine
    finally:
        with anyio.CancelScope(shield=True):
            await run_sync(manager.__exit__, None, None, None)


def _fetch_lora(settings: Settings, name: str, report: Report) -> Lora | None:
    return Lora(_fetch(settings, "llm", name, report, kind="lora"), settings.llm_lora_scale) if name else None


def _fetch(settings: Settings, stage: Stage, name: str, report: Report, kind: str = "") -> LocalModel:
    """The proven model. Blocking: a download may take minutes. `kind` is what it is for, if not the stage itself."""

    def tell(progress: Progress) -> None:
        if progress.phase != "ready":
            share = f" {100 * progress.done_bytes // progress.total_bytes} %" if progress.total_bytes else ""
            report(StageReport(stage, "fetching", f"{name}: {progress.phase} {progress.file}{share}".strip()))

    store = open_store(settings, tell)
    entry = store.entry(name)
    if not entry.serves(kind or stage):
        raise UnknownModel(f"{name} is a model for {entry.stage}, not for {kind or stage}.")
    return store.fetch(name)
