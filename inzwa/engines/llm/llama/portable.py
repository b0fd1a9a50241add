"""Whether the installed llama.cpp is the portable one: `python -m inzwa.engines.llm.llama.portable`, which set-up asks.

pip caches a built wheel by name and version, not by the settings that it was built with, so the one in its cache may be
made for another processor. The portable one uses no OpenMP, which every other build does unless it is told not to. The
files are read, not run.
"""

import sys
from pathlib import Path
from typing import Final

from inzwa.engines.llm.llama.library import BINDINGS, package_folder

KERNELS: Final = "libggml-cpu.so"
OPENMP: Final = (b"libgomp.so", b"libomp.so", b"libiomp5.so")


def is_portable(folder: Path) -> bool:
    """Whether the library in this folder was built as requirements.txt says. None at all is no wrong one."""
    kernels = folder / KERNELS
    if not kernels.exists():
        return not (folder / "libllama.so").exists()
    built = kernels.read_bytes()
    return not any(name in built for name in OPENMP)


def main() -> int:
    """0 when it is, 1 with a sentence when it is not."""
    if is_portable(package_folder(BINDINGS) / "lib"):
        return 0
    sys.stderr.write("pip's cache held a llama.cpp built by other settings, perhaps for another processor.\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
