"""How long a checkpoint of whisper-small's size takes to convert, and how much memory. Its weights are random."""

import argparse
import json
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from inzwa.models.convert import CONVERTERS
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import silent
from inzwa.protocols import FileInfo

WIDTH, LAYERS, INNER, TOKENS, BANDS = 768, 12, 3072, 51_865, 80
"""whisper-small: 242 million parameters."""

CONFIG: Final = {
    "model_type": "whisper",
    "d_model": WIDTH,
    "encoder_layers": LAYERS,
    "encoder_attention_heads": 12,
    "encoder_ffn_dim": INNER,
    "decoder_layers": LAYERS,
    "decoder_attention_heads": 12,
    "decoder_ffn_dim": INNER,
    "max_source_positions": 1500,
    "max_target_positions": 448,
    "num_mel_bins": BANDS,
    "vocab_size": TOKENS,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="convert what lies here, and say how it went")
    arguments = parser.parse_args()
    if arguments.folder:
        convert(arguments.folder)
        return
    with tempfile.TemporaryDirectory(prefix="inzwa-convert-") as folder:
        write(Path(folder))
        subprocess.run([sys.executable, "-m", "benchmarks.convert_whisper", "--folder", folder], check=True)


def convert(folder: Path) -> None:
    """In a process of its own, whose memory is the converter's alone."""
    out = folder / "out"
    out.mkdir()
    files = tuple(FileInfo(path.name, path.stat().st_size, "") for path in folder.iterdir() if path.is_file())
    before_mib = peak_mib()
    began = time.perf_counter()
    CONVERTERS["whisper-ct2"](LocalModel(name="random", folder=folder, files=files), out, silent)
    took_s = time.perf_counter() - began
    size = sum(path.stat().st_size for path in out.iterdir())
    print(f"read {sum(file.size for file in files) / 1e6:,.0f} MB, wrote {size / 1e6:,.0f} MB in {took_s:.1f} s")
    print(f"memory at most {peak_mib():,.0f} MiB, {before_mib:,.0f} MiB of it before it began")


def peak_mib() -> float:
    """The most that this process ever held, in MiB. Linux's rusage would count the parent's from before exec too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def write(folder: Path) -> None:
    """The checkpoint, float32, tensor by tensor."""
    names = [f"<{number}>" for number in range(TOKENS)]
    names[50_256:50_259] = ["", "<|startoftranscript|>", "<|translate|>"]
    vocab = {name: number for number, name in enumerate(names)}
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocab}, "added_tokens": []}))
    draw, header, at = np.random.default_rng(0), {}, 0
    for name, shape in shapes().items():
        end = at + 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for shape in shapes().values():
            file.write(draw.standard_normal(shape, dtype=np.float32).tobytes())


def shapes() -> dict[str, tuple[int, ...]]:
    """Tensor name to shape, as transformers names them."""
    found: dict[str, tuple[int, ...]] = {
        "model.encoder.conv1.weight": (WIDTH, BANDS, 3),
        "model.encoder.conv1.bias": (WIDTH,),
        "model.encoder.conv2.weight": (WIDTH, WIDTH, 3),
        "model.encoder.conv2.bias": (WIDTH,),
        "model.encoder.embed_positions.weight": (1500, WIDTH),
        "model.decoder.embed_positions.weight": (448, WIDTH),
        "model.decoder.embed_tokens.weight": (TOKENS, WIDTH),
    }
    for side, attentions in (("encoder", ["self_attn"]), ("decoder", ["self_attn", "encoder_attn"])):
        layers = [f"model.{side}.layers.{number}" for number in range(LAYERS)]
        norms = [f"{at}.{name}_layer_norm" for at in layers for name in ("final", *attentions)]
        parts = [f"{at}.{name}.{part}_proj" for at in layers for name in attentions for part in ("q", "k", "v", "out")]
        for name in (f"model.{side}.layer_norm", *norms):
            found |= {f"{name}.weight": (WIDTH,), f"{name}.bias": (WIDTH,)}
        for name in parts:
            found |= {f"{name}.weight": (WIDTH, WIDTH)} | ({} if ".k_" in name else {f"{name}.bias": (WIDTH,)})
        for at in layers:
            found |= {f"{at}.fc1.weight": (INNER, WIDTH), f"{at}.fc1.bias": (INNER,)}
            found |= {f"{at}.fc2.weight": (WIDTH, INNER), f"{at}.fc2.bias": (WIDTH,)}
    return found


if __name__ == "__main__":
    main()
