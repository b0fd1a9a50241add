"""An ONNX file as a list of nodes that can be cut into smaller files. Knows the wire format, not what the nodes do.

A model is a protobuf message; cutting it needs the names that join its nodes and copies everything else unread, so the
package `onnx` (9 MB, 30 MB installed) is not needed. Field numbers are those of onnx.proto (onnx/onnx on GitHub),
the encoding is that of protobuf.dev/programming-guides/encoding. Graphs with subgraphs (If, Loop) are not understood.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5

_MODEL_GRAPH: Final = 7
_GRAPH_NODE, _GRAPH_NAME, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT, _GRAPH_VALUE_INFO = 1, 2, 5, 11, 12, 13
_NODE_INPUT, _NODE_OUTPUT, _NODE_OP, _NODE_ATTRIBUTE = 1, 2, 4, 5
_ATTRIBUTE_NAME, _ATTRIBUTE_INTS = 1, 8
_TENSOR_NAME: Final = 8
_VALUE_NAME, _VALUE_TYPE, _TYPE_TENSOR, _TENSOR_KIND, _FLOAT = 1, 2, 1, 1, 1


class MalformedGraph(ValueError):
    """The bytes are not an ONNX graph, or not one that can be cut as asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operation: the names it reads and makes."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    body: memoryview
    """The NodeProto, unread."""

    def integers(self, attribute: str) -> tuple[int, ...]:
        """A list attribute such as `strides`; empty where the node has none."""
        for number, value in _fields(self.body):
            if number == _NODE_ATTRIBUTE:
                parts = list(_fields(value))
                if any(part == (_ATTRIBUTE_NAME, attribute.encode()) for part in parts):
                    return tuple(_integers(parts))
        return ()


@dataclass(frozen=True, eq=False)
class Graph:
    """A whole model. Nodes stand in an order in which they can run."""

    nodes: tuple[Node, ...]
    weights: Mapping[str, memoryview]
    """Name to TensorProto."""
    values: Mapping[str, memoryview]
    """Name to ValueInfoProto: what the file says of shapes and types."""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    header: bytes
    """Every field of the model but its graph."""

    @cached_property
    def maker(self) -> Mapping[str, Node]:
        """Tensor name to the node that makes it."""
        return {name: node for node in self.nodes for name in node.outputs}

    def before(self, names: Collection[str], stop: Collection[str] = ()) -> frozenset[Node]:
        """The nodes that `names` are made of, back to the inputs or to the tensors in `stop`."""
        found: set[Node] = set()
        ahead = [name for name in names if name not in stop]
        while ahead:
            node = self.maker.get(ahead.pop())
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

    def border(self, part: Collection[Node]) -> tuple[str, ...]:
        """The tensors that `part` reads and does not make: weights left out, in the order of their first use."""
        made = {name for node in part for name in node.outputs}
        read = (name for node in self.nodes if node in part for name in node.inputs)
        return tuple(dict.fromkeys(name for name in read if name and name not in made and name not in self.weights))

    def cut(self, inputs: Collection[str], outputs: Collection[str]) -> bytes:
        """A model that makes `outputs` of `inputs`. MalformedGraph where it would need more than those."""
        part = self.before(outputs, stop=inputs)
        if missing := set(self.border(part)) - set(inputs):
            raise MalformedGraph(f"to make {sorted(outputs)} takes {sorted(missing)} too")
        nodes = [_field(_GRAPH_NODE, node.body) for node in self.nodes if node in part]
        read = {name for node in part for name in node.inputs}
        weights = [_field(_GRAPH_INITIALIZER, body) for name, body in self.weights.items() if name in read]
        takes = [_field(_GRAPH_INPUT, self._value(name)) for name in inputs]
        gives = [_field(_GRAPH_OUTPUT, self._value(name)) for name in outputs]
        graph = b"".join([*nodes, _field(_GRAPH_NAME, b"part"), *weights, *takes, *gives])
        return self.header + _field(_MODEL_GRAPH, graph)

    def _value(self, name: str) -> memoryview | bytes:
        """What the file says of the tensor; where it says nothing, float32 of any shape, which ONNX Runtime checks."""
        return self.values.get(name) or _float_value(name)


def read_graph(data: bytes) -> Graph:
    """The graph in the bytes of an .onnx file, which must outlive it: nothing is copied."""
    try:
        return _read(memoryview(data))
    except (IndexError, KeyError, UnicodeDecodeError) as error:
        raise MalformedGraph("not an ONNX file") from error


def _read(data: memoryview) -> Graph:
    parts: dict[int, list[memoryview]] = {}
    header: list[bytes] = []
    for number, value in _fields(data):
        if number == _MODEL_GRAPH and isinstance(value, memoryview):
            for inner, body in _fields(value):
                parts.setdefault(inner, []).append(body)
        else:
            header.append(_field(number, value))
    takes, gives = parts[_GRAPH_INPUT], parts[_GRAPH_OUTPUT]
    weights = {_name(body, _TENSOR_NAME): body for body in parts.get(_GRAPH_INITIALIZER, ())}
    values = {_name(body, _VALUE_NAME): body for body in [*parts.get(_GRAPH_VALUE_INFO, ()), *takes, *gives]}
    return Graph(
        nodes=tuple(_node(body) for body in parts[_GRAPH_NODE]),
        weights=weights,
        values=values,
        inputs=tuple(name for body in takes if (name := _name(body, _VALUE_NAME)) not in weights),
        outputs=tuple(_name(body, _VALUE_NAME) for body in gives),
        header=b"".join(header),
    )


def _node(body: memoryview) -> Node:
    names: dict[int, list[str]] = {_NODE_INPUT: [], _NODE_OUTPUT: [], _NODE_OP: []}
    for number, value in _fields(body):
        if number in names:
            names[number].append(_text(value))
    return Node(names[_NODE_OP][0], tuple(names[_NODE_INPUT]), tuple(names[_NODE_OUTPUT]), body)


def _float_value(name: str) -> bytes:
    return _field(_VALUE_NAME, name.encode()) + _field(_VALUE_TYPE, _field(_TYPE_TENSOR, _field(_TENSOR_KIND, _FLOAT)))


def _name(body: memoryview, number: int) -> str:
    return next(_text(value) for found, value in _fields(body) if found == number)


def _text(value: memoryview | int) -> str:
    if isinstance(value, int):
        raise MalformedGraph("a number where a name should be")
    return str(value, "utf-8")


def _integers(attribute: list[tuple[int, memoryview | int]]) -> Iterator[int]:
    """Values of the field `ints`, packed into one string of bytes or not."""
    for number, value in attribute:
        if number != _ATTRIBUTE_INTS:
            continue
        if isinstance(value, int):
            yield value
            continue
        at = 0
        while at < len(value):
            integer, at = _varint(value, at)
            yield integer


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """Field number and value: bytes by reference, varints as numbers."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        size, at = (_fixed_size(kind), at) if kind != _LENGTH else _varint(data, at)
        if at + size > len(data):
            raise MalformedGraph("the file ends in the middle of a field")
        yield key >> 3, data[at : at + size]
        at += size


def _fixed_size(kind: int) -> int:
    if kind not in (_EIGHT_BYTES, _FOUR_BYTES):
        raise MalformedGraph(f"wire type {kind} is not used by ONNX")
    return 8 if kind == _EIGHT_BYTES else 4


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """The number at `at`, and where the next thing begins."""
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7


def _field(number: int, value: memoryview | bytes | int) -> bytes:
    """A field on the wire. Fixed-width values come from no field that Inzwa keeps, so bytes are length-delimited."""
    if isinstance(value, int):
        return _number(number << 3 | _VARINT) + _number(value)
    return b"".join((_number(number << 3 | _LENGTH), _number(len(value)), value))


def _number(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
