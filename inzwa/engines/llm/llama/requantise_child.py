"""The child that requantises, so that a native library that goes wrong ends it and not the server.

`python -m inzwa.engines.llm.llama.requantise_child`, with a Job as JSON on standard input. It prints how many tensors
it has begun, a line each, then the loss as JSON. Status 4 when llama.cpp refuses, with the reason in the last line; 3
when its library cannot be loaded; anything else is what the library did to the process.
"""

import json
import resource
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final

from inzwa.engines.llm.llama.library import Library, load_library
from inzwa.errors import EngineUnfit, InzwaError

REFUSED: Final = 4
UNFIT: Final = 3


@dataclass(frozen=True, slots=True)
class Job:
    """What to make. Paths are whole."""

    source: str
    """The GGUF file."""
    target: str
    mixture: int
    """llama.cpp's number for the whole file's type."""
    types: Mapping[str, int]
    """Tensor to ggml's number of its type."""
    library: str
    """llama.cpp's shared object."""
    threads: int


def main() -> int:
    """Do the job that standard input describes; the exit status says how it went."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    job = Job(**json.load(sys.stdin))
    try:
        load_library(Library("of the parent", Path(job.library)))
        _say(json.dumps(_work(job)))
    except InzwaError as error:
        _say(" ".join(error.message.split()))
        return UNFIT if isinstance(error, EngineUnfit) else REFUSED
    return 0


def _work(job: Job) -> dict[str, Any]:
    """The loss. What calls llama.cpp is imported now that its library is chosen."""
    requantise = resolve_name("inzwa.engines.llm.llama.requantise_run:requantise")
    compare = resolve_name("inzwa.engines.llm.llama.requantise_loss:compare")
    source, target = Path(job.source), Path(job.target)
    requantise(source, target, job.mixture, job.types, threads=job.threads, report=lambda done: _say(str(done)))
    return asdict(compare(source, target))  # by one thread: two would wait for each other where cores are busy


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
