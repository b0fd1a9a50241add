"""Whispers of a few hundred kilobytes with random weights, written as transformers writes them."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from inzwa.models.local_model import LocalModel
from inzwa.protocols import FileInfo

WIDTH, LAYERS, HEADS, INNER = 64, 2, 2, 96
TOKENS = 2_100

SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|sn|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
WORDS = TOKENS - len(SPECIAL) - 1501
"""Tokens of text. The last is empty: by that CTranslate2 knows a multilingual model. Special ones and times follow."""

CONFIG = {
    "model_type": "whisper",
    "architectures": ["WhisperForConditionalGeneration"],
    "activation_function": "gelu",
    "d_model": WIDTH,
    "encoder_layers": LAYERS,
    "encoder_attention_heads": HEADS,
    "encoder_ffn_dim": INNER,
    "decoder_layers": LAYERS,
    "decoder_attention_heads": HEADS,
    "decoder_ffn_dim": INNER,
    "max_source_positions": 1500,
    "max_target_positions": 448,
    "num_mel_bins": 80,
    "vocab_size": TOKENS,
    "suppress_tokens": [1, 2],
    "begin_suppress_tokens": [5, WORDS],
}
GENERATION = {
    "suppress_tokens": [3, 4],
    "begin_suppress_tokens": [6, WORDS],
    "lang_to_id": {"<|en|>": WORDS + 2, "<|sn|>": WORDS + 3},
    "alignment_heads": [[1, 0]],
}


def letters() -> list[str]:
    """The 256 symbols that GPT-2's byte-level alphabet writes bytes as."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(byte) for byte in plain] + [chr(256 + number) for number in range(256 - len(plain))]


def vocabulary() -> dict[str, int]:
    """Letters, then pairs of them as the merges below make them."""
    symbols = letters()
    pairs = (first + second for first in symbols for second in symbols)
    names = symbols + [next(pairs) for _ in range(WORDS - len(symbols) - 1)] + [""]
    return {name: number for number, name in enumerate(names)}


def tokenizer() -> dict:
    """What tokenizer.json says, without timestamps."""
    vocab = vocabulary()
    added = [{"id": WORDS + number, "content": name, **_ADDED} for number, name in enumerate(SPECIAL)]
    merges = [f"{name[0]} {name[1]}" for name in vocab if len(name) == 2]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    model = {"type": "BPE", "vocab": vocab, "merges": merges}
    return {"version": "1.0", "added_tokens": added, "pre_tokenizer": level, "decoder": level, "model": model}


_ADDED = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}


def weights(seed: int = 0) -> dict[str, np.ndarray]:
    """Every tensor that transformers saves, float32, proj_out left out because it is tied."""
    draw = np.random.default_rng(seed)
    return {name: draw.normal(0, 0.2, shape).astype(np.float32) for name, shape in shapes().items()}


def shapes() -> dict[str, tuple[int, ...]]:
    """Tensor name to shape."""
    found: dict[str, tuple[int, ...]] = {
        "model.encoder.conv1.weight": (WIDTH, 80, 3),
        "model.encoder.conv1.bias": (WIDTH,),
        "model.encoder.conv2.weight": (WIDTH, WIDTH, 3),
        "model.encoder.conv2.bias": (WIDTH,),
        "model.encoder.embed_positions.weight": (1500, WIDTH),
        "model.decoder.embed_positions.weight": (448, WIDTH),
        "model.decoder.embed_tokens.weight": (TOKENS, WIDTH),
    }
    for side in ("encoder", "decoder"):
        found |= _norm(f"model.{side}.layer_norm")
        for number in range(LAYERS):
            found |= _layer(f"model.{side}.layers.{number}", ("self_attn", "encoder_attn")[: 1 + (side == "decoder")])
    return found


def _layer(at: str, attentions: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    found = _norm(f"{at}.final_layer_norm") | _linear(f"{at}.fc1", WIDTH, INNER) | _linear(f"{at}.fc2", INNER, WIDTH)
    for attention in attentions:
        found |= _norm(f"{at}.{attention}_layer_norm")
        for part in ("q_proj", "v_proj", "out_proj"):
            found |= _linear(f"{at}.{attention}.{part}", WIDTH, WIDTH)
        found[f"{at}.{attention}.k_proj.weight"] = (WIDTH, WIDTH)
    return found


def _linear(name: str, takes: int, gives: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (gives, takes), f"{name}.bias": (gives,)}


def _norm(name: str) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (WIDTH,), f"{name}.bias": (WIDTH,)}


def local(folder: Path, name: str = "small") -> LocalModel:
    """What lies in a folder, as the store gives it."""
    files = [FileInfo(path.name, path.stat().st_size, "0" * 64) for path in sorted(folder.iterdir())]
    return LocalModel(name=name, folder=folder, files=tuple(files))


def write(folder: Path, tensors: Mapping[str, np.ndarray], **documents: object) -> LocalModel:
    """A checkpoint in one file; `documents` (config, generation_config, tokenizer) replace the usual, None omits."""
    usual = {"config": CONFIG, "generation_config": GENERATION, "tokenizer": tokenizer()}
    return save(folder, tensors, usual | documents)


def save(folder: Path, tensors: Mapping[str, np.ndarray], documents: Mapping[str, object]) -> LocalModel:
    """Weights, and each document that is not None as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        if document is not None:
            (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    save_file(dict(tensors), folder / "model.safetensors")
    return local(folder)
