"""A HiFi-GAN decoder with random weights, as in a VITS; with a speaker's vector where that is asked for."""

import numpy as np

from inzwa.formats.onnx_graph import read_graph
from inzwa.formats.onnx_writer import GraphWriter

CHANNELS, HOP = 16, 8


class DecoderWriter:
    """Writes one decoder, block by block."""

    def __init__(self):
        self.writer, self._draw = GraphWriter(), np.random.default_rng(0)

    def weight(self, *shape):
        values = self._draw.normal(size=shape).astype(np.float32) / np.sqrt(np.prod(shape[1:]))
        return self.writer.weight(f"weight {self._draw.integers(1 << 40)}", values.astype(np.float32))

    def conv(self, x, out, into, width, dilation=1, bias=True):
        pad = (width - 1) * dilation // 2
        inputs = [x, self.weight(out, into, width), *([self.weight(out)] if bias else [])]
        return self.writer.node(
            "Conv", *inputs, kernel_shape=[width], strides=[1], dilations=[dilation], pads=[pad, pad]
        )

    def upsampled(self, x, into, out, step):
        return self.writer.node(
            "ConvTranspose",
            self.writer.node("LeakyRelu", x, alpha=0.1),
            self.weight(into, out, 2 * step),
            self.weight(out),
            kernel_shape=[2 * step],
            strides=[step],
            pads=[step // 2, step // 2],
        )

    def residual(self, x, channels, width, dilations):
        for dilation in dilations:
            made = self.conv(self.writer.node("LeakyRelu", x, alpha=0.1), channels, channels, width, dilation)
            x = self.writer.node("Add", made, x)
        return x

    def blocks(self, x, channels):
        both = self.writer.node("Add", self.residual(x, channels, 3, (1, 2)), self.residual(x, channels, 5, (2,)))
        return self.writer.node("Div", both, self.writer.float_scalar(2.0))


def decoder(*, speaker=False, channels=CHANNELS):
    """The graph: z, shape (1, channels, frames), and g, shape (1, 4, 1), to samples, shape (1, 1, HOP * frames)."""
    made = DecoderWriter()
    writer = made.writer
    z = writer.input("z", [1, channels, "frames"])
    x = made.conv(z, 2 * channels, channels, 7)
    if speaker:
        x = writer.node("Add", x, made.conv(writer.input("g", [1, 4, 1]), 2 * channels, 4, 1))
    x = made.blocks(made.upsampled(x, 2 * channels, channels, 4), channels)
    x = made.blocks(made.upsampled(x, channels, channels, 2), channels)
    writer.node("Tanh", made.conv(writer.node("LeakyRelu", x, alpha=0.01), 1, channels, 7, bias=False), to="sound")
    writer.output("sound", [1, 1, "samples"])
    return read_graph(writer.to_bytes())
