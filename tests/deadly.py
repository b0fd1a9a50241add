"""Shared libraries that end or stop the process which loads them, compiled for a test."""

import subprocess
from pathlib import Path
from typing import Final

from inzwa.engines.llm.llama.library import LIBRARY, Library

DEATHS: Final = {
    "ill": "__builtin_trap();",  # ud2 on x86-64, brk on ARM64
    "abort": 'fputs("GGML_ASSERT(rows > 0) failed\\n", stderr); abort();',
    "hang": "for (;;) pause();",
}
_HEADS: Final = "#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n"


def deadly_library(folder: Path, death: str) -> Library:
    """A libllama.so in this folder that dies so when it is loaded."""
    source = folder / "lib.c"
    source.write_text(f"{_HEADS}__attribute__((constructor)) static void at_load(void) {{ {DEATHS[death]} }}\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", folder / LIBRARY, source], check=True, timeout=60)
    return Library(death, folder / LIBRARY)
