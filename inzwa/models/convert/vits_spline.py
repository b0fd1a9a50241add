"""A monotone spline of rational quadratic pieces, run backwards, as ONNX (Durkan et al. 2019, Neural Spline Flows).

Each row has a spline of its own, given by widths, heights and slopes of `bins` pieces over the square from -bound to
bound; outside of it nothing changes.
"""

import math
from dataclasses import dataclass
from typing import Final

from inzwa.formats.onnx_writer import GraphWriter
from inzwa.models.convert.vits_layers import Sizes

_LEAST: Final = 1e-3
"""The least width and height of a piece, as a share of the whole, and the least slope."""


def inverse_spline(graph: GraphWriter, y: str, shape: str, sizes: Sizes) -> str:
    """The x, (rows, 1), that each row's spline takes to y, (rows, 1). `shape` is (rows, 3 bins - 1), as trained."""
    spline = _Spline(graph, sizes.duration_predictor_flow_bins, float(sizes.duration_predictor_tail_bound))
    scale = math.sqrt(sizes.hidden_size)
    lefts, widths = spline.pieces(spline.part(shape, 0, spline.bins), scale)
    bottoms, heights = spline.pieces(spline.part(shape, spline.bins, 2 * spline.bins), scale)
    slopes = spline.slopes(spline.part(shape, 2 * spline.bins, 3 * spline.bins - 1))
    inside = graph.run("Clip", y, graph.number(-spline.bound), graph.number(spline.bound))
    piece = spline.piece(inside, bottoms)
    picked = [
        graph.run("GatherElements", values, piece, axis=1)
        for values in (lefts, widths, bottoms, heights, slopes, spline.part(slopes, 1, spline.bins + 1))
    ]
    found = spline.solved(inside, *picked)
    return graph.run("Where", graph.run("Equal", inside, y), found, y)


@dataclass(frozen=True, slots=True)
class _Spline:
    """Writes the parts. All tensors are (rows, something)."""

    graph: GraphWriter
    bins: int
    bound: float

    def part(self, x: str, begin: int, end: int) -> str:
        """Some columns."""
        whole = self.graph.whole
        return self.graph.run("Slice", x, whole(begin), whole(end), whole(1))

    def pieces(self, raw: str, scale: float) -> tuple[str, str]:
        """Where each piece begins, and how long it is."""
        graph, bound = self.graph, self.bound
        shares = graph.run("Softmax", graph.run("Div", raw, graph.number(scale)), axis=-1)
        shares = self._affine(shares, 1 - _LEAST * self.bins, _LEAST)
        ends = self._affine(graph.run("CumSum", shares, graph.index(1)), 2 * bound, -bound)
        inner = self.part(ends, 0, self.bins - 1)
        begins = graph.run("Pad", inner, graph.whole(0, 1, 0, 0), graph.number(-bound))
        ends = graph.run("Pad", inner, graph.whole(0, 0, 0, 1), graph.number(bound))
        return begins, graph.run("Sub", ends, begins)

    def slopes(self, raw: str) -> str:
        """At both ends of every piece; at the ends of the whole they are 1."""
        flat = math.log(math.exp(1 - _LEAST) - 1)
        padded = self.graph.run("Pad", raw, self.graph.whole(0, 1, 0, 1), self.graph.number(flat))
        return self._affine(self.graph.run("Softplus", padded), 1.0, _LEAST)

    def piece(self, y: str, bottoms: str) -> str:
        """The number of the piece that y lies in, (rows, 1)."""
        graph = self.graph
        passed = graph.run("GreaterOrEqual", y, self.part(bottoms, 1, self.bins))
        return graph.run("ReduceSum", graph.cast(passed, whole=True), graph.whole(1))

    def solved(self, y: str, left: str, width: str, bottom: str, height: str, slope: str, next_slope: str) -> str:
        """The x of y in its piece: the root of a quadratic (equations 6 to 8 of the paper's appendix)."""
        run, number = self.graph.run, self.graph.number
        steepness = run("Div", height, width)
        rise = run("Sub", y, bottom)
        bend = run("Sub", run("Add", slope, next_slope), run("Mul", steepness, number(2)))
        bent = run("Mul", rise, bend)
        a = run("Add", run("Mul", height, run("Sub", steepness, slope)), bent)
        b = run("Sub", run("Mul", height, slope), bent)
        c = run("Neg", run("Mul", steepness, rise))
        discriminant = run("Sub", run("Mul", b, b), run("Mul", number(4), run("Mul", a, c)))
        root = run("Div", run("Mul", number(2), c), run("Sub", run("Neg", b), run("Sqrt", discriminant)))
        return run("Add", run("Mul", root, width), left)

    def _affine(self, x: str, factor: float, term: float) -> str:
        scaled = self.graph.run("Mul", x, self.graph.number(factor)) if factor != 1.0 else x
        return self.graph.run("Add", scaled, self.graph.number(term))
