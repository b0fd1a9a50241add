"""Process-wide settings of native libraries. Entry points apply them before anything heavy is imported."""

import ctypes
import os
import time
from contextlib import suppress
from typing import Final

STARTED_S: Final = time.monotonic()
"""When this process began with Inzwa: an entry point imports this module first."""

VARIABLES: Final = (
    ("OMP_WAIT_POLICY", "PASSIVE"),
    ("OMP_NUM_THREADS", "2"),
    ("DNNL_PRIMITIVE_CACHE_CAPACITY", "8"),
    ("GRADIO_ANALYTICS_ENABLED", "False"),
    ("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000"),
)
"""Read by OpenMP, oneDNN and Gradio when they are first loaded.

Up to three copies of OpenMP are loaded; threads that spin while they wait would take the cores from each other.
oneDNN keeps a compiled convolution for every length of sound that Whisper has read, 0.8 MB each and up to 1024 of
them, and is no slower for making it anew. Gradio would work out statistics of all calls so far, in pandas, after each
so many calls; nobody looks at them.
"""

_M_ARENA_MAX: Final = -8
"""glibc's mallopt parameter: the number of heaps. Elsewhere there is nothing to set."""


def prepare_process() -> None:
    """Set what the environment leaves open, and have all threads share one heap.

    Each thread's own heap would keep what the largest utterance needed, and memory would grow with use.
    """
    for name, value in VARIABLES:
        os.environ.setdefault(name, value)
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def return_free_memory() -> None:
    """Give the system back what loading left free between blocks that are in use. Takes tens of milliseconds."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
