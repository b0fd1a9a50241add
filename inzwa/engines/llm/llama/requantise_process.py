"""Runs the child that requantises, and reads what it says."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from inzwa.engines.llm.llama.requantise_child import REFUSED, Job
from inzwa.errors import EngineError, NotConvertible

LIMIT_S: Final = 1_800.0
"""Seconds that it may take. A Zen 3 core makes 9 million weights a second into Q4_K, 80 million into Q8_0."""
CHILD: Final = (sys.executable, "-m", "inzwa.engines.llm.llama.requantise_child")
_REPEATED: Final = 300
"""Characters of its last line that an error repeats."""


def run_child(
    job: Job, on_tensor: Callable[[int], None], *, limit_s: float = LIMIT_S, command: Sequence[str] = CHILD
) -> dict[str, Any]:
    """The loss, as requantise_loss.Loss has it. `on_tensor` is called with the number of each tensor that is begun.

    NotConvertible where llama.cpp refuses the file, EngineError where the library ended the child or took too long. The
    child is killed when `on_tensor` raises.
    """
    last = ""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=_environment(), text=True
    ) as child:
        limit = threading.Timer(limit_s, child.kill)
        limit.start()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            with suppress(BrokenPipeError):  # it may be dead already
                child.stdin.write(json.dumps(asdict(job)))
                child.stdin.close()
            for line in child.stdout:
                last = line.strip() or last
                if last.isdigit():
                    on_tensor(int(last))
            status = child.wait()
        finally:
            limit.cancel()
            child.kill()
    if status == REFUSED:
        raise NotConvertible(last[-_REPEATED:])
    if status:
        raise EngineError("llm", f"requantising ended with status {status}: {last[-_REPEATED:]}")
    return dict(json.loads(last))


def _environment() -> dict[str, str]:
    """This process's, with our code found wherever it was found for this process."""
    here = str(Path(__file__).parents[4])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", ""))))}
