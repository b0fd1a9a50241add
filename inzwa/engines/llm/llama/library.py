"""Which build of llama.cpp this process loads: a machine may have several, and a process can load one.

`tuned` was built for this kind of processor (tuning.py), `portable` is the one that requirements.txt installs,
`prebuilt` comes from the wheel of xllamacpp where there was no compiler. Nothing is loaded on import.
"""

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from inzwa.errors import EngineError, EngineUnfit
from inzwa.hardware.processor import Processor, this_processor

BINDINGS: Final = "llama_cpp"
PREBUILT: Final = "xllamacpp"
LIBRARY: Final = "libllama.so"
LIBRARY_PATH: Final = "LLAMA_CPP_LIB_PATH"
NOT_INSTALLED: Final = (
    "llama.cpp is not installed here. `make setup` builds it; without a compiler: "
    "pip install --no-cache-dir -r requirements-prebuilt.txt"
)

_loading: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Library:
    """One build of llama.cpp."""

    name: str
    """tuned, portable, prebuilt; or the folder that a setting names."""
    file: Path
    """The shared object with its C functions."""

    @property
    def files(self) -> tuple[Path, ...]:
        """All shared objects beside libllama.so, or the one file."""
        if self.file.name != LIBRARY:
            return (self.file,)
        return tuple(sorted(path for path in self.file.parent.glob("lib*.so*") if path.is_file()))


def bindings_version() -> str:
    """Of llama-cpp-python, which declares the C functions of all builds; empty where it is not installed."""
    try:
        return version("llama-cpp-python")
    except PackageNotFoundError:
        return ""


def tuned_folder(cache: Path, processor: Processor) -> Path:
    """The folder of the tuned library; each kind of processor and each version has its own."""
    return cache / "llama.cpp" / f"{bindings_version()}-{processor.key}"


def libraries(wanted: str, cache: Path, processor: Processor | None = None) -> tuple[Library, ...]:
    """What can be tried, the best first, and before them the one that `wanted` names, unless that is `auto`.

    Where this process has loaded one already, that one alone. EngineUnfit, with the remedy, where there is none.
    """
    found = tuple(_installed(cache, processor or this_processor()))
    if wanted != "auto":
        named = tuple(each for each in found if each.name == wanted)
        first = named or (Library(wanted, Path(wanted).expanduser().absolute() / LIBRARY),)
        found = (*first, *(each for each in found if each not in first))
    if (file := loaded_file()) is not None:
        return tuple(each for each in found if each.file == file) or (Library("of this process", file),)
    if not bindings_version() or not found:
        raise EngineUnfit("llm", NOT_INSTALLED)
    return found


def _installed(cache: Path, processor: Processor) -> Iterator[Library]:
    tuned = Library("tuned", tuned_folder(cache, processor) / LIBRARY)
    portable = Library("portable", package_folder(BINDINGS) / "lib" / LIBRARY)
    yield from (each for each in (tuned, portable) if each.file.exists())
    for file in sorted(package_folder(PREBUILT).glob("xllamacpp*.so")):
        yield Library("prebuilt", file)


def package_folder(name: str) -> Path:
    """The folder of a package, without importing it; a path that does not exist where it is not installed."""
    spec = find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else Path("/nowhere")


def loaded_file() -> Path | None:
    """The shared object that this process has loaded; None while it has loaded none."""
    module = sys.modules.get(f"{BINDINGS}.{BINDINGS}")
    return None if module is None else Path(module._lib._name)


def load_library(library: Library) -> None:
    """Make `llama_cpp.llama_cpp` call this library, from the first import on and for the life of the process.

    EngineUnfit where it cannot be loaded, or another one is. A library for another processor ends the process here, so
    a child tries it out first (selftest.py).
    """
    with _loading:
        loaded = loaded_file()
        if loaded == library.file:
            return
        if loaded is not None:
            raise EngineUnfit("llm", f"This process has loaded {loaded.name} already; restart it for another.")
        try:
            _import_bindings(library)
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            _undo_import()
            raise EngineUnfit("llm", f"llama.cpp's {library.name} library cannot be loaded: {error}") from error


def _import_bindings(library: Library) -> None:
    if library.file.name == LIBRARY:
        with _library_path(library.file.parent):
            from llama_cpp import llama_cpp as bindings
    else:
        _prepare_partial(library.file)
        from llama_cpp import llama_cpp as bindings
    _require_layout(bindings)


@contextmanager
def _library_path(folder: Path) -> Iterator[None]:
    """The environment variable that the bindings read when they are imported."""
    before = os.environ.get(LIBRARY_PATH)
    os.environ[LIBRARY_PATH] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(LIBRARY_PATH)
        os.environ.update({LIBRARY_PATH: before} if before else {})


def _prepare_partial(file: Path) -> None:
    """Have the bindings load a library that lacks some functions and is not called libllama.so."""
    package = ModuleType(BINDINGS)  # without its __init__, which imports what needs the missing functions
    package.__path__ = [str(package_folder(BINDINGS))]
    sys.modules[BINDINGS] = package
    from llama_cpp import _ctypes_extensions as extensions

    extensions.load_shared_library = lambda *_: _PartialLibrary(str(file))


def _require_layout(module: ModuleType) -> None:
    """RuntimeError where the library's defaults are not at the declared offsets: its structs have another layout."""
    context, model = module.llama_context_default_params(), module.llama_model_default_params()
    found = (context.n_ctx, context.offload_kqv, context.op_offload, context.swa_full, context.kv_unified)
    if (*found, model.n_gpu_layers, model.use_extra_bufts) != (512, True, True, True, False, -1, True):
        raise RuntimeError(f"its llama.h is not the one that llama-cpp-python {bindings_version()} declares")


def _undo_import() -> None:
    for name in [name for name in sys.modules if name == BINDINGS or name.startswith(f"{BINDINGS}.")]:
        del sys.modules[name]


class _PartialLibrary(ctypes.CDLL):
    """A library that may lack functions which Inzwa does not call: importing the bindings looks every one up."""

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("__"):
                raise
            return _missing(name)


def _missing(name: str) -> Any:
    def refuse(*_: object) -> None:
        raise EngineError("llm", f"This build of llama.cpp has no {name}.")

    return ctypes.CFUNCTYPE(None)(refuse)
