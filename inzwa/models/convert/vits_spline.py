"""The inverse of a monotone rational-quadratic spline as ONNX (Durkan et al. 2019, Neural Spline Flows).

Each row has a spline of its own, given by widths, heights and slopes of `bins` pieces over the square from -bound to
bound; outside of it the spline is the identity.
"""

import math
from dataclasses import dataclass
from typing import Final

from inzwa.formats.onnx_writer import GraphWriter
from inzwa.models.convert.vits_layers import Sizes

_MIN: Final = 1e-3
"""Of a piece's width and height, as a share of the square's side, and of a slope."""


def inverse_spline(graph: GraphWriter, y: str, shape: str, sizes: Sizes) -> str:
    """The x, (rows, 1), that each row's spline maps to y, (rows, 1); `shape` is (rows, 3 bins - 1), as predicted."""
    spline = _Spline(graph, sizes.duration_predictor_flow_bins, float(sizes.duration_predictor_tail_bound))
    scale = math.sqrt(sizes.hidden_size)
    lefts, widths = spline.pieces(spline.columns(shape, 0, spline.bins), scale)
    bottoms, heights = spline.pieces(spline.columns(shape, spline.bins, 2 * spline.bins), scale)
    slopes = spline.slopes(spline.columns(shape, 2 * spline.bins, 3 * spline.bins - 1))
    inside = graph.node("Clip", y, graph.float_scalar(-spline.bound), graph.float_scalar(spline.bound))
    piece = spline.piece(inside, bottoms)
    picked = [
        graph.node("GatherElements", values, piece, axis=1)
        for values in (lefts, widths, bottoms, heights, slopes, spline.columns(slopes, 1, spline.bins + 1))
    ]
    x = spline.solve(inside, *picked)
    return graph.node("Where", graph.node("Equal", inside, y), x, y)


@dataclass(frozen=True, slots=True)
class _Spline:
    """Writes the parts. All tensors have two axes, rows first."""

    graph: GraphWriter
    bins: int
    bound: float

    def columns(self, x: str, begin: int, end: int) -> str:
        """The columns from begin up to end."""
        ints = self.graph.int_vector
        return self.graph.node("Slice", x, ints(begin), ints(end), ints(1))

    def pieces(self, raw: str, scale: float) -> tuple[str, str]:
        """Where each piece begins, and how long it is."""
        graph, bound = self.graph, self.bound
        shares = graph.node("Softmax", graph.node("Div", raw, graph.float_scalar(scale)), axis=-1)
        shares = self._affine(shares, 1 - _MIN * self.bins, _MIN)
        ends = self._affine(graph.node("CumSum", shares, graph.int_scalar(1)), 2 * bound, -bound)
        inner = self.columns(ends, 0, self.bins - 1)
        begins = graph.node("Pad", inner, graph.int_vector(0, 1, 0, 0), graph.float_scalar(-bound))
        ends = graph.node("Pad", inner, graph.int_vector(0, 0, 0, 1), graph.float_scalar(bound))
        return begins, graph.node("Sub", ends, begins)

    def slopes(self, raw: str) -> str:
        """At both ends of every piece; at the ends of the whole they are 1."""
        flat = math.log(math.exp(1 - _MIN) - 1)
        padded = self.graph.node("Pad", raw, self.graph.int_vector(0, 1, 0, 1), self.graph.float_scalar(flat))
        return self._affine(self.graph.node("Softplus", padded), 1.0, _MIN)

    def piece(self, y: str, bottoms: str) -> str:
        """The number of the piece that y lies in, (rows, 1)."""
        graph = self.graph
        passed = graph.node("GreaterOrEqual", y, self.columns(bottoms, 1, self.bins))
        return graph.node("ReduceSum", graph.cast(passed, int64=True), graph.int_vector(1))

    def solve(self, y: str, left: str, width: str, bottom: str, height: str, slope: str, next_slope: str) -> str:
        """The x of y in its piece: the root of a quadratic (equations 6 to 8 of the paper's appendix)."""
        node, number = self.graph.node, self.graph.float_scalar
        steepness = node("Div", height, width)
        rise = node("Sub", y, bottom)
        bend = node("Sub", node("Add", slope, next_slope), node("Mul", steepness, number(2)))
        bent = node("Mul", rise, bend)
        a = node("Add", node("Mul", height, node("Sub", steepness, slope)), bent)
        b = node("Sub", node("Mul", height, slope), bent)
        c = node("Neg", node("Mul", steepness, rise))
        discriminant = node("Sub", node("Mul", b, b), node("Mul", number(4), node("Mul", a, c)))
        root = node("Div", node("Mul", number(2), c), node("Sub", node("Neg", b), node("Sqrt", discriminant)))
        return node("Add", node("Mul", root, width), left)

    def _affine(self, x: str, factor: float, term: float) -> str:
        scaled = self.graph.node("Mul", x, self.graph.float_scalar(factor)) if factor != 1.0 else x
        return self.graph.node("Add", scaled, self.graph.float_scalar(term))
