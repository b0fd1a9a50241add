"""Layers of VITS as ONNX nodes, with a checkpoint's weights. Batch 1.

Tensors are (1, channels, time) unless a docstring says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, TypedDict

import numpy as np

from inzwa.errors import NotConvertible
from inzwa.formats.onnx_writer import GraphWriter
from inzwa.formats.safetensors import Weights
from inzwa.models.convert.checkpoint import Checkpoint

TORCH_EPSILON: Final = 1e-5
"""What torch's LayerNorm adds to the variance unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The hyperparameters of a VITS of transformers, under the names of its config.json."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    window_size: int
    ffn_dim: int
    ffn_kernel_size: int
    flow_size: int
    layer_norm_eps: float
    depth_separable_num_layers: int
    duration_predictor_flow_bins: int
    duration_predictor_tail_bound: float
    duration_predictor_kernel_size: int
    duration_predictor_num_flows: int
    prior_encoder_num_flows: int
    prior_encoder_num_wavenet_layers: int
    wavenet_kernel_size: int
    wavenet_dilation_rate: int
    upsample_initial_channel: int
    upsample_rates: tuple[int, ...]
    upsample_kernel_sizes: tuple[int, ...]
    resblock_kernel_sizes: tuple[int, ...]
    resblock_dilation_sizes: tuple[tuple[int, ...], ...]
    leaky_relu_slope: float

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Self:
        """From config.json. NotConvertible for what is not supported: several speakers, other duration predictors."""
        for key, expected in _SUPPORTED.items():
            if (found := config.get(key, expected)) != expected:
                raise NotConvertible(f"config.json: {key}: expected {expected!r}, found {found!r}")
        try:
            return cls(**{key: _numbers(config[key]) for key in cls.__dataclass_fields__})
        except (KeyError, TypeError, ValueError) as error:
            raise NotConvertible(f"config.json: expected the numbers of a VITS, found none for {error}") from error


_SUPPORTED: Final[Mapping[str, Any]] = {
    "num_speakers": 1,
    "use_stochastic_duration_prediction": True,
    "hidden_act": "relu",
    "use_bias": True,
    "depth_separable_channels": 2,
}


@dataclass(frozen=True, slots=True)
class Layers:
    """Writes layers; `name` is the prefix of a layer's tensors in the checkpoint."""

    graph: GraphWriter
    checkpoint: Checkpoint

    def convolution(
        self, x: str, name: str, inputs: int, outputs: int, kernel: int = 1, *, dilation: int = 1, bias: bool = True
    ) -> str:
        """Along time; the length stays the same."""
        weights = [self._weight(name, outputs, inputs, kernel), *([self._bias(name, outputs)] if bias else [])]
        return self.graph.node("Conv", x, *weights, **_along_time(kernel, dilation))

    def depthwise(self, x: str, name: str, channels: int, kernel: int, dilation: int) -> str:
        """Along time, channel by channel; the length stays the same."""
        weights = self._weight(name, channels, 1, kernel), self._bias(name, channels)
        return self.graph.node("Conv", x, *weights, group=channels, **_along_time(kernel, dilation))

    def upsampling(self, x: str, name: str, inputs: int, outputs: int, kernel: int, rate: int) -> str:
        """Transposed convolution along time, which becomes `rate` times as long."""
        if kernel < rate or (kernel - rate) % 2:
            raise NotConvertible(f"{name}: expected a kernel longer than {rate} by an even number, found {kernel}")
        trim = (kernel - rate) // 2
        weights = self._weight(name, inputs, outputs, kernel), self._bias(name, outputs)
        return self.graph.node(
            "ConvTranspose", x, *weights, kernel_shape=[kernel], strides=[rate], dilations=[1], pads=[trim, trim]
        )

    def linear(self, x: str, name: str, inputs: int, outputs: int, scale: float = 1.0) -> str:
        """Shape (time, inputs) to (time, outputs); the result is multiplied by `scale`."""
        matrix = self.checkpoint.tensor(f"{name}.weight", outputs, inputs) * np.float32(scale)
        bias = self.checkpoint.tensor(f"{name}.bias", outputs) * np.float32(scale)
        product = self.graph.node("MatMul", x, self.graph.weight(f"{name}.weight", np.ascontiguousarray(matrix.T)))
        return self.graph.node("Add", product, self.graph.weight(f"{name}.bias", bias))

    def norm(self, x: str, name: str, channels: int, epsilon: float = TORCH_EPSILON) -> str:
        """Over the last dimension."""
        parts = [self.constant(f"{name}.{part}", channels) for part in ("weight", "bias")]
        return self.graph.node("LayerNormalization", x, *parts, axis=-1, epsilon=float(epsilon))

    def channel_norm(self, x: str, name: str, channels: int) -> str:
        """Over the channels."""
        rows = self.graph.node("Transpose", x, perm=[0, 2, 1])
        return self.graph.node("Transpose", self.norm(rows, name, channels), perm=[0, 2, 1])

    def constant(self, name: str, *shape: int) -> str:
        """A tensor of the checkpoint, unchanged."""
        return self.graph.weight(name, self.checkpoint.tensor(name, *shape))

    def _weight(self, name: str, *shape: int) -> str:
        return self.graph.weight(f"{name}.weight", kernel_of(self.checkpoint, name, *shape))

    def _bias(self, name: str, outputs: int) -> str:
        return self.constant(f"{name}.bias", outputs)


def kernel_of(checkpoint: Checkpoint, name: str, *shape: int) -> Weights:
    """A convolution's kernel, its weight norm (Salimans and Kingma 2016) folded in where the checkpoint has one."""
    for length, direction in _NORMED:
        if checkpoint.has(name + direction):
            vectors = checkpoint.tensor(name + direction, *shape)
            lengths = checkpoint.tensor(name + length, shape[0], 1, 1)
            norms = np.sqrt(np.square(vectors).sum(axis=(1, 2), keepdims=True))
            kernel: Weights = vectors * (lengths / np.maximum(norms, np.finfo(np.float32).tiny))
            return kernel
    return checkpoint.tensor(f"{name}.weight", *shape)


_NORMED: Final = (
    (".parametrizations.weight.original0", ".parametrizations.weight.original1"),
    (".weight_g", ".weight_v"),
)
"""Length and direction, as torch names them since 2.0 and before."""


class _AlongTime(TypedDict):
    """Attributes of a convolution that keeps the length."""

    kernel_shape: list[int]
    strides: list[int]
    dilations: list[int]
    pads: list[int]


def _along_time(kernel: int, dilation: int) -> _AlongTime:
    reach = (kernel - 1) * dilation
    return {"kernel_shape": [kernel], "strides": [1], "dilations": [dilation], "pads": [reach // 2, reach - reach // 2]}


def _numbers(value: Any) -> Any:
    """JSON's lists as tuples; only numbers in them."""
    if isinstance(value, list):
        return tuple(map(_numbers, value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return value
