"""VITS's stochastic duration predictor as ONNX: how many frames each symbol lasts, by an inverse flow over noise.

The flow is that of Kim et al. 2021 (VITS) over the splines of Durkan et al. 2019 (Neural Spline Flows). Each coupling
transforms one of two channels, conditioned on the other; inference leaves out the first, as in the original.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from inzwa.models.convert.vits_layers import Layers, Sizes
from inzwa.models.convert.vits_spline import inverse_spline

_AT: Final = "duration_predictor"


@dataclass(frozen=True, slots=True)
class Durations:
    """Writes the duration predictor."""

    layers: Layers
    sizes: Sizes

    def write(self, hidden: str, first: str, second: str) -> str:
        """The logarithm of each symbol's frames, (1, 1, symbols), from two channels of noise of that shape."""
        width = self.sizes.hidden_size
        text = self.layers.convolution(hidden, f"{_AT}.conv_pre", width, width)
        text = self._separable(text, f"{_AT}.conv_dds")
        text = self.layers.convolution(text, f"{_AT}.conv_proj", width, width)
        for number in range(self.sizes.duration_predictor_num_flows, 1, -1):
            first, second = second, self._coupled(second, first, text, f"{_AT}.flows.{number}")
        return self._scaled(second)

    def _coupled(self, condition: str, channel: str, text: str, at: str) -> str:
        """One channel, transformed by a spline that depends on the other channel and the text."""
        graph, width, bins = self.layers.graph, self.sizes.hidden_size, self.sizes.duration_predictor_flow_bins
        x = graph.node("Add", self.layers.convolution(condition, f"{at}.conv_pre", 1, width), text)
        x = self.layers.convolution(self._separable(x, f"{at}.conv_dds"), f"{at}.conv_proj", width, 3 * bins - 1)
        shape = graph.node("Transpose", graph.node("Squeeze", x, graph.int_vector(0)), perm=[1, 0])
        column = graph.node("Reshape", channel, graph.int_vector(-1, 1))
        moved = inverse_spline(graph, column, shape, self.sizes)
        return graph.node("Reshape", moved, graph.int_vector(1, 1, -1))

    def _separable(self, x: str, at: str) -> str:
        """Dilated depth-separable convolutions with residual connections."""
        graph, width, kernel = self.layers.graph, self.sizes.hidden_size, self.sizes.duration_predictor_kernel_size
        for number in range(self.sizes.depth_separable_num_layers):
            y = self.layers.depthwise(x, f"{at}.convs_dilated.{number}", width, kernel, kernel**number)
            y = graph.node("Gelu", self.layers.channel_norm(y, f"{at}.norms_1.{number}", width))
            y = self.layers.convolution(y, f"{at}.convs_pointwise.{number}", width, width)
            y = graph.node("Gelu", self.layers.channel_norm(y, f"{at}.norms_2.{number}", width))
            x = graph.node("Add", x, y)
        return x

    def _scaled(self, x: str) -> str:
        """The flow's last step, elementwise affine: only the channel that is the duration."""
        graph, checkpoint = self.layers.graph, self.layers.checkpoint
        shift = checkpoint.tensor(f"{_AT}.flows.0.translate", 2, 1)[0]
        scale = np.exp(-checkpoint.tensor(f"{_AT}.flows.0.log_scale", 2, 1)[0])
        moved = graph.node("Sub", x, graph.weight(f"{_AT}.shift", shift))
        return graph.node("Mul", moved, graph.weight(f"{_AT}.scale", scale))
