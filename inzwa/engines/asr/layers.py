"""Layers that Whisper's encoder and decoder share as ONNX nodes, under CTranslate2's names. Weights are INT8."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from inzwa.engines.asr.int8 import INT8_MAX, TINY, ZERO_POINT, Floats, quantize_rows
from inzwa.formats.onnx_writer import GraphWriter

GELU: Final = 3
"""CTranslate2's number for it, by the error function."""

_EPSILON: Final = 1e-5


class Rows(Protocol):
    """A matrix of which rows are read when they are asked for."""

    def read(self, numbers: Iterable[int]) -> Floats: ...


class Weights(Protocol):
    """A model's variables by CTranslate2's names."""

    def has(self, name: str) -> bool: ...

    def number(self, name: str) -> int: ...

    def weights(self, name: str) -> npt.NDArray[np.floating]: ...

    def rows(self, name: str) -> Rows: ...

    def layers(self, part: str) -> int: ...


@dataclass(frozen=True, slots=True)
class _Quantized:
    """Rows as bytes around ZERO_POINT, and what each is a share of."""

    bytes: str
    largest: str


@dataclass(frozen=True, slots=True)
class LayerWriter:
    """Adds layers to a graph."""

    graph: GraphWriter
    model: Weights
    _quantized: dict[str, _Quantized] = field(default_factory=dict)
    """By the tensor's name: several products may take the same."""

    def norm(self, rows: str, name: str, *, to: str = "") -> str:
        """Layer norm."""
        parts = (self.graph.weight(f"{name} {part}", self.values(f"{name}/{part}")) for part in ("gamma", "beta"))
        return self.graph.node("LayerNormalization", rows, *parts, to=to, axis=-1, epsilon=_EPSILON)

    def linear(self, rows: str, name: str, bias: Floats | None = None) -> str:
        """A product and its bias: the model's, unless another is given."""
        bias = self.values(f"{name}/bias") if bias is None else bias
        made = self.product(rows, name, self.model.weights(f"{name}/weight"))
        return self.graph.node("Add", made, self.graph.weight(f"{name} bias", bias))

    def product(self, rows: str, name: str, weight: npt.NDArray[np.floating]) -> str:
        """Rows (.., n, width) by `weight`, shape (columns, width), without a bias. A row's result is its own alone."""
        levels, scales = quantize_rows(weight)
        unit, zero = self._unit()
        weights = self.graph.weight(f"{name} weight", levels), unit, self.graph.weight(f"{name} scales", scales)
        quantized = self._quantize(rows)
        made = self.graph.contrib_node("MatMulIntegerToFloat", quantized.bytes, *weights, zero)
        return self.graph.node("Mul", made, quantized.largest)

    def values(self, name: str) -> Floats:
        """A variable as float32."""
        return np.ascontiguousarray(self.model.weights(name), dtype=np.float32)

    def _quantize(self, rows: str) -> _Quantized:
        if rows not in self._quantized:
            node = self.graph.node
            largest = node("ReduceMax", node("Abs", rows), self.graph.int_vector(-1), keepdims=1)
            largest = node("Max", largest, self.graph.float_scalar(TINY))
            levels = node("QuantizeLinear", node("Div", rows, largest), *self._unit())
            self._quantized[rows] = _Quantized(levels, largest)
        return self._quantized[rows]

    def _unit(self) -> tuple[str, str]:
        """Scale and zero of bytes that stand for -1..1."""
        zero = self.graph.weight("zero point", np.array(ZERO_POINT, dtype=np.uint8))
        return self.graph.float_scalar(1 / INT8_MAX), zero
