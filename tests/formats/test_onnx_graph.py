"""A graph cut in two gives what it gave whole."""

from contextlib import suppress

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import NodeProto, TensorProto
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor, make_tensor_value_info

from inzwa.formats.onnx_graph import MalformedGraph, read_graph


def value(name):
    return make_tensor_value_info(name, TensorProto.FLOAT, ["n"])


def model(nodes, inputs, outputs, *, weights=(), values=()):
    takes, gives, declared = (list(map(value, names)) for names in (inputs, outputs, values))
    graph = make_graph(nodes, "graph", takes, gives, weights, value_info=declared)
    return make_model(graph, ir_version=8, opset_imports=[make_opsetid("", 17)]).SerializeToString()


CHAIN = model(
    [make_node("Add", ["x", "w"], ["a"]), make_node("Mul", ["a", "a"], ["b"]), make_node("Sub", ["b", "x"], ["y"])],
    "x",
    "y",
    weights=[make_tensor("w", TensorProto.FLOAT, [1], [2.0])],
    values="ab",
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
    assert graph.inputs_of(graph.after("a")) == ("a", "x")


def test_a_tensor_that_the_file_does_not_declare_is_cut_as_floats():
    nodes = [make_node("Neg", ["x"], ["a"]), make_node("Abs", ["a"], ["y"])]
    assert run(read_graph(model(nodes, "x", "y")).cut(["a"], ["y"]), a=[-2.0]) == [[2.0]]


def test_a_list_attribute_is_read():
    graph = read_graph(model([make_node("Conv", ["x"], ["y"], strides=[2, 300])], "x", "y"))
    assert graph.nodes[0].integers("strides") == (2, 300)
    assert graph.nodes[0].integers("dilations") == ()


@given(st.binary(max_size=200))
def test_bytes_that_are_no_graph_are_refused_by_name(data):
    with pytest.raises(MalformedGraph):
        read_graph(data)


def test_a_name_that_is_no_text_is_refused():
    nodes = [NodeProto.FromString(b"\x0a\x01\xff"), make_node("Neg", ["x"], ["y"])]
    with pytest.raises(MalformedGraph):
        read_graph(model(nodes, "x", "y"))


@given(st.integers(min_value=0, max_value=len(CHAIN) - 1))
def test_a_graph_cut_short_is_refused_or_still_a_graph(size):
    with suppress(MalformedGraph):
        assert read_graph(CHAIN[:size]).nodes
