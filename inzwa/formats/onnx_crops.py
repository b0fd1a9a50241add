"""A VITS decoder that is cheap to run over a stretch of frames: what no later layer reads is cut off as it goes on.

A stretch is computed with as many neighbours as the whole decoder looks at, but nearly all of that is looked at by the
first layers, at few samples a frame; the last ones, which make most of the work, look hardly beyond a frame.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto
from onnx.helper import make_node, make_tensor, make_tensor_value_info

from inzwa.formats.onnx_graph import Graph
from inzwa.formats.onnx_kernel import half_width

_AXIS = "inzwa crop axis"


@dataclass(frozen=True, slots=True)
class Crop:
    """One place where a stretch is cut down, by two inputs of the graph: int64, shape (1,), samples of this place."""

    start: str
    end: str
    rate: int
    """Samples a frame here."""
    reach: int
    """Samples on each side that the rest of the decoder looks at from here."""

    def window(self, begin: int, end: int, frames: int) -> tuple[int, int]:
        """Samples of the whole phrase that the rest of the decoder needs for `begin` to `end` of `frames` frames."""
        return max(0, begin * self.rate - self.reach), min(frames * self.rate, end * self.rate + self.reach)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is computed for some frames of a phrase."""

    first: int
    last: int
    """Frames that the decoder is given; `last` is exclusive."""
    inputs: dict[str, npt.NDArray[np.int64]]
    """Of the cuts."""
    kept: slice
    """Where the samples that are wanted are in what it makes."""


@dataclass(frozen=True, slots=True)
class CroppedDecoder:
    """The decoder as the bytes of an .onnx file, and where it is cut down."""

    model: bytes
    crops: tuple[Crop, ...]
    reach: int
    """Frames on each side that it looks at."""

    def stretch(self, begin: int, end: int, frames: int) -> Stretch:
        """For the frames `begin` to `end` of `frames`."""
        first, last = max(0, begin - self.reach), min(frames, end + self.reach)
        inputs: dict[str, npt.NDArray[np.int64]] = {}
        origin, rate = first, 1
        for crop in self.crops:
            origin, rate = origin * (crop.rate // rate), crop.rate
            low, high = crop.window(begin, end, frames)
            inputs |= {crop.start: np.array([low - origin]), crop.end: np.array([high - origin])}
            origin = low
        return Stretch(first, last, inputs, slice(begin * rate - origin, end * rate - origin))


def crop_decoder(graph: Graph, z: str) -> CroppedDecoder:
    """A cut behind each upsampling of the decoder `graph`, whose frames are `z`."""
    rates = _rates(graph, z)
    reaches = _reaches(graph, rates)
    crops = [
        Crop(f"crop {at} start", f"crop {at} end", rates[name], math.ceil(reaches[name] * rates[name]))
        for at, name in enumerate(node.outputs[0] for node in graph.nodes if node.op == "ConvTranspose")
    ]
    model = ModelProto()
    model.CopyFrom(graph.header)
    model.graph.name = "decoder"
    model.graph.node.extend(_with_crops(graph, iter(crops)))
    model.graph.initializer.extend(graph.weights.values())
    model.graph.initializer.append(make_tensor(_AXIS, TensorProto.INT64, [1], [2]))
    model.graph.input.extend(graph.values[name] for name in graph.inputs)
    for crop in crops:
        model.graph.input.extend(
            make_tensor_value_info(name, TensorProto.INT64, [1]) for name in (crop.start, crop.end)
        )
    model.graph.output.extend(graph.values[name] for name in graph.outputs)
    return CroppedDecoder(model.SerializeToString(), tuple(crops), math.ceil(reaches[z]))


def _with_crops(graph: Graph, crops: Iterator[Crop]) -> Iterator[NodeProto]:
    for node in graph.nodes:
        proto = node.proto
        if node.op == "ConvTranspose":
            crop, name = next(crops), node.outputs[0]
            proto = NodeProto()
            proto.CopyFrom(node.proto)
            proto.output[0] = f"{name} uncut"
            yield proto
            yield make_node("Slice", [f"{name} uncut", crop.start, crop.end, _AXIS], [name])
        else:
            yield proto


def _rates(graph: Graph, z: str) -> dict[str, int]:
    """Samples a frame of each tensor that depends on `z`."""
    rates = {z: 1}
    for node in graph.nodes:
        if sources := [rates[name] for name in node.inputs if name in rates]:
            strides = math.prod(node.integers("strides")) if node.op == "ConvTranspose" else 1
            rates.update(dict.fromkeys(node.outputs, max(sources) * strides))
    return rates


def _reaches(graph: Graph, rates: Mapping[str, int]) -> dict[str, float]:
    """Frames on each side of each tensor that the nodes behind it look at, along the longest way."""
    reaches = dict.fromkeys(rates, 0.0)
    for node in reversed(graph.nodes):
        behind = max((reaches[name] for name in node.outputs if name in rates), default=0.0)
        for name in node.inputs:
            if name in rates:
                reaches[name] = max(reaches[name], behind + half_width(node) / rates[name])
    return reaches
