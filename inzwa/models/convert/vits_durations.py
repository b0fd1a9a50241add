"""VITS's durations as ONNX: how many frames each symbol lasts, drawn from noise by a flow run backwards.

The flow is that of Kim et al. 2021 (VITS) over the splines of Durkan et al. 2019 (Neural Spline Flows). Each step
changes one of two channels as the other says; the flow's first coupling is left out, as the model was trained to do.
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
        said = self.layers.convolution(hidden, f"{_AT}.conv_pre", width, width)
        said = self._separable(said, f"{_AT}.conv_dds")
        said = self.layers.convolution(said, f"{_AT}.conv_proj", width, width)
        for number in range(self.sizes.duration_predictor_num_flows, 1, -1):
            first, second = second, self._coupled(second, first, said, f"{_AT}.flows.{number}")
        return self._scaled(second)

    def _coupled(self, by: str, changed: str, said: str, at: str) -> str:
        """One channel, changed as the other and the text say."""
        graph, width, bins = self.layers.graph, self.sizes.hidden_size, self.sizes.duration_predictor_flow_bins
        x = graph.run("Add", self.layers.convolution(by, f"{at}.conv_pre", 1, width), said)
        x = self.layers.convolution(self._separable(x, f"{at}.conv_dds"), f"{at}.conv_proj", width, 3 * bins - 1)
        shape = graph.run("Transpose", graph.run("Squeeze", x, graph.whole(0)), perm=[1, 0])
        column = graph.run("Reshape", changed, graph.whole(-1, 1))
        moved = inverse_spline(graph, column, shape, self.sizes)
        return graph.run("Reshape", moved, graph.whole(1, 1, -1))

    def _separable(self, x: str, at: str) -> str:
        """Dilated convolutions of each channel by itself, and mixtures of all, with a way past each."""
        graph, width, kernel = self.layers.graph, self.sizes.hidden_size, self.sizes.duration_predictor_kernel_size
        for number in range(self.sizes.depth_separable_num_layers):
            seen = self.layers.depthwise(x, f"{at}.convs_dilated.{number}", width, kernel, kernel**number)
            seen = graph.run("Gelu", self.layers.channel_norm(seen, f"{at}.norms_1.{number}", width))
            seen = self.layers.convolution(seen, f"{at}.convs_pointwise.{number}", width, width)
            seen = graph.run("Gelu", self.layers.channel_norm(seen, f"{at}.norms_2.{number}", width))
            x = graph.run("Add", x, seen)
        return x

    def _scaled(self, x: str) -> str:
        """The flow's last step: of its two channels only the one that is the duration."""
        graph, checkpoint = self.layers.graph, self.layers.checkpoint
        shift = checkpoint.tensor(f"{_AT}.flows.0.translate", 2, 1)[0]
        scale = np.exp(-checkpoint.tensor(f"{_AT}.flows.0.log_scale", 2, 1)[0])
        moved = graph.run("Sub", x, graph.weight(f"{_AT}.shift", shift))
        return graph.run("Mul", moved, graph.weight(f"{_AT}.scale", scale))
