"""Opens each engine by name, so that its native library is loaded then and not when the program starts.

A library that was built for another processor ends the process that loads it. So a self-test (selftest.py) opens the
engine in a child process first, through this same module.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final, cast

import anyio
from anyio.to_thread import run_sync

from inzwa.engines.llm.llama.library import Library, load_library, package_folder
from inzwa.engines.llm.lora import Lora
from inzwa.errors import EngineError, EngineUnfit
from inzwa.models.local_model import LocalModel
from inzwa.protocols import Stage, stage_errors

WHISPER_SINGLE_UP_TO: Final = 2
"""Up to here Whisper base is as fast in one thread (112 ms a sentence against 124) and leaves a core to the others."""

NATIVE: Final = {
    "silero": ("onnxruntime",),
    "faster-whisper": ("ctranslate2", "onnxruntime"),
    "whisper-cpp": ("pywhispercpp",),
    "llama-cpp": (),
    "vits": ("onnxruntime",),
}
"""The packages whose shared objects an engine runs on; llama.cpp's are those of the library that is chosen for it."""


Opened = AbstractAsyncContextManager[Any] | AbstractContextManager[Any]
"""An engine that is closed with the block; a blocking manager is entered and left in a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec:
    """Everything that is needed to open one engine, in this process or in a child."""

    stage: Stage
    engine: str
    """A name in NATIVE."""
    model: LocalModel
    threads: int
    context_tokens: int = 0
    """Context of one conversation in tokens; for a language model."""
    lora: Lora | None = None
    library: Library | None = None
    """The build of llama.cpp; for llama-cpp."""

    @property
    def shared_objects(self) -> tuple[Path, ...]:
        """The native libraries that the engine runs on."""
        if self.library:
            return self.library.files
        folders = [package_folder(name) for name in NATIVE[self.engine]]
        folders += [folder.with_name(f"{folder.name}.libs") for folder in folders]
        return tuple(sorted(file for folder in folders for file in folder.rglob("*.so*") if file.is_file()))

    def __str__(self) -> str:
        """For people: the engine, the library where there are several, the model."""
        library = f", {self.library.name} library" if self.library else ""
        return f"{self.engine}{library} with {self.model.name}"


@asynccontextmanager
async def open_engine(spec: EngineSpec) -> AsyncIterator[Any]:
    """The engine, loaded and warmed. EngineUnfit where its native library cannot be loaded, EngineError otherwise."""
    with stage_errors(spec.stage):
        opened = await run_sync(_open, spec)
    async with opened if isinstance(opened, AbstractAsyncContextManager) else _in_thread(opened) as engine:
        yield engine


def _open(spec: EngineSpec) -> Opened:
    """Blocking: imports the library, which may take a second."""
    if spec.library:
        load_library(spec.library)
    model, threads = spec.model, spec.threads
    match spec.engine:
        case "silero":
            return _opener(spec, "inzwa.engines.vad.silero:open_silero")(model)
        case "faster-whisper":
            few = 1 if threads <= WHISPER_SINGLE_UP_TO else threads
            return _opener(spec, "inzwa.engines.asr.whisper:open_whisper")(model, threads=few)
        case "whisper-cpp":
            return _opener(spec, "inzwa.engines.asr.whisper_cpp:open_whisper_cpp")(model, threads=threads)
        case "llama-cpp":
            size = {"threads": threads, "context_tokens": spec.context_tokens}
            return _opener(spec, "inzwa.engines.llm.llama.engine:open_llama")(
                model, **size, lora=spec.lora, build=spec.library.name if spec.library else ""
            )
        case "vits":
            return _opener(spec, "inzwa.engines.tts.vits:open_vits")(model, threads=threads)
    raise EngineError(spec.stage, f"There is no engine {spec.engine}.")


def _opener(spec: EngineSpec, where: str) -> Callable[..., Opened]:
    try:
        return cast(Callable[..., Opened], resolve_name(where))
    except (ImportError, OSError) as error:
        raise EngineUnfit(spec.stage, f"{spec.engine} cannot be loaded: {error}") from error


@asynccontextmanager
async def _in_thread(manager: AbstractContextManager[Any]) -> AsyncIterator[Any]:
    """A blocking context manager, entered and left without blocking the loop."""
    engine = await run_sync(manager.__enter__)
    try:
        yield engine
    finally:
        with anyio.CancelScope(shield=True):
            await run_sync(manager.__exit__, None, None, None)
