"""Inzwa hears Shona, thinks, and answers aloud, in real time, on a plain CPU."""

import ctypes
import os
from contextlib import suppress

__version__ = "0.1.0"

# Read by OpenMP and Gradio when they are first imported, so it stands before every other import of ours. Up to three
# copies of OpenMP are loaded; threads that spin while they wait would take the cores from each other.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

# So that memory does not grow with use. oneDNN keeps a compiled convolution for every length of sound that Whisper has
# read, 0.8 MB each and up to 1024 of them, and is no slower for making it anew; and each thread's own heap keeps what
# the largest utterance needed, so that all threads share one (glibc's M_ARENA_MAX; elsewhere there is nothing to set).
_M_ARENA_MAX = -8
os.environ.setdefault("DNNL_PRIMITIVE_CACHE_CAPACITY", "8")
with suppress(OSError, AttributeError):
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
