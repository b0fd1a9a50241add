"""A Whisper checkpoint's tensors, quantised into CTranslate2's specification of the network.

Each matrix is read, quantised and freed before the next one, so memory stays near the largest tensor and the output.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from ctranslate2.specs import WhisperSpec
from ctranslate2.specs.attention_spec import MultiHeadAttentionSpec
from ctranslate2.specs.common_spec import Conv1DSpec, EmbeddingsSpec, LayerNormSpec, LinearSpec
from ctranslate2.specs.transformer_spec import TransformerDecoderLayerSpec, TransformerEncoderLayerSpec

from inzwa.errors import NotConvertible
from inzwa.formats.safetensors import Weights
from inzwa.models.convert.checkpoint import Checkpoint

_INT8_MAX: Final = 127.0
"""Symmetric: from -127 to 127."""

_KERNEL: Final = 3
"""Frames; of both convolutions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """A Whisper's hyperparameters."""

    width: int
    encoder_layers: int
    encoder_heads: int
    encoder_inner: int
    encoder_states: int
    decoder_layers: int
    decoder_heads: int
    decoder_inner: int
    decoder_tokens: int
    bands: int
    """Mel bands: 80, and 128 in large-v3."""
    vocabulary: int
    tied: bool
    """Whether the output projection is the matrix of the embeddings."""

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Self:
        """From config.json."""
        if (activation := config.get("activation_function", "gelu")) != "gelu":
            raise NotConvertible(f"config.json: activation_function: expected 'gelu', found {activation!r}")
        return cls(
            **{name: _positive(config, key) for name, key in _KEYS.items()},
            tied=bool(config.get("tie_word_embeddings", True)),
        )


_KEYS: Final[Mapping[str, str]] = {
    "width": "d_model",
    "encoder_layers": "encoder_layers",
    "encoder_heads": "encoder_attention_heads",
    "encoder_inner": "encoder_ffn_dim",
    "encoder_states": "max_source_positions",
    "decoder_layers": "decoder_layers",
    "decoder_heads": "decoder_attention_heads",
    "decoder_inner": "decoder_ffn_dim",
    "decoder_tokens": "max_target_positions",
    "bands": "num_mel_bins",
    "vocabulary": "vocab_size",
}


def fill(spec: WhisperSpec, checkpoint: Checkpoint, sizes: Sizes) -> None:
    """Set all weights of the network. NotConvertible names a tensor that is absent or of another shape."""
    prefix = "model." if checkpoint.has("model.encoder.conv1.weight") else ""
    _Filler(checkpoint, sizes.width, f"{prefix}encoder.").encoder(spec, sizes)
    _Filler(checkpoint, sizes.width, f"{prefix}decoder.").decoder(spec, sizes)
    if sizes.tied or not checkpoint.has("proj_out.weight"):
        spec.decoder.projection.weight = spec.decoder.embeddings.weight  # stored once; CTranslate2 finds the scale
    else:
        _set_matrix(spec.decoder.projection, checkpoint.tensor("proj_out.weight", sizes.vocabulary, sizes.width))


def quantised(weight: Weights) -> tuple[npt.NDArray[np.int8], Weights]:
    """Rows of INT8, and the factor of each row. Overwrites `weight`, shape (rows, ...)."""
    rows = weight.reshape(len(weight), -1)
    largest = np.maximum(rows.max(axis=1), -rows.min(axis=1))
    largest[largest == 0] = _INT8_MAX
    scale = _INT8_MAX / np.maximum(largest, np.float32(_INT8_MAX) / np.finfo(np.float32).max)
    rows *= scale[:, None]
    return np.rint(rows, out=rows).astype(np.int8).reshape(weight.shape), scale


@dataclass(frozen=True, slots=True)
class _Filler:
    """Fills encoder or decoder with the tensors below `prefix`."""

    checkpoint: Checkpoint
    width: int
    prefix: str

    def encoder(self, spec: WhisperSpec, sizes: Sizes) -> None:
        self._convolution(spec.encoder.conv1, "conv1", sizes.bands)
        self._convolution(spec.encoder.conv2, "conv2", self.width)
        spec.encoder.position_encodings.encodings = self._positions(sizes.encoder_states)
        self._norm(spec.encoder.layer_norm, "layer_norm")
        for number, layer in enumerate(spec.encoder.layer):
            self._layer(layer, f"layers.{number}.", sizes.encoder_inner)

    def decoder(self, spec: WhisperSpec, sizes: Sizes) -> None:
        _set_matrix(spec.decoder.embeddings, self._tensor("embed_tokens.weight", sizes.vocabulary, self.width))
        spec.decoder.position_encodings.encodings = self._positions(sizes.decoder_tokens)
        self._norm(spec.decoder.layer_norm, "layer_norm")
        for number, layer in enumerate(spec.decoder.layer):
            self._layer(layer, f"layers.{number}.", sizes.decoder_inner)
            self._cross_attention(layer.attention, f"layers.{number}.encoder_attn")

    def _layer(self, spec: TransformerEncoderLayerSpec | TransformerDecoderLayerSpec, at: str, inner: int) -> None:
        self._norm(spec.self_attention.layer_norm, f"{at}self_attn_layer_norm")
        self._linear(spec.self_attention.linear[0], [f"{at}self_attn.{part}_proj" for part in "qkv"], self.width)
        self._linear(spec.self_attention.linear[1], [f"{at}self_attn.out_proj"], self.width)
        self._norm(spec.ffn.layer_norm, f"{at}final_layer_norm")
        self._linear(spec.ffn.linear_0, [f"{at}fc1"], self.width, inner)
        self._linear(spec.ffn.linear_1, [f"{at}fc2"], inner, self.width)

    def _cross_attention(self, spec: MultiHeadAttentionSpec, at: str) -> None:
        self._norm(spec.layer_norm, f"{at}_layer_norm")
        self._linear(spec.linear[0], [f"{at}.q_proj"], self.width)
        self._linear(spec.linear[1], [f"{at}.k_proj", f"{at}.v_proj"], self.width)
        self._linear(spec.linear[2], [f"{at}.out_proj"], self.width)

    def _linear(self, spec: LinearSpec, names: list[str], inputs: int, outputs: int = 0) -> None:
        """One matrix of several, stacked by rows."""
        outputs = outputs or self.width
        _set_matrix(spec, np.concatenate([self._tensor(f"{name}.weight", outputs, inputs) for name in names]))
        spec.bias = np.concatenate([self._bias(name, outputs) for name in names])

    def _bias(self, name: str, outputs: int) -> Weights:
        """Whisper's keys have none."""
        if name.endswith("k_proj"):
            return np.zeros(outputs, dtype=np.float32)
        return self._tensor(f"{name}.bias", outputs)

    def _convolution(self, spec: Conv1DSpec, name: str, inputs: int) -> None:
        _set_matrix(spec, self._tensor(f"{name}.weight", self.width, inputs, _KERNEL))
        spec.bias = self._tensor(f"{name}.bias", self.width)

    def _positions(self, count: int) -> Weights:
        return self._tensor("embed_positions.weight", count, self.width)

    def _norm(self, spec: LayerNormSpec, name: str) -> None:
        spec.gamma, spec.beta = self._tensor(f"{name}.weight", self.width), self._tensor(f"{name}.bias", self.width)

    def _tensor(self, name: str, *shape: int) -> Weights:
        return self.checkpoint.tensor(self.prefix + name, *shape)


def _set_matrix(spec: LinearSpec | Conv1DSpec | EmbeddingsSpec, weight: Weights) -> None:
    spec.weight, spec.weight_scale = quantised(weight)


def _positive(config: Mapping[str, Any], key: str) -> int:
    value = config.get(key)
    if type(value) is not int or value <= 0:
        raise NotConvertible(f"config.json: {key}: expected a whole number above zero, found {value!r}")
    return value
