"""Weights of a convolution over time, as the graph has them and as ONNX Runtime's blocked convolutions read them."""

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, numpy_helper

from inzwa.formats.onnx_graph import Graph, Node

Weights = npt.NDArray[np.float32]

_CONVOLUTIONS: Final = ("Conv", "ConvTranspose")


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """Shape (out, in, width); for an upsampling too, whose file has (in, out, width)."""

    weights: Weights
    bias: Weights | None
    """Shape (out,)."""

    @classmethod
    def of(cls, graph: Graph, node: Node) -> Self | None:
        """None where the node is no convolution over time, has groups, or its weights are no constants."""
        if node.op not in _CONVOLUTIONS or any(each.name == "group" and each.i > 1 for each in node.proto.attribute):
            return None
        found = [graph.weights[name] for name in node.inputs[1:] if name in graph.weights]
        if len(found) < len(node.inputs) - 1 or len(found[0].dims) != 3:
            return None
        weights, *biases = map(_numbers, found)
        if node.op == "ConvTranspose":
            weights = weights.transpose(1, 0, 2)
        return cls(weights, biases[0] if biases else None)

    @property
    def out(self) -> int:
        """Channels that come out."""
        return int(self.weights.shape[0])

    @property
    def width(self) -> int:
        """Samples that it spans, if it were not dilated."""
        return int(self.weights.shape[2])

    def divides(self, block: int) -> bool:
        """Whether its channels are whole blocks; fewer than one block of them may come out."""
        return self.weights.shape[1] % block == 0 and (self.out % block == 0 or self.out < block)

    def in_blocks(self, block: int) -> "Kernel":
        """As ONNX Runtime reads it: blocks of out, blocks of in, width, in, out. What is missing of a block is 0."""
        out, into, width = self.weights.shape
        padded = np.zeros((-(-out // block) * block, into, width), dtype=np.float32)
        padded[:out] = self.weights
        blocks = padded.reshape(-1, block, into // block, block, width).transpose(0, 2, 4, 3, 1)
        bias = None if self.bias is None else np.pad(self.bias, (0, padded.shape[0] - out))
        return Kernel(np.ascontiguousarray(blocks).reshape(padded.shape), bias)

    def phases(self, times: int) -> "Kernel":
        """An upsampling by `times`, twice as wide as that, as a convolution of width 2 that makes `times` at once.

        Sample `times` n + p is made of the samples n - 1 and n; it comes out as the channels p * out to (p + 1) * out.
        """
        out, into, _ = self.weights.shape
        later, earlier = self.weights[:, :, :times], self.weights[:, :, times:]
        taps = np.stack((earlier, later), axis=-1).transpose(2, 0, 1, 3)
        return Kernel(taps.reshape(times * out, into, 2), None if self.bias is None else np.tile(self.bias, times))


def half_width(node: Node) -> float:
    """How far a convolution looks to one side, in samples of its input; 0 for any other node."""
    kernel, dilation = math.prod(node.integers("kernel_shape")), math.prod(node.integers("dilations"))
    if node.op == "Conv":
        return (kernel - 1) * dilation / 2
    if node.op == "ConvTranspose":
        return kernel / math.prod(node.integers("strides"))
    return 0.0


def _numbers(tensor: TensorProto) -> Weights:
    return numpy_helper.to_array(tensor).astype(np.float32, copy=False)
