"""llama.cpp's kernels built for this processor, into the model cache: `python -m inzwa tune`.

The portable library runs on every processor since Haswell and leaves a fifth of a newer one's speed unused. The folder
of the tuned one is named for the processor's features, so that a machine with another processor does not load it from
a cache that was copied there. Never with AMX: GCC before 14 loses the tile configuration that ggml sets, and the first
matrix product ends the process (pull request 26954 of ggml-org/llama.cpp).
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from inzwa.engines.llm.llama.library import BINDINGS, LIBRARY, bindings_version, package_folder, tuned_folder
from inzwa.errors import EngineError
from inzwa.hardware.processor import Processor

NO_AMX: Final = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
SETTINGS: Final = (
    "-DGGML_NATIVE=ON",
    "-DGGML_OPENMP=OFF",
    "-DBUILD_SHARED_LIBS=ON",
    "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON",
    "-DCMAKE_INSTALL_RPATH=$ORIGIN",
    *(f"-DLLAMA_BUILD_{part}=OFF" for part in ("COMMON", "TOOLS", "EXAMPLES", "TESTS", "SERVER", "APP")),
)
_ERROR_SIGNS: Final = ("CMake Error", " error: ", "No space left", "ERROR: Could not", "ERROR: No matching")
"""What marks the line of a build's log that says why it failed."""
TARGET: Final = "ggml"
"""The kernels alone. libllama.so, which has none, is copied from the installed package."""


def build_tuned(cache: Path, processor: Processor, report: Callable[[str], None], *, anew: bool = False) -> Path:
    """The folder of the library for this processor, built if it is not there yet, or again with `anew`.

    EngineError says why it cannot be built; then nothing unfinished is left there. Blocking, for half a minute.
    """
    target = tuned_folder(cache, processor)
    if (target / LIBRARY).exists() and not anew:
        return target
    portable = package_folder(BINDINGS) / "lib"
    if not (portable / LIBRARY).exists():
        raise EngineError("llm", "There is no llama.cpp built from source here, so there is nothing to tune.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="build-") as scratch:
            built = _build(Path(scratch), processor, report)
            made = Path(scratch) / "library"
            _assemble(built, portable, made)
            if target.exists():
                target.rename(Path(scratch) / "before")
            made.rename(target)
    except OSError as error:
        raise EngineError("llm", f"llama.cpp cannot be built in {target.parent}: {error.strerror or error}.") from error
    return target


def _build(scratch: Path, processor: Processor, report: Callable[[str], None]) -> Path:
    """The folder of the built libraries. pip builds them: it fetches the source, cmake and ninja."""
    settings = list(SETTINGS)
    if processor.architecture == "x86_64":
        settings += [f"-DCMAKE_C_FLAGS={NO_AMX}", f"-DCMAKE_CXX_FLAGS={NO_AMX}"]
    chosen = {
        "cmake.source-dir": "vendor/llama.cpp",
        "cmake.args": ";".join(settings),
        "build-dir": str(scratch / "build"),
        "build.targets": TARGET,
        "install.components": "none",  # the libraries are taken from build-dir
    }
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-cache-dir", "--disable-pip-version-check"]
    command += ["--no-binary", "llama-cpp-python", "--wheel-dir", str(scratch)]
    command += [f"--config-settings={name}={value}" for name, value in chosen.items()]
    report(f"building llama.cpp's kernels for {processor}")
    command += ["--verbose", f"llama-cpp-python=={bindings_version()}"]
    with (scratch / "log").open("w+", encoding="utf-8", errors="replace") as log:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False)
        log.seek(0)
        reasons = [line.strip() for line in log if any(sign in line for sign in _ERROR_SIGNS)][:1]
    if ended.returncode:
        raise EngineError(
            "llm", f"llama.cpp could not be built for this processor ({''.join(reasons) or 'pip failed'})."
        )
    return scratch / "build" / "bin"


def _assemble(built: Path, portable: Path, made: Path) -> None:
    """The new kernels and the installed libllama.so in one folder."""
    made.mkdir()
    for file in (*built.glob("libggml*.so*"), *portable.glob("libllama.so*")):
        shutil.copyfile(file, made / file.name)
