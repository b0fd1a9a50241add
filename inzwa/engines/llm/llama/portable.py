"""Whether the installed llama.cpp is the portable one: `python -m inzwa.engines.llm.llama.portable`, which set-up asks.

pip caches a built wheel by name and version, not by its build settings, so the one in its cache may be made for another
processor. The portable one uses no OpenMP, which is on by default. The files are read, not run.
"""

import sys
from pathlib import Path
from typing import Final

from inzwa.engines.llm.llama.library import BINDINGS, package_folder

KERNELS: Final = "libggml-cpu.so"
OPENMP: Final = (b"libgomp.so", b"libomp.so", b"libiomp5.so")


def is_portable(folder: Path) -> bool:
    """Whether the library in this folder was built as requirements.txt says; true where there is none."""
    kernels = folder / KERNELS
    if not kernels.exists():
        return not (folder / "libllama.so").exists()
    content = kernels.read_bytes()
    return not any(name in content for name in OPENMP)


def main() -> int:
    """The exit status: 0 when it is, 1 when it is not."""
    if is_portable(package_folder(BINDINGS) / "lib"):
        return 0
    sys.stderr.write("pip's cache had a llama.cpp of other build settings, perhaps for another processor.\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
