"""A normalisation of nine nodes becomes one, and gives what it gave."""

import numpy as np
import onnxruntime
import pytest

from inzwa.formats.onnx_graph import read_graph
from inzwa.formats.onnx_layer_norms import fuse_layer_norms
from inzwa.formats.onnx_writer import GraphWriter

CHANNELS = 6
X = np.random.default_rng(1).standard_normal((2, 5, CHANNELS), dtype=np.float32)


def normalising(*, power=2.0, shown=()):
    """A graph with one normalisation; `shown` are tensors within it that are outputs too."""
    writer, draw = GraphWriter(), np.random.default_rng(0)
    gamma, beta = (writer.weight(name, draw.normal(size=CHANNELS).astype(np.float32)) for name in ("gamma", "beta"))
    x = writer.input("x", ["a", "b", CHANNELS])
    axis = {"axes": [-1]}
    centred = writer.node("Sub", x, writer.node("ReduceMean", x, **axis), to="centred")
    variance = writer.node("ReduceMean", writer.node("Pow", centred, writer.float_scalar(power)), **axis)
    spread = writer.node("Sqrt", writer.node("Add", variance, writer.float_scalar(1e-5)))
    scaled = writer.node("Mul", writer.node("Div", centred, spread), gamma)
    writer.node("Add", scaled, beta, to="y")
    for name in ("y", *shown):
        writer.output(name, ["a", "b", CHANNELS])
    graph = read_graph(writer.to_bytes())
    graph.header.opset_import[0].version = 15  # where the axes are an attribute
    return graph


def outputs(graph):
    model = graph.cut(graph.inputs, graph.outputs)
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, {"x": X})


def test_nine_nodes_become_one_with_the_same_output():
    graph = normalising()
    fused = fuse_layer_norms(graph)
    assert [node.op for node in fused.nodes] == ["LayerNormalization"]
    assert np.abs(outputs(fused)[0] - outputs(graph)[0]).max() <= 1e-5


def test_another_power_is_no_normalisation():
    graph = normalising(power=4.0)
    assert len(fuse_layer_norms(graph).nodes) == len(graph.nodes) == 9


def test_what_something_else_reads_is_left():
    graph = normalising(shown=("centred",))
    assert len(fuse_layer_norms(graph).nodes) == 9


@pytest.mark.weights
def test_all_normalisations_of_the_real_voice_are_fused(models):
    graph = read_graph(models.fetch("joe-medium").path(".onnx").read_bytes())
    fused = fuse_layer_norms(graph)
    assert [node.op for node in fused.nodes].count("LayerNormalization") == 36
    assert len(graph.nodes) - len(fused.nodes) == 36 * 8
