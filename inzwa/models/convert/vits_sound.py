"""VITS's way from frames to sound as ONNX: the flow run backwards, then HiFi-GAN (Kong et al. 2020)."""

from dataclasses import dataclass
from typing import Final

from inzwa.models.convert.vits_layers import Layers, Sizes

_LAST_SLOPE: Final = 0.01
"""The last leaky ReLU keeps torch's slope, whatever the others have."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Writes flow and decoder."""

    layers: Layers
    sizes: Sizes

    def flow(self, x: str, to: str) -> str:
        """Latent frames, (1, flow size, frames), from the distribution that the text gave them."""
        graph, half = self.layers.graph, self.sizes.flow_size // 2
        for number in reversed(range(self.sizes.prior_encoder_num_flows)):
            first, second = graph.split(self._flipped(x), axis=1)
            at = f"flow.flows.{number}"
            seen = self.layers.convolution(first, f"{at}.conv_pre", half, self.sizes.hidden_size)
            seen = self._wavenet(seen, f"{at}.wavenet")
            shift = self.layers.convolution(seen, f"{at}.conv_post", self.sizes.hidden_size, half)
            x = graph.run("Concat", first, graph.run("Sub", second, shift), axis=1, to=to if number == 0 else "")
        return x

    def decode(self, x: str, to: str) -> str:
        """The sound of latent frames, (1, 1, samples)."""
        graph, sizes = self.layers.graph, self.sizes
        channels, stages = sizes.upsample_initial_channel, len(sizes.upsample_rates)
        x = self.layers.convolution(x, "decoder.conv_pre", sizes.flow_size, channels, 7)
        for stage, (rate, kernel) in enumerate(zip(sizes.upsample_rates, sizes.upsample_kernel_sizes, strict=True)):
            x = graph.run("LeakyRelu", x, alpha=float(sizes.leaky_relu_slope))
            x = self.layers.upsampling(x, f"decoder.upsampler.{stage}", channels, channels // 2, kernel, rate)
            channels //= 2
            x = self._blended(x, stage, channels)
        x = graph.run("LeakyRelu", x, alpha=_LAST_SLOPE)
        x = self.layers.convolution(x, "decoder.conv_post", sizes.upsample_initial_channel >> stages, 1, 7, bias=False)
        return graph.run("Tanh", x, to=to)

    def _blended(self, x: str, stage: int, channels: int) -> str:
        """The mean of what residual blocks with different kernels make."""
        graph, kernels = self.layers.graph, self.sizes.resblock_kernel_sizes
        made = [
            self._residual(x, f"decoder.resblocks.{stage * len(kernels) + number}", channels, kernel, dilations)
            for number, (kernel, dilations) in enumerate(zip(kernels, self.sizes.resblock_dilation_sizes, strict=True))
        ]
        total = made[0]
        for other in made[1:]:
            total = graph.run("Add", total, other)
        return graph.run("Div", total, graph.number(len(made)))

    def _residual(self, x: str, at: str, channels: int, kernel: int, dilations: tuple[int, ...]) -> str:
        graph, slope = self.layers.graph, self.sizes.leaky_relu_slope
        for number, dilation in enumerate(dilations):
            seen = graph.run("LeakyRelu", x, alpha=float(slope))
            seen = self.layers.convolution(seen, f"{at}.convs1.{number}", channels, channels, kernel, dilation=dilation)
            seen = graph.run("LeakyRelu", seen, alpha=float(slope))
            seen = self.layers.convolution(seen, f"{at}.convs2.{number}", channels, channels, kernel)
            x = graph.run("Add", seen, x)
        return x

    def _wavenet(self, x: str, at: str) -> str:
        """Gated dilated convolutions; what each adds to the sum is the result."""
        graph, sizes, width = self.layers.graph, self.sizes, self.sizes.hidden_size
        total, last = "", sizes.prior_encoder_num_wavenet_layers - 1
        for number in range(last + 1):
            seen = self.layers.convolution(
                x,
                f"{at}.in_layers.{number}",
                width,
                2 * width,
                sizes.wavenet_kernel_size,
                dilation=sizes.wavenet_dilation_rate**number,
            )
            content, gate = graph.split(seen, axis=1)
            seen = graph.run("Mul", graph.run("Tanh", content), graph.run("Sigmoid", gate))
            gives = width if number == last else 2 * width
            kept = self.layers.convolution(seen, f"{at}.res_skip_layers.{number}", width, gives)
            if number < last:
                passed, kept = graph.split(kept, axis=1)
                x = graph.run("Add", x, passed)
            total = graph.run("Add", total, kept) if total else kept
        return total

    def _flipped(self, x: str) -> str:
        """The channels in reverse order."""
        whole = self.layers.graph.whole
        return self.layers.graph.run("Slice", x, whole(-1), whole(-(1 << 62)), whole(1), whole(-1))
