"""Layers of VITS as ONNX nodes with a checkpoint's weights in them. Batch 1; knows no order of layers.

Tensors are (1, channels, time) unless a docstring says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from inzwa.errors import NotConvertible
from inzwa.formats.onnx_writer import GraphWriter
from inzwa.formats.safetensors import Weights
from inzwa.models.convert.checkpoint import Checkpoint

TORCH_EPSILON: Final = 1e-5
"""What torch's LayerNorm adds to the variance unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The numbers that tell one VITS of transformers from another, under the names of its config.json."""

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
        """From config.json. NotConvertible for what this graph does not do: several speakers, other durations."""
        for key, expected in _ONLY.items():
            if (found := config.get(key, expected)) != expected:
                raise NotConvertible(f"config.json: {key}: expected {expected!r}, found {found!r}")
        try:
            return cls(**{key: _plain(config[key]) for key in cls.__dataclass_fields__})
        except (KeyError, TypeError, ValueError) as error:
            raise NotConvertible(f"config.json: expected the numbers of a VITS, found none for {error}") from error


_ONLY: Final[Mapping[str, Any]] = {
    "num_speakers": 1,
    "use_stochastic_duration_prediction": True,
    "hidden_act": "relu",
    "use_bias": True,
    "depth_separable_channels": 2,
}


@dataclass(frozen=True, slots=True)
class Layers:
    """Writes layers, each with the tensors under its name."""

    graph: GraphWriter
    checkpoint: Checkpoint

    def convolution(
        self, x: str, name: str, takes: int, gives: int, kernel: int = 1, *, dilation: int = 1, bias: bool = True
    ) -> str:
        """Along time, which keeps its length."""
        weights = [self._weight(name, gives, takes, kernel), *([self._bias(name, gives)] if bias else [])]
        return self.graph.run("Conv", x, *weights, **_along_time(kernel, dilation))

    def depthwise(self, x: str, name: str, channels: int, kernel: int, dilation: int) -> str:
        """Along time, each channel by itself."""
        weights = self._weight(name, channels, 1, kernel), self._bias(name, channels)
        return self.graph.run("Conv", x, *weights, group=channels, **_along_time(kernel, dilation))

    def upsampling(self, x: str, name: str, takes: int, gives: int, kernel: int, rate: int) -> str:
        """Along time, which becomes `rate` times as long."""
        if kernel < rate or (kernel - rate) % 2:
            raise NotConvertible(f"{name}: expected a kernel longer than {rate} by an even number, found {kernel}")
        trim = (kernel - rate) // 2
        weights = self._weight(name, takes, gives, kernel), self._bias(name, gives)
        return self.graph.run(
            "ConvTranspose", x, *weights, kernel_shape=[kernel], strides=[rate], dilations=[1], pads=[trim, trim]
        )

    def linear(self, x: str, name: str, takes: int, gives: int, scale: float = 1.0) -> str:
        """Shape (time, takes) to (time, gives); the result is multiplied by `scale`."""
        matrix = self.checkpoint.tensor(f"{name}.weight", gives, takes) * np.float32(scale)
        bias = self.checkpoint.tensor(f"{name}.bias", gives) * np.float32(scale)
        made = self.graph.run("MatMul", x, self.graph.weight(f"{name}.weight", np.ascontiguousarray(matrix.T)))
        return self.graph.run("Add", made, self.graph.weight(f"{name}.bias", bias))

    def norm(self, x: str, name: str, channels: int, epsilon: float = TORCH_EPSILON) -> str:
        """Over the last dimension."""
        parts = [self.constant(f"{name}.{part}", channels) for part in ("weight", "bias")]
        return self.graph.run("LayerNormalization", x, *parts, axis=-1, epsilon=float(epsilon))

    def channel_norm(self, x: str, name: str, channels: int) -> str:
        """Over the channels."""
        turned = self.graph.run("Transpose", x, perm=[0, 2, 1])
        return self.graph.run("Transpose", self.norm(turned, name, channels), perm=[0, 2, 1])

    def constant(self, name: str, *shape: int) -> str:
        """A tensor of the checkpoint as it is."""
        return self.graph.weight(name, self.checkpoint.tensor(name, *shape))

    def _weight(self, name: str, *shape: int) -> str:
        return self.graph.weight(f"{name}.weight", kernel_of(self.checkpoint, name, *shape))

    def _bias(self, name: str, gives: int) -> str:
        return self.constant(f"{name}.bias", gives)


def kernel_of(checkpoint: Checkpoint, name: str, *shape: int) -> Weights:
    """A convolution's kernel, its weight norm (Salimans and Kingma 2016) folded in where the checkpoint has one."""
    for length, direction in _NORMED:
        if checkpoint.has(name + direction):
            vectors = checkpoint.tensor(name + direction, *shape)
            lengths = checkpoint.tensor(name + length, shape[0], 1, 1)
            norms = np.sqrt(np.square(vectors).sum(axis=(1, 2), keepdims=True))
            return vectors * (lengths / np.maximum(norms, np.finfo(np.float32).tiny))
    return checkpoint.tensor(f"{name}.weight", *shape)


_NORMED: Final = (
    (".parametrizations.weight.original0", ".parametrizations.weight.original1"),
    (".weight_g", ".weight_v"),
)
"""Length and direction, as torch names them since 2.0 and before."""


def _along_time(kernel: int, dilation: int) -> dict[str, Sequence[int]]:
    reach = (kernel - 1) * dilation
    return {"kernel_shape": [kernel], "strides": [1], "dilations": [dilation], "pads": [reach // 2, reach - reach // 2]}


def _plain(value: Any) -> Any:
    """JSON's lists as tuples; only numbers in them."""
    if isinstance(value, list):
        return tuple(map(_plain, value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return value
