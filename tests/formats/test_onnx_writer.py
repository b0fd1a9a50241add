"""A graph that is written here is read by ONNX Runtime, and by Inzwa's own reader."""

import numpy as np
import onnxruntime
import pytest

from inzwa.formats.onnx_graph import read_graph
from inzwa.formats.onnx_writer import GraphWriter


def run(graph, **feed):
    session = onnxruntime.InferenceSession(graph.to_bytes(), providers=["CPUExecutionProvider"])
    return session.run(None, feed)[0]


def test_nodes_weights_and_constants_compute():
    graph = GraphWriter()
    x = graph.input("x", [2, "n"])
    scaled = graph.node("Mul", x, graph.weight("w", np.array([[2.0], [-3.0]], dtype=np.float32)))
    graph.node("Add", scaled, graph.float_scalar(0.5), to="y")
    graph.output("y", [2, "n"])
    assert run(graph, x=np.array([[1, 2], [3, 4]], dtype=np.float32)).tolist() == [[2.5, 4.5], [-8.5, -11.5]]


def test_attributes_of_every_kind_and_negative_numbers_arrive():
    graph = GraphWriter()
    x = graph.input("x", [2, 3])
    sloped = graph.node("LeakyRelu", x, alpha=0.25)
    turned = graph.node("Transpose", sloped, perm=[1, 0])
    graph.node("Softmax", graph.node("Gather", turned, graph.int_scalar(-1), axis=0), axis=-1, to="y")
    graph.output("y", [2])
    made = run(graph, x=np.array([[0, 0, -4], [0, 0, 1]], dtype=np.float32))
    assert made == pytest.approx(np.exp([-1, 1]) / np.exp([-1, 1]).sum())


def test_halves_whole_numbers_and_casts_compute():
    graph = GraphWriter()
    ids = graph.input("ids", [1, "n"], int64=True)
    first, second = graph.split(ids, axis=1)
    picked = graph.node(
        "Slice",
        graph.node("Sub", first, second),
        graph.int_vector(-1),
        graph.int_vector(-99),
        graph.int_vector(1),
        graph.int_vector(-1),
    )
    graph.node("Mul", graph.cast(picked), graph.float_scalar(1.0), to="y")
    graph.output("y", [1, "m"])
    assert run(graph, ids=np.array([[5, 6, 7, 1, 1, 1]])).tolist() == [[6.0, 5.0, 4.0]]


def test_our_own_reader_finds_the_same_graph_and_cuts_it_where_it_was_declared():
    graph = GraphWriter()
    x = graph.input("x", ["n"])
    middle = graph.node("Mul", x, graph.float_scalar(2.0), to="middle")
    graph.declare(middle, ["n"])
    graph.node("Add", middle, graph.float_scalar(1.0), to="y")
    graph.output("y", ["n"])
    read = read_graph(graph.to_bytes())
    assert (read.inputs, read.outputs, [node.op for node in read.nodes]) == (("x",), ("y",), ["Mul", "Add"])
    session = onnxruntime.InferenceSession(read.cut(["middle"], ["y"]), providers=["CPUExecutionProvider"])
    assert session.run(None, {"middle": np.array([3.0], dtype=np.float32)})[0].tolist() == [4.0]


def test_onnx_runtimes_own_nodes_take_weights_of_one_byte():
    graph = GraphWriter()
    x, most = graph.input("x", [1, "n"]), graph.float_scalar(0.5)
    units = graph.node("QuantizeLinear", x, most, graph.weight("middle", np.array(128, dtype=np.uint8)))
    weight = graph.weight("w", np.array([[1, -2], [3, 4]], dtype=np.int8))
    graph.contrib_node("MatMulIntegerToFloat", units, weight, most, graph.float_scalar(2.0), "middle", to=["y"])
    graph.output("y", [1, 2])
    assert run(graph, x=np.array([[1, -1]], dtype=np.float32)).tolist() == [[-4.0, -12.0]]


def test_a_whole_number_is_given_out_and_parts_have_one_size():
    graph = GraphWriter()
    parts = graph.split(graph.input("x", [1, 6]), -1, 3)
    graph.node("ArgMax", parts[1], to="y", axis=-1, keepdims=0)
    graph.output("y", [1], int64=True)
    assert run(graph, x=np.array([[9, 0, 1, 2, 0, 0]], dtype=np.float32)).tolist() == [1]
