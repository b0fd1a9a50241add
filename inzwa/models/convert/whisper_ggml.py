"""A Whisper of CTranslate2, in float16 or float32, to the file that whisper.cpp opens.

The format is that of whisper.cpp's models/convert-pt-to-ggml.py: sizes, mel filters, vocabulary, then every tensor
under OpenAI's name, matrices in float16.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from inzwa.audio.mel import mel_filters
from inzwa.errors import ModelUnavailable, NotConvertible
from inzwa.formats.ct2_file import Ct2File, Values
from inzwa.models.convert.whisper_tokens import token_bytes
from inzwa.models.local_model import LocalModel
from inzwa.models.progress import Progress, ProgressCallback

TARGET: Final = "ggml-model.bin"
_MAGIC: Final = 0x67676D6C
_FLOAT16: Final = 1
"""ggml's number for it; 0 is float32."""
_FIRST_SPECIAL: Final = "<|endoftext|>"
_FLOAT32: Final = ("encoder.conv1.bias", "encoder.conv2.bias", "positional_embedding")
"""Tensors that stay float32 though they have two axes."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """In the order of the file."""

    vocabulary: int
    sound_states: int
    width: int
    heads: int
    layers: int
    text_states: int
    text_width: int
    text_heads: int
    text_layers: int
    bands: int

    @classmethod
    def of(cls, model: Ct2File) -> "Sizes":
        conv, words = model.weights("encoder/conv1/weight"), model.weights("decoder/embeddings/weight")
        return cls(
            vocabulary=words.shape[0],
            sound_states=model.weights("encoder/position_encodings/encodings").shape[0],
            width=conv.shape[0],
            heads=model.number("encoder/num_heads"),
            layers=model.layers("encoder"),
            text_states=model.weights("decoder/position_encodings/encodings").shape[0],
            text_width=words.shape[1],
            text_heads=model.number("decoder/num_heads"),
            text_layers=model.layers("decoder"),
            bands=conv.shape[1],
        )


def convert(source: LocalModel, out: Path, report: ProgressCallback) -> None:
    """Write TARGET into `out`."""
    try:
        model, tokens = Ct2File(source.path("model.bin")), source.path("tokenizer.json")
    except ModelUnavailable as error:
        raise NotConvertible(error.message) from error
    sizes, done_bytes = Sizes.of(model), 0
    with (out / TARGET).open("wb") as file:
        file.write(struct.pack("<12i", _MAGIC, *astuple(sizes), _FLOAT16))
        _write_filters(file, sizes.bands)
        _write_vocabulary(file, tokens)
        for name, values in tensors(model, sizes):
            _write_tensor(file, name, values)
            done_bytes += values.nbytes
            report(Progress(source.name, TARGET, min(done_bytes, model.size), model.size, "converting"))
    report(Progress(source.name, TARGET, model.size, model.size, "converting"))


def tensors(model: Ct2File, sizes: Sizes) -> Iterator[tuple[str, Values]]:
    """Every tensor under OpenAI's name."""
    yield "encoder.positional_embedding", model.weights("encoder/position_encodings/encodings")
    yield "decoder.positional_embedding", model.weights("decoder/position_encodings/encodings")
    yield "decoder.token_embedding.weight", model.weights("decoder/embeddings/weight")
    for number in (1, 2):
        yield f"encoder.conv{number}.weight", model.weights(f"encoder/conv{number}/weight")
        yield f"encoder.conv{number}.bias", model.weights(f"encoder/conv{number}/bias")[:, None]
    yield from _norm(model, "encoder/layer_norm", "encoder.ln_post")
    yield from _norm(model, "decoder/layer_norm", "decoder.ln")
    for half, layers in (("encoder", sizes.layers), ("decoder", sizes.text_layers)):
        for layer in range(layers):
            yield from _layer(
                model, f"{half}/layer_{layer}", f"{half}.blocks.{layer}", cross_attention=half == "decoder"
            )


def _layer(model: Ct2File, old: str, new: str, *, cross_attention: bool) -> Iterator[tuple[str, Values]]:
    own, ffn = f"{old}/self_attention", f"{old}/ffn"
    yield from _norm(model, f"{own}/layer_norm", f"{new}.attn_ln")
    yield from _linear(model, f"{own}/linear_0", *(f"{new}.attn.{each}" for each in ("query", "key", "value")))
    yield from _linear(model, f"{own}/linear_1", f"{new}.attn.out")
    if cross_attention:
        cross = f"{old}/attention"
        yield from _norm(model, f"{cross}/layer_norm", f"{new}.cross_attn_ln")
        yield from _linear(model, f"{cross}/linear_0", f"{new}.cross_attn.query")
        yield from _linear(model, f"{cross}/linear_1", f"{new}.cross_attn.key", f"{new}.cross_attn.value")
        yield from _linear(model, f"{cross}/linear_2", f"{new}.cross_attn.out")
    yield from _norm(model, f"{ffn}/layer_norm", f"{new}.mlp_ln")
    yield from _linear(model, f"{ffn}/linear_0", f"{new}.mlp.0")
    yield from _linear(model, f"{ffn}/linear_1", f"{new}.mlp.2")


def _norm(model: Ct2File, old: str, new: str) -> Iterator[tuple[str, Values]]:
    yield f"{new}.weight", model.weights(f"{old}/gamma")
    yield f"{new}.bias", model.weights(f"{old}/beta")


def _linear(model: Ct2File, old: str, *new: str) -> Iterator[tuple[str, Values]]:
    """CTranslate2 stacks matrices that have the same input. Whisper's keys have no bias."""
    weights, biases = model.weights(f"{old}/weight"), model.weights(f"{old}/bias")
    for name, weight, bias in zip(new, np.split(weights, len(new)), np.split(biases, len(new)), strict=True):
        yield f"{name}.weight", weight
        if not name.endswith(".key"):
            yield f"{name}.bias", bias


def _write_tensor(file: BinaryIO, name: str, values: Values) -> None:
    float32 = values.ndim < 2 or name.endswith(_FLOAT32)
    encoded = name.encode()
    file.write(struct.pack("<3i", values.ndim, len(encoded), 0 if float32 else _FLOAT16))
    file.write(struct.pack(f"<{values.ndim}i", *reversed(values.shape)))
    file.write(encoded)
    file.write(np.ascontiguousarray(values, dtype="<f4" if float32 else "<f2").tobytes())


def _write_filters(file: BinaryIO, bands: int) -> None:
    filters = mel_filters(bands)
    file.write(struct.pack("<2i", *filters.shape))
    file.write(np.ascontiguousarray(filters, dtype="<f4").tobytes())


def _write_vocabulary(file: BinaryIO, tokenizer: Path) -> None:
    """The tokens before the first special one; whisper.cpp names the others itself."""
    words = _tokens(tokenizer)
    file.write(struct.pack("<i", len(words)))
    file.writelines(struct.pack("<i", len(word)) + word for word in words)


def _tokens(tokenizer: Path) -> list[bytes]:
    try:
        content: Mapping[str, Any] = json.loads(tokenizer.read_text(encoding="utf-8"))
        ids = {number: token for token, number in content["model"]["vocab"].items() if token != _FIRST_SPECIAL}
        return [token_bytes(ids[number]) for number in range(len(ids))]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotConvertible(f"{tokenizer.name}: expected Whisper's tokens, numbered without a gap") from error
