"""open_engines: from settings to four warm engines. With opening.py, the only module that names concrete ones."""

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Final

import anyio
from anyio.to_thread import run_sync

from inzwa.engines.llm.llama.library import libraries
from inzwa.engines.llm.llama.requantise import with_fast_weights
from inzwa.engines.llm.lora import Lora
from inzwa.engines.llm.openai import Server, open_openai
from inzwa.engines.opening import EngineSpec, open_engine
from inzwa.engines.proxies import ChatModelProxy, DetectorProxy, SynthesizerProxy, TranscriberProxy
from inzwa.engines.selection import EMBEDDED, Attempt, attempts, cache_folder, open_store, survey
from inzwa.engines.selftest import SelfTest
from inzwa.engines.slots import EngineSlot
from inzwa.engines.supervisor import LAST_TURN_S, EngineSupervisor
from inzwa.errors import CatalogueError, EngineError, EngineUnfit, ModelError, UnknownModel, ungrouped
from inzwa.models.catalogue import Entry
from inzwa.models.local_model import LocalModel
from inzwa.models.memory import free_memory_mib, require_memory
from inzwa.models.parallel import Stopped
from inzwa.models.progress import Progress
from inzwa.protocols import Engines, Stage, StageReport, StageReporter
from inzwa.settings import Settings

log = logging.getLogger(__name__)

ENGINES: Final[dict[Stage, str]] = {"vad": "silero", "asr": "faster-whisper", "llm": "llama-cpp", "tts": "vits"}
"""What runs a stage's models, unless the attempt or the model names another."""


@asynccontextmanager
async def open_engines(
    settings: Settings, report: StageReporter, *, last_turn_s: float = LAST_TURN_S
) -> AsyncIterator[Engines]:
    """Fetch, verify, load and warm all four in parallel; they close with the block. ModelError or EngineError.

    Where a model cannot be had or opened, its stage takes the next best. While the block lasts, a recogniser, model or
    voice that hangs is replaced by a fresh one, and any of the four by another model when that is asked for; turns
    under way may keep the old one for `last_turn_s` seconds.
    """
    slots: dict[Stage, EngineSlot[Any]] = {stage: EngineSlot(stage, settings.engine_timeout_s) for stage in EMBEDDED}
    plans = await run_sync(_attempts, settings)
    with ungrouped():
        async with anyio.create_task_group() as tasks:
            supervisor = EngineSupervisor(partial(_first_that_opens, settings), slots, tasks, report, last_turn_s)
            for stage in slots:
                tasks.start_soon(supervisor.supervise, stage, plans[stage])
            for slot in slots.values():
                await slot.wait_installed()
            yield Engines(
                vad=DetectorProxy(slots["vad"]),
                asr=TranscriberProxy(slots["asr"]),
                llm=ChatModelProxy(slots["llm"]),
                tts=SynthesizerProxy(slots["tts"]),
                exchange=supervisor.exchange,
            )
            tasks.cancel_scope.cancel()


@asynccontextmanager
async def open_stage(settings: Settings, stage: Stage, report: StageReporter) -> AsyncIterator[Any]:
    """One engine on its own, for a command that needs no other."""
    plans = await run_sync(_attempts, settings)
    async with _first_that_opens(settings, stage, plans[stage], report) as engine:
        yield engine


def _attempts(settings: Settings) -> dict[Stage, tuple[Attempt, ...]]:
    machine = survey(settings)
    if machine.gpu:
        log.info("%s is here and is not used: the packages that Inzwa installs run on the CPU", machine.gpu)
    return attempts(settings, machine)


@asynccontextmanager
async def _first_that_opens(
    settings: Settings, stage: Stage, plan: tuple[Attempt, ...], report: StageReporter, *, beside: bool = False
) -> AsyncIterator[Any]:
    """The first attempt that can be fetched and opened. A wrong name or catalogue is for the user to correct."""
    async with AsyncExitStack() as stack:
        for attempt in plan:
            try:
                engine = await _open(stack, settings, stage, attempt, report, beside)
            except (UnknownModel, CatalogueError):
                raise
            except (ModelError, EngineError) as error:
                report(StageReport(stage, "failed", f"{attempt}: {error.message}", str(attempt)))
                if attempt == plan[-1]:
                    raise
                log.warning("%s cannot be used for %s, the next is tried: %s", attempt, stage, error.message)
            else:
                break
        report(StageReport(stage, "ready", str(attempt), str(attempt)))
        yield engine


async def _open(
    stack: AsyncExitStack, settings: Settings, stage: Stage, attempt: Attempt, report: StageReporter, beside: bool
) -> Any:
    if attempt.engine == "openai":
        report(StageReport(stage, "loading", str(attempt), str(attempt)))
        served = open_openai(_server(settings), context_tokens=settings.context_tokens)
        return await stack.enter_async_context(served)
    report(StageReport(stage, "fetching", str(attempt), str(attempt)))
    if beside:
        entry = await run_sync(_entry, settings, attempt.model, stage)
        require_memory(entry, free_memory_mib())
    lora = await _fetched_lora(settings, attempt.lora, report)  # before its base, which is larger
    model = await _fetched(settings, stage, attempt.model, report)
    if beside:
        require_memory(entry, free_memory_mib(), model.files)
    report(StageReport(stage, "loading", str(attempt), str(attempt)))
    engine = "whisper-cpp" if model.facts.get("engine") == "whisper.cpp" else attempt.engine or ENGINES[stage]
    threads, context_tokens = settings.threads, settings.context_tokens
    spec = EngineSpec(
        stage=stage, engine=engine, model=model, lora=lora, threads=threads, context_tokens=context_tokens
    )
    return await _open_tested(stack, settings, spec)


async def _open_tested(stack: AsyncExitStack, settings: Settings, spec: EngineSpec) -> Any:
    """The engine, after its self-test; of several builds of llama.cpp the first that works."""
    cache = cache_folder(settings)
    found = await run_sync(libraries, settings.llm_library, cache) if spec.engine == "llama-cpp" else (None,)
    for library in found:
        tried = replace(spec, library=library)
        try:
            await SelfTest(cache / "selftest").require(tried)
            return await stack.enter_async_context(open_engine(tried))
        except EngineUnfit as error:
            if library == found[-1]:
                raise
            log.warning("the next build of llama.cpp is tried: %s", error.message)
    raise AssertionError("libraries() never gives none")


def _server(settings: Settings) -> Server:
    return Server(
        url=str(settings.openai_base_url).rstrip("/"),
        key=settings.openai_api_key.get_secret_value().strip(),
        model=settings.openai_model,
        timeout_s=settings.engine_timeout_s,
    )


async def _fetched_lora(settings: Settings, name: str, report: StageReporter) -> Lora | None:
    if not name:
        return None
    return Lora(await _fetched(settings, "llm", name, report, "lora"), settings.llm_lora_scale)


async def _fetched(settings: Settings, stage: Stage, name: str, report: StageReporter, kind: str = "") -> LocalModel:
    """The verified model. `kind` is what it is for, if not the stage itself.

    When cancelled it returns at once; the thread that fetches stops at its next progress report.
    """
    stop = threading.Event()
    try:
        return await run_sync(_fetch, settings, stage, name, report, kind, stop, abandon_on_cancel=True)
    finally:
        stop.set()


def _fetch(
    settings: Settings, stage: Stage, name: str, report: StageReporter, kind: str, stop: threading.Event
) -> LocalModel:
    """Blocking: a download may take minutes. Stopped when nobody waits for it any more."""

    def forward(progress: Progress) -> None:
        if stop.is_set():
            raise Stopped
        if progress.phase != "ready":
            done, total = progress.done_bytes, progress.total_bytes
            share = f" {100 * done // total} %" if total else ""
            detail = f"{name}: {progress.phase} {progress.file}{share}".strip()
            report(StageReport(stage, "fetching", detail, name, progress.phase, done, total))

    _entry(settings, name, kind or stage)
    store = open_store(settings, forward)
    model = store.fetch(name)
    if (kind or stage) != "llm" or settings.models_require_signature:  # nobody signs for what is made here
        return model
    return with_fast_weights(store, model, settings.llm_weights, settings.llm_library)


def _entry(settings: Settings, name: str, kind: str) -> Entry:
    """The model's catalogue entry. UnknownModel where it has none, or is for something else."""
    entry = open_store(settings).entry(name)
    if not entry.serves(kind):
        raise UnknownModel(f"{name} is a model for {entry.stage}, not for {kind}.")
    return entry
