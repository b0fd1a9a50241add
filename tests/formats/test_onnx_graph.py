"""A graph cut in two gives what it gave whole. The graphs are written here byte by byte, as protobuf writes them."""

from contextlib import suppress

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.formats.onnx_graph import MalformedGraph, read_graph

FLOAT = 1


def number(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(key, value):
    if isinstance(value, int):
        return number(key << 3) + number(value)
    data = value.encode() if isinstance(value, str) else value
    return number(key << 3 | 2) + number(len(data)) + data


def node(op, inputs, outputs, attributes=b""):
    names = [field(1, name) for name in inputs] + [field(2, name) for name in outputs]
    return field(1, b"".join(names) + field(4, op) + attributes)


def value(name):
    shape = field(1, field(2, "n"))
    return field(1, name) + field(2, field(1, field(1, FLOAT) + field(2, shape)))


def weight(name, numbers):
    data = np.array(numbers, dtype="<f4").tobytes()
    return field(5, field(1, len(numbers)) + field(2, FLOAT) + field(8, name) + field(9, data))


def model(graph):
    return field(1, 8) + field(7, graph) + field(8, field(2, 17))


CHAIN = model(
    node("Add", ["x", "w"], ["a"])
    + node("Mul", ["a", "a"], ["b"])
    + node("Sub", ["b", "x"], ["y"])
    + field(2, "chain")
    + weight("w", [2.0])
    + field(11, value("x"))
    + field(12, value("y"))
    + field(13, value("a"))
    + field(13, value("b"))
)
"""y = (x + 2)² - x"""


def run(data, **feed):
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    arrays = {name: np.array(numbers, dtype=np.float32) for name, numbers in feed.items()}
    return [made.tolist() for made in session.run(None, arrays)]


def test_names_weights_and_ends_are_read():
    graph = read_graph(CHAIN)
    assert [node.op for node in graph.nodes] == ["Add", "Mul", "Sub"]
    assert (graph.inputs, graph.outputs, list(graph.weights)) == (("x",), ("y",), ["w"])


def test_two_halves_make_the_whole():
    graph = read_graph(CHAIN)
    (middle,) = run(graph.cut(["x"], ["b"]), x=[1.0, 3.0])
    assert middle == [9.0, 25.0]
    assert run(graph.cut(["b", "x"], ["y"]), b=middle, x=[1.0, 3.0]) == run(CHAIN, x=[1.0, 3.0]) == [[8.0, 22.0]]


def test_a_part_carries_only_its_own_weights():
    graph = read_graph(CHAIN)
    assert list(read_graph(graph.cut(["b", "x"], ["y"])).weights) == []


def test_a_cut_that_leaves_an_input_open_is_refused():
    with pytest.raises(MalformedGraph, match="x"):
        read_graph(CHAIN).cut(["b"], ["y"])


def test_what_stands_before_and_after_a_tensor_is_found():
    graph = read_graph(CHAIN)
    assert {node.op for node in graph.before(["b"])} == {"Add", "Mul"}
    assert {node.op for node in graph.after("a")} == {"Mul", "Sub"}
    assert graph.border(graph.after("a")) == ("a", "x")


@pytest.mark.parametrize(
    "ints",
    [field(8, number(2) + number(300)), field(8, 2) + field(8, 300)],
    ids=["packed", "one by one"],
)
def test_a_list_attribute_is_read_in_both_spellings(ints):
    strides = field(5, field(1, "strides") + ints)
    graph = read_graph(model(node("Conv", ["x"], ["y"], strides) + field(11, value("x")) + field(12, value("y"))))
    assert graph.nodes[0].integers("strides") == (2, 300)
    assert graph.nodes[0].integers("dilations") == ()


@given(st.binary(max_size=200))
def test_bytes_that_are_no_graph_are_refused_by_name(data):
    with pytest.raises(MalformedGraph):
        read_graph(data)


@given(st.integers(min_value=0, max_value=len(CHAIN) - 1))
def test_a_graph_cut_short_is_refused_or_still_a_graph(size):
    with suppress(MalformedGraph):
        assert read_graph(CHAIN[:size]).nodes
