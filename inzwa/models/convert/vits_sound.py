"""VITS's frames to sound as ONNX: the inverse flow, then HiFi-GAN (Kong et al. 2020)."""

from dataclasses import dataclass
from typing import Final

from inzwa.models.convert.vits_layers import Layers, Sizes

_LAST_SLOPE: Final = 0.01
"""The last leaky ReLU has torch's default slope, whatever the others have."""


@dataclass(frozen=True, slots=True)
class SoundDecoder:
    """Writes flow and decoder."""

    layers: Layers
    sizes: Sizes

    def flow(self, x: str, to: str) -> str:
        """Latent frames, (1, flow size, frames), of samples from the text's distribution, of the same shape."""
        graph, half = self.layers.graph, self.sizes.flow_size // 2
        for number in reversed(range(self.sizes.prior_encoder_num_flows)):
            first, second = graph.split(self._flipped(x), axis=1)
            at = f"flow.flows.{number}"
            y = self.layers.convolution(first, f"{at}.conv_pre", half, self.sizes.hidden_size)
            y = self._wavenet(y, f"{at}.wavenet")
            shift = self.layers.convolution(y, f"{at}.conv_post", self.sizes.hidden_size, half)
            x = graph.node("Concat", first, graph.node("Sub", second, shift), axis=1, to=to if number == 0 else "")
        return x

    def decode(self, x: str, to: str) -> str:
        """The sound of latent frames, (1, 1, samples)."""
        graph, sizes = self.layers.graph, self.sizes
        channels, stages = sizes.upsample_initial_channel, len(sizes.upsample_rates)
        x = self.layers.convolution(x, "decoder.conv_pre", sizes.flow_size, channels, 7)
        for stage, (rate, kernel) in enumerate(zip(sizes.upsample_rates, sizes.upsample_kernel_sizes, strict=True)):
            x = graph.node("LeakyRelu", x, alpha=float(sizes.leaky_relu_slope))
            x = self.layers.upsampling(x, f"decoder.upsampler.{stage}", channels, channels // 2, kernel, rate)
            channels //= 2
            x = self._multi_receptive_field(x, stage, channels)
        x = graph.node("LeakyRelu", x, alpha=_LAST_SLOPE)
        x = self.layers.convolution(x, "decoder.conv_post", sizes.upsample_initial_channel >> stages, 1, 7, bias=False)
        return graph.node("Tanh", x, to=to)

    def _multi_receptive_field(self, x: str, stage: int, channels: int) -> str:
        """The mean of residual blocks with different kernels."""
        graph, kernels = self.layers.graph, self.sizes.resblock_kernel_sizes
        blocks = [
            self._residual(x, f"decoder.resblocks.{stage * len(kernels) + number}", channels, kernel, dilations)
            for number, (kernel, dilations) in enumerate(zip(kernels, self.sizes.resblock_dilation_sizes, strict=True))
        ]
        total = blocks[0]
        for other in blocks[1:]:
            total = graph.node("Add", total, other)
        return graph.node("Div", total, graph.float_scalar(len(blocks)))

    def _residual(self, x: str, at: str, channels: int, kernel: int, dilations: tuple[int, ...]) -> str:
        graph, slope = self.layers.graph, self.sizes.leaky_relu_slope
        for number, dilation in enumerate(dilations):
            y = graph.node("LeakyRelu", x, alpha=float(slope))
            y = self.layers.convolution(y, f"{at}.convs1.{number}", channels, channels, kernel, dilation=dilation)
            y = graph.node("LeakyRelu", y, alpha=float(slope))
            y = self.layers.convolution(y, f"{at}.convs2.{number}", channels, channels, kernel)
            x = graph.node("Add", y, x)
        return x

    def _wavenet(self, x: str, at: str) -> str:
        """Gated dilated convolutions; the sum of their skip connections, (1, hidden size, frames)."""
        graph, sizes, width = self.layers.graph, self.sizes, self.sizes.hidden_size
        total, last = "", sizes.prior_encoder_num_wavenet_layers - 1
        for number in range(last + 1):
            y = self.layers.convolution(
                x,
                f"{at}.in_layers.{number}",
                width,
                2 * width,
                sizes.wavenet_kernel_size,
                dilation=sizes.wavenet_dilation_rate**number,
            )
            content, gate = graph.split(y, axis=1)
            y = graph.node("Mul", graph.node("Tanh", content), graph.node("Sigmoid", gate))
            outputs = width if number == last else 2 * width
            skip = self.layers.convolution(y, f"{at}.res_skip_layers.{number}", width, outputs)
            if number < last:
                residual, skip = graph.split(skip, axis=1)
                x = graph.node("Add", x, residual)
            total = graph.node("Add", total, skip) if total else skip
        return total

    def _flipped(self, x: str) -> str:
        """The channels in reverse order."""
        ints = self.layers.graph.int_vector
        return self.layers.graph.node("Slice", x, ints(-1), ints(-(1 << 62)), ints(1), ints(-1))
