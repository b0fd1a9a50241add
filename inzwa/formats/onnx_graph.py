"""An ONNX model as nodes and tensors that can be cut into smaller models. Subgraphs (If, Loop) are not supported."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from google.protobuf.message import DecodeError
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto
from onnx.helper import make_tensor_value_info


class MalformedGraph(ValueError):
    """The bytes are not an ONNX graph, or not one that can be cut as asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operation: the names of the tensors that it reads and makes."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    proto: NodeProto

    @classmethod
    def of(cls, proto: NodeProto) -> Self:
        return cls(proto.op_type, tuple(proto.input), tuple(proto.output), proto)

    def integers(self, attribute: str) -> tuple[int, ...]:
        """A list attribute such as `strides`; empty where the node has none."""
        return next((tuple(each.ints) for each in self.proto.attribute if each.name == attribute), ())


@dataclass(frozen=True, eq=False)
class Graph:
    """A whole model. Nodes stand in an order in which they can run."""

    nodes: tuple[Node, ...]
    weights: Mapping[str, TensorProto]
    values: Mapping[str, ValueInfoProto]
    """Shapes and types by tensor name, as far as the file declares them."""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    header: ModelProto
    """The versions that the nodes were written for, without a graph."""

    @cached_property
    def producers(self) -> Mapping[str, Node]:
        """Tensor name to the node that makes it."""
        return {name: node for node in self.nodes for name in node.outputs}

    def before(self, names: Collection[str], stop: Collection[str] = ()) -> frozenset[Node]:
        """The nodes that `names` are made of, back to the inputs or to the tensors in `stop`."""
        found: set[Node] = set()
        ahead = [name for name in names if name not in stop]
        while ahead:
            node = self.producers.get(ahead.pop())
            if node and node not in found:
                found.add(node)
                ahead.extend(name for name in node.inputs if name not in stop)
        return frozenset(found)

    def after(self, name: str) -> frozenset[Node]:
        """The nodes that depend on the tensor `name`."""
        reached, found = {name}, set()
        for node in self.nodes:
            if not reached.isdisjoint(node.inputs):
                found.add(node)
                reached.update(node.outputs)
        return frozenset(found)

    def inputs_of(self, part: Collection[Node]) -> tuple[str, ...]:
        """The tensors that `part` reads and does not make: weights left out, in the order of their first use."""
        made = {name for node in part for name in node.outputs}
        read = (name for node in self.nodes if node in part for name in node.inputs)
        return tuple(dict.fromkeys(name for name in read if name and name not in made and name not in self.weights))

    def cut(self, inputs: Collection[str], outputs: Collection[str]) -> bytes:
        """A model that makes `outputs` of `inputs`. MalformedGraph where it would need more than those."""
        part = self.before(outputs, stop=inputs)
        if missing := set(self.inputs_of(part)) - set(inputs):
            raise MalformedGraph(f"to make {sorted(outputs)} takes {sorted(missing)} too")
        read = {name for node in part for name in node.inputs}
        model = ModelProto()
        model.CopyFrom(self.header)
        model.graph.name = "part"
        model.graph.node.extend(node.proto for node in self.nodes if node in part)
        model.graph.initializer.extend(weight for name, weight in self.weights.items() if name in read)
        model.graph.input.extend(map(self._value, inputs))
        model.graph.output.extend(map(self._value, outputs))
        return model.SerializeToString()

    def _value(self, name: str) -> ValueInfoProto:
        """As the file declares the tensor, else as float32 of any shape, which ONNX Runtime checks."""
        return self.values.get(name) or make_tensor_value_info(name, TensorProto.FLOAT, None)


def read_graph(data: bytes) -> Graph:
    """The graph in the bytes of an .onnx file. MalformedGraph where there is none."""
    try:
        model = ModelProto.FromString(data)
    except DecodeError as error:
        raise MalformedGraph("not an ONNX file") from error
    graph, nodes = model.graph, tuple(map(Node.of, model.graph.node))
    names = {name for node in nodes for name in (*node.inputs, *node.outputs)}
    names |= {value.name for value in (*graph.input, *graph.output)}
    if not (nodes and graph.input and graph.output and all(isinstance(name, str) for name in names)):  # else not UTF-8
        raise MalformedGraph("not an ONNX file")
    weights = {weight.name: weight for weight in graph.initializer}
    return Graph(
        nodes=nodes,
        weights=weights,
        values={value.name: value for value in (*graph.value_info, *graph.input, *graph.output)},
        inputs=tuple(value.name for value in graph.input if value.name not in weights),
        outputs=tuple(value.name for value in graph.output),
        header=ModelProto(ir_version=model.ir_version, opset_import=model.opset_import, functions=model.functions),
    )
