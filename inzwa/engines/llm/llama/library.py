"""Which build of llama.cpp this process runs on: several may lie on a machine, and a process can load one.

`tuned` was built for this very kind of processor (tuning.py), `portable` is the one that requirements.txt installs,
`prebuilt` comes out of the wheel of xllamacpp where there was no compiler. Nothing is loaded on import.
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
    """tuned, portable, prebuilt; or the folder that a setting named."""
    file: Path
    """The shared object that has its C functions."""

    @property
    def files(self) -> tuple[Path, ...]:
        """All that belongs to it: what stands beside libllama.so, or the one file."""
        if self.file.name != LIBRARY:
            return (self.file,)
        return tuple(sorted(path for path in self.file.parent.glob("lib*.so*") if path.is_file()))


def bindings_version() -> str:
    """Of llama-cpp-python, whose declarations of the C functions all libraries are called through; empty without."""
    try:
        return version("llama-cpp-python")
    except PackageNotFoundError:
        return ""


def tuned_folder(cache: Path, processor: Processor) -> Path:
    """Where the library for this kind of processor lies, once it is built: never another kind's, nor version's."""
    return cache / "llama.cpp" / f"{bindings_version()}-{processor.key}"


def libraries(wanted: str, cache: Path, processor: Processor | None = None) -> tuple[Library, ...]:
    """What can be tried, the best first, and before them the one that `wanted` names, unless that is `auto`.

    Where this process runs on one already, that one alone. EngineUnfit, with the remedy, where there is nothing to try.
    """
    here = tuple(_here(cache, processor or this_processor()))
    if wanted != "auto":
        named = tuple(each for each in here if each.name == wanted)
        first = named or (Library(wanted, Path(wanted).expanduser().absolute() / LIBRARY),)
        here = (*first, *(each for each in here if each not in first))
    if (file := loaded_file()) is not None:
        return tuple(each for each in here if each.file == file) or (Library("of this process", file),)
    if not bindings_version() or not here:
        raise EngineUnfit("llm", NOT_INSTALLED)
    return here


def _here(cache: Path, processor: Processor) -> Iterator[Library]:
    tuned = Library("tuned", tuned_folder(cache, processor) / LIBRARY)
    portable = Library("portable", package_folder(BINDINGS) / "lib" / LIBRARY)
    yield from (each for each in (tuned, portable) if each.file.exists())
    for file in sorted(package_folder(PREBUILT).glob("xllamacpp*.so")):
        yield Library("prebuilt", file)


def package_folder(name: str) -> Path:
    """The folder of a package, found without importing it; one that does not exist where it is not installed."""
    spec = find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else Path("/nowhere")


def loaded_file() -> Path | None:
    """The shared object that this process calls; None while it has loaded none."""
    module = sys.modules.get(f"{BINDINGS}.{BINDINGS}")
    return None if module is None else Path(module._lib._name)


def load_library(library: Library) -> None:
    """Make `llama_cpp.llama_cpp` call this library, from the first import on and for the life of the process.

    EngineUnfit where it cannot be loaded, or another one is. What a library for another processor does here is end
    the process, so a child tries it out first (selftest.py).
    """
    with _loading:
        if (before := loaded_file()) is not None:
            if before != library.file:
                raise EngineUnfit("llm", f"This process runs on {before.name} already; start it anew for another.")
            return
        try:
            _import_on(library)
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            _forget_import()
            raise EngineUnfit("llm", f"llama.cpp's {library.name} library cannot be loaded: {error}") from error


def _import_on(library: Library) -> None:
    if library.file.name == LIBRARY:
        with _asked_for(library.file.parent):
            from llama_cpp import llama_cpp as bindings
    else:
        _prepare_partial(library.file)
        from llama_cpp import llama_cpp as bindings
    _require_layout(bindings)


@contextmanager
def _asked_for(folder: Path) -> Iterator[None]:
    """The folder in the variable that the bindings look at when they are imported."""
    before = os.environ.get(LIBRARY_PATH)
    os.environ[LIBRARY_PATH] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(LIBRARY_PATH)
        os.environ.update({LIBRARY_PATH: before} if before else {})


def _prepare_partial(file: Path) -> None:
    """Have the declarations look at a library that has not all of the functions, and is not called libllama.so."""
    package = ModuleType(BINDINGS)  # without its __init__, which imports what needs the functions that are not there
    package.__path__ = [str(package_folder(BINDINGS))]
    sys.modules[BINDINGS] = package
    from llama_cpp import _ctypes_extensions as extensions

    extensions.load_shared_library = lambda *_: _PartialLibrary(str(file))


def _require_layout(module: Any) -> None:
    """RuntimeError where the library's own defaults do not stand where the declarations look for them."""
    context, model = module.llama_context_default_params(), module.llama_model_default_params()
    found = (context.n_ctx, context.offload_kqv, context.op_offload, context.swa_full, context.kv_unified)
    if (*found, model.n_gpu_layers, model.use_extra_bufts) != (512, True, True, True, False, -1, True):
        raise RuntimeError(f"its llama.h is not the one that llama-cpp-python {bindings_version()} declares")


def _forget_import() -> None:
    for name in [name for name in sys.modules if name == BINDINGS or name.startswith(f"{BINDINGS}.")]:
        del sys.modules[name]


class _PartialLibrary(ctypes.CDLL):
    """A library that may lack functions which nobody here calls: the bindings name every one when they are imported."""

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("__"):
                raise
            return _absent(name)


def _absent(name: str) -> Any:
    def refuse(*_: object) -> None:
        raise EngineError("llm", f"This build of llama.cpp has no {name}.")

    return ctypes.CFUNCTYPE(None)(refuse)
