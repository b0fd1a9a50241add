"""A low-rank adapter through llama_cpp's C bindings. Whether it fits was asked before (lora.py)."""

import ctypes
from pathlib import Path
from typing import Any

from llama_cpp import llama_cpp as llama

from inzwa.errors import EngineError


def load_adapter(weights: Any, path: Path) -> Any:
    """The adapter, loaded for this model and freed with it. EngineError where llama.cpp refuses the file."""
    adapter = llama.llama_adapter_lora_init(weights, str(path).encode())
    if not adapter:
        raise EngineError("llm", f"{path.name} is no adapter that llama.cpp can add to this model.")
    return adapter


def wear(context: Any, adapter: Any, scale: float) -> None:
    """Add the adapter to whatever the context reads from now on."""
    adapters, scales = (llama.llama_adapter_lora_p_ctypes * 1)(adapter), (ctypes.c_float * 1)(scale)
    if code := llama.llama_set_adapters_lora(context, adapters, 1, scales):
        raise EngineError("llm", f"llama.cpp could not add the adapter: it returned {code}.")
