"""A whole window of silence, encoded: the same for a network each time, and as much work as the first ten sentences.

So it is kept in the cache, by the hash of the encoder's graph, which holds the weights, too.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime

from inzwa.audio.pcm import Sound
from inzwa.engines.asr.network import WINDOW_STATES, States, silent_sound

log = logging.getLogger(__name__)

FOLDER: Final = "silent-windows"
"""Below the models' cache."""
SUFFIX: Final = ".f32"
"""Of a file with the numbers alone, in the order of this machine's bytes."""
MOST_KEPT: Final = 4
"""Networks whose silence is kept, 3 MB each."""


def silent_window(encode: Callable[[Sound], States], graph: bytes, width: int, folder: Path) -> States:
    """Shape (WINDOW_STATES, width), float32: from a file in `folder` where it is there and whole, else encoded."""
    key = hashlib.sha256(graph + onnxruntime.__version__.encode()).hexdigest()
    file = folder / f"{key}{SUFFIX}"
    if (found := _read(file, width)) is None:
        found = encode(silent_sound())
        _write(file, found)
    return found


def _read(file: Path, width: int) -> States | None:
    """None where there is none that could be right."""
    with suppress(OSError, ValueError):
        found: States = np.frombuffer(file.read_bytes(), dtype=np.float32).reshape(WINDOW_STATES, width)
        if np.isfinite(found).all():
            return found
    return None


def _write(file: Path, states: States) -> None:
    """Atomic. A cache that cannot be written only costs the next start another second."""
    unfinished = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(states.tobytes())
        unfinished.replace(file)
        for old in sorted(file.parent.glob(f"*{SUFFIX}"), key=lambda each: each.stat().st_mtime_ns)[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        log.warning("encoded silence cannot be cached: %s", error)
