"""Layer normalisations that an exporter wrote as nine nodes each, as one node each.

ONNX Runtime does the same by itself, but not where it cannot tell a tensor's shape, as behind the attention of a VITS.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final, Self

from onnx import helper, numpy_helper

from inzwa.formats.onnx_graph import Graph, Node

_WAYS_UP: Final = ("Mul", "Div", "Sqrt", "Add", "ReduceMean", "Pow", "Sub", "ReduceMean")


@dataclass(frozen=True, slots=True, eq=False)
class _LayerNorm:
    """(x - mean(x)) / sqrt(mean((x - mean(x)) ** 2) + epsilon) * gamma + beta, over the last axis."""

    nodes: tuple[Node, ...]
    """From the sum with beta up to the mean of x."""

    @classmethod
    def ending_at(cls, graph: Graph, last: Node) -> Self | None:
        """None where the node is no such sum."""
        nodes = [last]
        for op, term in zip(_WAYS_UP, (0, 0, 1, 0, 0, 0, 0, 1), strict=True):
            node = graph.producers.get(nodes[-1].inputs[term])
            if node is None or node.op != op:
                return None
            nodes.append(node)
        found = cls(tuple(nodes))
        return found if found._is_whole(graph) else None

    def _is_whole(self, graph: Graph) -> bool:
        add, mul, div, _, epsilon, variance, power, centred, mean = self.nodes
        constants = all(node.inputs[1] in graph.weights for node in (add, mul, epsilon, power))
        same = div.inputs[0] == power.inputs[0] and centred.inputs[0] == mean.inputs[0]
        last_axis = mean.integers("axes") == variance.integers("axes") == (-1,)
        return constants and same and last_axis and _number(graph, power.inputs[1]) == 2

    def as_node(self, graph: Graph) -> Node:
        """The one node."""
        add, mul, epsilon, mean = (self.nodes[at] for at in (0, 1, 4, 8))
        inputs = [mean.inputs[0], mul.inputs[1], add.inputs[1]]
        amount = _number(graph, epsilon.inputs[1])
        return Node.of(helper.make_node("LayerNormalization", inputs, [add.outputs[0]], axis=-1, epsilon=amount))


def fuse_layer_norms(graph: Graph) -> Graph:
    """The same graph with fewer nodes; as it is where there is nothing to fuse."""
    found = {node: norm for node in graph.nodes if node.op == "Add" and (norm := _LayerNorm.ending_at(graph, node))}
    within = {node for norm in found.values() for node in norm.nodes[1:]}
    if not _read_elsewhere(graph, within, found):
        return replace(graph, nodes=tuple(_fused(graph, found, within)))
    return graph


def _fused(graph: Graph, found: dict[Node, _LayerNorm], within: Collection[Node]) -> Iterator[Node]:
    for node in graph.nodes:
        if node in found:
            yield found[node].as_node(graph)
        elif node not in within:
            yield node


def _read_elsewhere(graph: Graph, within: Collection[Node], ends: Collection[Node]) -> bool:
    """Whether anything but the normalisations themselves reads what goes on within them."""
    made = {name for node in within for name in node.outputs}
    readers = {name for node in graph.nodes if node not in within and node not in ends for name in node.inputs}
    return not made.isdisjoint(readers) or not made.isdisjoint(graph.outputs)


def _number(graph: Graph, name: str) -> float:
    return float(numpy_helper.to_array(graph.weights[name]).reshape(-1)[0])
