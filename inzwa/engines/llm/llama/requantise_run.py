"""A model's weights written anew in other types, by llama.cpp."""

import ctypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from llama_cpp import llama_cpp as llama

from inzwa.errors import EngineError

SLAB_BYTES: Final = 64 << 20
"""How much of a tensor is in memory at once: the embedding of a large vocabulary would take 1.6 GB as float32."""
_ERROR: Final = 3
"""ggml's level of what goes wrong."""


def requantise(
    source: Path,
    target: Path,
    mixture: int,
    types: Mapping[str, int],
    *,
    threads: int,
    report: Callable[[int], None] = lambda _: None,
) -> None:
    """Write the GGUF file `target`. EngineError with llama.cpp's reason when it refuses.

    `mixture` is llama.cpp's number for the type of a whole file (llama_ftype), `types` are ggml's numbers for single
    tensors; the mixture decides about the others. `report` is called with the number of tensors that were begun.
    """
    complaints = ["it gives no reason"]
    tensors = 0

    def listen(level: int, text: bytes, _data: Any) -> None:
        nonlocal tensors
        if level == _ERROR:
            complaints.append(text.decode(errors="replace").strip())
        elif text.startswith(b"["):  # one a tensor
            tensors += 1
            report(tensors)

    callback = llama.llama_log_callback(listen)
    llama.llama_log_set(callback, None)
    llama.llama_backend_init()
    overrides = _overrides(types)
    params = llama.llama_model_quantize_default_params()
    params.nthread, params.ftype, params.max_buf_size, params.allow_requantize = threads, mixture, SLAB_BYTES, True
    params.tt_overrides = overrides
    try:
        code = llama.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(params))
    finally:
        llama.llama_log_set(_silent, None)
    if code:
        raise EngineError("llm", f"llama.cpp cannot requantise {source.name}: {complaints[-1]}")


def _overrides(types: Mapping[str, int]) -> "ctypes.Array[llama.llama_model_tensor_override]":
    """The table in which llama.cpp looks tensors up: an ECMAScript pattern that fits one name alone, and its type."""
    table = (llama.llama_model_tensor_override * (len(types) + 1))()  # the last one, empty, ends it
    for row, (name, number) in zip(table, types.items(), strict=False):
        row.pattern, row.type = f"^{name.replace('.', '[.]')}$".encode(), number
    return table


_silent = llama.llama_log_callback(lambda _level, _text, _data: None)
"""A global, because the library holds no reference of its own."""
