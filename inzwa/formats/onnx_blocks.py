"""A VITS decoder in the blocked layout of ONNX Runtime's own convolutions, which it takes for pictures alone.

A convolution over time is turned into one over a picture of height 1. ONNX Runtime keeps such tensors as blocks of 8 or
16 channels side by side, as many as fit one vector of the processor, and needs no copy of the input for each place of
the kernel then. What works number by number (activations, sums) does not mind the layout, so a decoder stays in it from
its first convolution to its last; only a tensor's name says which layout it is in.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from inzwa.formats.onnx_graph import Graph, Node
from inzwa.formats.onnx_kernel import Kernel, Weights

_DOMAIN: Final = "com.microsoft.nchwc"
_OPSET, _IR_VERSION = 15, 8
_UNARY: Final = frozenset(("LeakyRelu", "Tanh", "Relu", "Sigmoid"))
_BINARY: Final = frozenset(("Add", "Mul", "Div", "Sub"))


def probe() -> bytes:
    """A model that puts x, shape (1, 32, 1, 2), in blocks: y. It runs only where ONNX Runtime has the layout."""
    node = helper.make_node("ReorderInput", ["x"], ["y"], domain=_DOMAIN)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 32, 1, 2]) for name in ("x", "y")]
    graph = helper.make_graph([node], "probe", ends[:1], ends[1:])
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_DOMAIN, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION).SerializeToString()


def in_blocks(graph: Graph, z: str, block: int) -> bytes:
    """The same decoder, with all convolutions that can be in blocks of `block` channels in them. `z` are its frames."""
    return _Conversion(graph, z, block).convert()


class _Conversion:
    """One decoder. A tensor may be there as the graph has it ("plain"), in blocks, or as both."""

    def __init__(self, graph: Graph, z: str, block: int) -> None:
        self._graph, self._block = graph, block
        self._nodes: list[NodeProto] = []
        self._weights = dict(graph.weights)
        self._blocked: dict[str, str] = {}
        """Name of a tensor to its name in blocks."""
        self._uncut: dict[str, int] = {}
        """What an upsampling made, shape (channels / block, samples, block): how many samples too early it begins."""
        self._plain = {*graph.inputs, *graph.weights}
        self._framed = {name for node in graph.after(z) for name in node.outputs} | {z}
        """Tensors that have a time axis; others are the same for all frames."""
        self._channels = _channels(graph)
        self._made_at: dict[str, int] = {}
        """Name in blocks to the place in `_nodes` of the node that makes it."""
        self._uses = Counter(name for node in graph.nodes for name in node.inputs)

    def convert(self) -> bytes:
        """The bytes of the new .onnx file."""
        for node in self._graph.nodes:
            self._add(node)
        for name in self._graph.outputs:
            self._as_plain(name)
        return _model(self._graph, self._nodes, self._weights)

    def _add(self, node: Node) -> None:
        kernel = Kernel.of(self._graph, node) if node.inputs[0] in self._framed else None
        if kernel and node.op == "Conv" and _keeps_rate(node) and kernel.divides(self._block):
            made = self._convolution(node, kernel, node.integers("pads"), node.integers("dilations") or (1,))
            self._make(node.outputs[0], made)
        elif kernel and _is_plain_upsampling(node, kernel) and kernel.divides(self._block):
            self._upsample(node, kernel)
        elif node.op == "Slice" and node.inputs[0] in self._uncut:
            self._crop(node)
        elif node.op in _UNARY and self._divides(node.inputs[0]):
            self._elementwise(node, [self._as_blocked(node.inputs[0])])
        elif node.op in _BINARY and self._fits_sum(node):
            self._combine(node)
        else:
            for name in node.inputs:
                self._as_plain(name)
            self._nodes.append(node.proto)
            self._plain.update(node.outputs)

    def _convolution(self, node: Node, kernel: Kernel, pads: Sequence[int], dilations: Sequence[int]) -> NodeProto:
        name = node.outputs[0]
        blocked = kernel.in_blocks(self._block)
        out, into, width = blocked.weights.shape
        weights = self._weight(f"{name} kernel", blocked.weights.reshape(out, into, 1, width))
        inputs = [self._as_blocked(node.inputs[0]), weights]
        if blocked.bias is not None:
            inputs.append(self._weight(f"{name} bias", blocked.bias))
        shape: dict[str, Any] = {
            "kernel_shape": [1, width],
            "dilations": [1, *dilations],
            "pads": [0, pads[0], 0, pads[1]],
        }
        return helper.make_node("Conv", inputs, [f"{name} in blocks"], domain=_DOMAIN, strides=[1, 1], group=1, **shape)

    def _upsample(self, node: Node, kernel: Kernel) -> None:
        """As a convolution that makes all samples of one sample as channels, which are then put behind each other."""
        name, block, times = node.outputs[0], self._block, node.integers("strides")[0]
        phases = self._convolution(node, kernel.phases(times), (1, 1), (1,))
        apart, behind, flat = (f"{name} {step}" for step in ("apart", "behind", "flat"))
        blocks = kernel.out // block
        self._nodes.append(phases)
        self._plain_node("Reshape", [phases.output[0], self._integers(times, blocks, -1, block)], apart)
        self._plain_node("Transpose", [apart], behind, perm=[1, 2, 0, 3])
        self._plain_node("Reshape", [behind, self._integers(blocks, -1, block)], flat)
        self._uncut[name] = node.integers("pads")[0]

    def _crop(self, node: Node) -> None:
        uncut, name = node.inputs[0], node.outputs[0]
        early = self._integers(self._uncut[uncut])
        bounds = [f"{bound} of {name}" for bound in node.inputs[1:3]]
        for bound, shifted in zip(node.inputs[1:3], bounds, strict=True):
            self._plain_node("Add", [bound, early], shifted)
        self._plain_node("Slice", [f"{uncut} flat", *bounds, self._integers(1)], f"{name} flat")
        shape = self._integers(1, self._channels[name], 1, -1)
        self._make(name, helper.make_node("Reshape", [f"{name} flat", shape], [f"{name} in blocks"]))

    def _combine(self, node: Node) -> None:
        """A sum is taken over by the convolution that makes one of its terms, where nothing else reads that."""
        terms = [self._as_blocked(name) if name in self._framed else name for name in node.inputs]
        for term, other, name in ((terms[0], terms[1], node.inputs[0]), (terms[1], terms[0], node.inputs[1])):
            at = self._made_at.get(term, -1)
            if node.op == "Add" and at >= 0 and self._uses[name] == 1 and self._takes_sum(at, other):
                made = self._nodes[at]
                made.input.extend([""] * (3 - len(made.input)) + [other])
                self._blocked[node.outputs[0]] = term
                return
        self._elementwise(node, terms)

    def _takes_sum(self, at: int, other: str) -> bool:
        made = self._nodes[at]
        return made.op_type == "Conv" and len(made.input) < 4 and -1 < self._made_at.get(other, at) < at

    def _elementwise(self, node: Node, inputs: Sequence[str]) -> None:
        made = NodeProto()
        made.CopyFrom(node.proto)
        made.input[:], made.output[:] = inputs, [f"{node.outputs[0]} in blocks"]
        self._make(node.outputs[0], made)

    def _fits_sum(self, node: Node) -> bool:
        """Whether all terms with a time axis can be in blocks, and the others are single numbers."""
        framed = [name for name in node.inputs if name in self._framed]
        rest = [self._graph.weights.get(name) for name in node.inputs if name not in self._framed]
        single = all(weight is not None and math.prod(weight.dims) == 1 for weight in rest)
        return single and all(map(self._divides, framed))

    def _divides(self, name: str) -> bool:
        return name in self._framed and self._channels.get(name, 1) % self._block == 0

    def _as_blocked(self, name: str) -> str:
        if name not in self._blocked:
            self._plain_node("Unsqueeze", [name, self._integers(2)], f"{name} picture")
            made = helper.make_node("ReorderInput", [f"{name} picture"], [f"{name} in blocks"], domain=_DOMAIN)
            self._make(name, made)
        return self._blocked[name]

    def _as_plain(self, name: str) -> None:
        if name in self._plain or name not in self._blocked:
            return
        picture, channels = f"{name} plain picture", self._channels[name]
        made = helper.make_node("ReorderOutput", [self._blocked[name]], [picture], domain=_DOMAIN, channels=channels)
        self._nodes.append(made)
        self._plain_node("Squeeze", [picture, self._integers(2)], name)

    def _make(self, name: str, made: NodeProto) -> None:
        self._blocked[name] = made.output[0]
        self._made_at[made.output[0]] = len(self._nodes)
        self._nodes.append(made)

    def _plain_node(self, op: str, inputs: Sequence[str], to: str, **attributes: Any) -> None:
        self._nodes.append(helper.make_node(op, inputs, [to], **attributes))
        self._plain.add(to)

    def _weight(self, name: str, values: Weights | npt.NDArray[np.int64]) -> str:
        self._weights[name] = numpy_helper.from_array(values, name)
        return name

    def _integers(self, *values: int) -> str:
        return self._weight(f"integers {values}", np.array(values))


def _model(graph: Graph, nodes: Sequence[NodeProto], weights: Mapping[str, TensorProto]) -> bytes:
    """The file: the ends of `graph`, other nodes, and those of the weights that they read."""
    model = ModelProto()
    model.CopyFrom(graph.header)
    model.opset_import.append(helper.make_opsetid(_DOMAIN, 1))
    model.graph.name = "in blocks"
    model.graph.node.extend(nodes)
    read = {name for node in nodes for name in node.input}
    model.graph.initializer.extend(weight for name, weight in weights.items() if name in read)
    model.graph.input.extend(graph.values[name] for name in graph.inputs)
    model.graph.output.extend(graph.values[name] for name in graph.outputs)
    return model.SerializeToString()


def _keeps_rate(node: Node) -> bool:
    return set(node.integers("strides")) <= {1} and len(node.integers("pads")) == 2


def _is_plain_upsampling(node: Node, kernel: Kernel) -> bool:
    """Twice as wide as its step, and with nothing added behind."""
    extra = any(each.name in ("output_padding", "output_shape", "auto_pad") for each in node.proto.attribute)
    (step,) = node.integers("strides") or (1,)
    pads = node.integers("pads")
    return node.op == "ConvTranspose" and not extra and kernel.width == 2 * step and len(pads) == 2


def _channels(graph: Graph) -> dict[str, int]:
    """Of each tensor, as far as the kernels tell."""
    channels: dict[str, int] = {}
    for node in graph.nodes:
        if kernel := Kernel.of(graph, node):
            channels.setdefault(node.inputs[0], kernel.weights.shape[1])
            channels[node.outputs[0]] = kernel.out
        elif known := [channels[name] for name in node.inputs if name in channels]:
            channels.update(dict.fromkeys(node.outputs, max(known)))
    return channels
