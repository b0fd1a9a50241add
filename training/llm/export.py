"""The adapter of a checkpoint as a GGUF file, which llama.cpp adds to the base: `python -m training.llm.export`.

    python -m training.llm.export [--folder out/train-llm] [--config FILE] [--to FILE]

Its tensors are Q8_0: half the size of float16, and what rounding changes is measured by training.llm.evaluate.
"""

import argparse
import re
from pathlib import Path
from typing import Final

import gguf
import numpy as np
import numpy.typing as npt
import torch

from inzwa.formats.gguf import read_header
from inzwa.models.store import Store, default_cache
from training.llm.config import Config, read_config
from training.llm.run import CHECKPOINT

Matrix = npt.NDArray[np.float32]

NAMES: Final = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""transformers' names of a layer's products, and llama.cpp's."""
HALVES: Final = {"lora_A": "lora_a", "lora_B": "lora_b"}
TENSOR: Final = re.compile(r"\.layers\.(\d+)\.([a-z_]+\.[a-z_]+)\.(lora_[AB])\.")
HEADS: Final = {"attn_q": "llama.attention.head_count", "attn_k": "llama.attention.head_count_kv"}


def interleaved(up: Matrix, heads: int) -> Matrix:
    """Rows of a product whose result is rotated by position: transformers has the two halves of each head one after the
    other, llama.cpp has them in turns. Shape (out, rank) both."""
    return up.reshape(heads, 2, -1, up.shape[1]).swapaxes(1, 2).reshape(up.shape)


def exported_name(name: str) -> tuple[str, str]:
    """llama.cpp's name of a tensor, and of the product that it belongs to. ValueError for one that it does not know."""
    found = TENSOR.search(name)
    if found is None or found[2] not in NAMES:
        raise ValueError(f"{name} is no part of an adapter that llama.cpp knows")
    product = NAMES[found[2]]
    return f"blk.{found[1]}.{product}.weight.{HALVES[found[3]]}", product


def write_adapter(state: dict[str, torch.Tensor], config: Config, base: Path, to: Path) -> None:
    """The file, whole or not at all."""
    head = read_header(base)
    part = to.with_name(f"{to.name}.part")
    writer = gguf.GGUFWriter(part, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", config.lora.alpha)
    writer.add_string("general.name", f"{config.base} Shona")
    writer.add_string("general.base_model.0.name", head.text("general.name"))
    kind = gguf.GGMLQuantizationType.Q8_0
    for name, weight in sorted(state.items()):
        exported, product = exported_name(name)
        values = weight.float().numpy()
        if product in HEADS and exported.endswith(".lora_b"):
            values = interleaved(values, int(head.metadata[HEADS[product]]))
        writer.add_tensor(exported, gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(to)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("out/train-llm"), help="with the checkpoint")
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("config.toml"), help="of the run")
    parser.add_argument("--to", type=Path, default=Path("out/train-llm/shona.gguf"), help="the file to write")
    options = parser.parse_args()
    config = read_config(options.config)
    state = torch.load(options.folder / CHECKPOINT, weights_only=True)["adapter"]
    write_adapter(state, config, Store(default_cache()).fetch(config.base).path(".gguf"), options.to)


if __name__ == "__main__":
    main()
