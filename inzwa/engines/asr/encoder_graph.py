"""Whisper's encoder as an ONNX graph, made of CTranslate2's weights. Products are INT8, convolutions float32."""

from inzwa.engines.asr.layers import LayerWriter, Weights
from inzwa.errors import NotConvertible
from inzwa.formats.onnx_writer import GraphWriter


def encoder_graph(model: Weights) -> bytes:
    """`mel` (1, bands, frames) to `states` (1, frames / 2, width), both float32.

    NotConvertible for another network than Whisper's, and for weights in INT8.
    """
    layers = LayerWriter(GraphWriter(), model)
    width, bands, _ = model.weights("encoder/conv1/weight").shape
    heads = model.number("encoder/num_heads")
    if width % heads:
        raise NotConvertible(f"expected an encoder of Whisper's, found {heads} heads in {width}")
    states = _positioned(layers, _convolved(layers, layers.graph.input("mel", [1, bands, "f"])))
    for number in range(model.layers("encoder")):
        states = _layer(layers, states, f"encoder/layer_{number}", heads)
    layers.norm(states, "encoder/layer_norm", to="states")
    layers.graph.output("states", [1, "s", width])
    return layers.graph.to_bytes()


def _convolved(layers: LayerWriter, mel: str) -> str:
    """Shape (1, frames / 2, width)."""
    graph, made = layers.graph, mel
    for number in (1, 2):
        name = f"encoder/conv{number}"
        parts = (graph.weight(f"{name} {part}", layers.values(f"{name}/{part}")) for part in ("weight", "bias"))
        made = graph.node("Gelu", graph.node("Conv", made, *parts, kernel_shape=[3], pads=[1, 1], strides=[number]))
    return graph.node("Transpose", made, perm=[0, 2, 1])


def _positioned(layers: LayerWriter, states: str) -> str:
    graph, name = layers.graph, "encoder/position_encodings/encodings"
    length = graph.node("Shape", states, start=1, end=2)
    places = graph.node("Slice", graph.weight(name, layers.values(name)), graph.int_vector(0), length)
    return graph.node("Add", states, places)


def _layer(layers: LayerWriter, states: str, name: str, heads: int) -> str:
    """Self-attention, feed-forward."""
    graph, attention, forward = layers.graph, f"{name}/self_attention", f"{name}/ffn"
    made = layers.linear(layers.norm(states, f"{attention}/layer_norm"), f"{attention}/linear_0")
    attended = graph.contrib_node("MultiHeadAttention", *graph.split(made, -1, 3), num_heads=heads)
    states = graph.node("Add", states, layers.linear(attended, f"{attention}/linear_1"))
    inner = graph.node("Gelu", layers.linear(layers.norm(states, f"{forward}/layer_norm"), f"{forward}/linear_0"))
    return graph.node("Add", states, layers.linear(inner, f"{forward}/linear_1"))
