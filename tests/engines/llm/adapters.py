"""LoRA adapters for the tests, written by the `gguf` package: real files for the small model, and wrong ones."""

from pathlib import Path

import numpy as np
from gguf import GGUFWriter

from inzwa.models.local_model import LocalModel
from inzwa.protocols import FileInfo

RANK = 4
WIDTH, LAYERS = 576, 30
"""SmolLM2-135M's."""
FACTS = {
    "general.type": "adapter",
    "adapter.type": "lora",
    "general.base_model.0.name": "SmolLM2 135M Instruct",
}


def adapter(folder: Path, *, arch: str = "llama", width: int = WIDTH, layers: int = LAYERS, **facts: str) -> LocalModel:
    """An adapter that changes what every layer looks for (its queries); `facts` replace those of FACTS, `_` for `.`."""
    path = folder / "adapter.gguf"
    writer = GGUFWriter(path, arch)
    for key, value in {**FACTS, **{key.replace("__", "."): value for key, value in facts.items()}}.items():
        if value:
            writer.add_string(key, value)
    writer.add_float32("adapter.lora.alpha", 2.0 * RANK)
    chance = np.random.default_rng(7)
    for layer in range(layers):
        for half, shape in (("lora_a", (RANK, width)), ("lora_b", (width, RANK))):
            values = chance.normal(0, 0.12, shape).astype(np.float32)
            writer.add_tensor(f"blk.{layer}.attn_q.weight.{half}", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return on_disk(path, "shona-lora", licence="CC-BY-4.0", language="Shona")


def on_disk(path: Path, name: str, **known: str) -> LocalModel:
    """The file as a model of this name."""
    return LocalModel(name=name, folder=path.parent, files=(FileInfo(path.name, path.stat().st_size, ""),), **known)
