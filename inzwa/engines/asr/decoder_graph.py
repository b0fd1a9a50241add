"""Whisper's decoder as two ONNX graphs, made of CTranslate2's weights: the cross-attention's cache, and the rest.

CTranslate2 decodes token by token; these take many tokens in one pass, so that a draft costs little to verify, and
several hypotheses at once. Products are INT8 and exact, so a token's are the same whatever else is in the pass.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final, Self

import numpy as np

from inzwa.engines.asr.int8 import Floats
from inzwa.engines.asr.layers import GELU, LayerWriter, Weights
from inzwa.errors import NotConvertible
from inzwa.formats.onnx_writer import GraphWriter

EMBEDDINGS: Final = "decoder/embeddings/weight"

ANY_TOKEN, TEXT, FIRST_TEXT = 0, 1, 2
"""Which tokens are allowed at a position: any, those of a transcript, those that a transcript begins with."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The decoder's dimensions."""

    layers: int
    heads: int
    width: int
    vocabulary: int

    @classmethod
    def of(cls, model: Weights) -> Self:
        """NotConvertible for another network than Whisper's, and for weights in INT8."""
        vocabulary, width = model.weights(EMBEDDINGS).shape
        found = cls(model.layers("decoder"), model.number("decoder/num_heads"), width, vocabulary)
        kind = model.number("decoder/activation"), model.number("decoder/pre_norm")
        if kind != (GELU, 1) or width % found.heads:
            raise NotConvertible(f"expected a decoder of Whisper's, found {found}, activation and norm {kind}")
        return found

    @property
    def head(self) -> int:
        """The width of one head."""
        return self.width // self.heads

    @property
    def cache_names(self) -> list[str]:
        """Keys (k) and values (v) of each layer: `k0`, `v0`, `k1` and so on."""
        return [f"{part}{layer}" for layer, part in product(range(self.layers), "kv")]


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Special tokens, and those that are suppressed in a transcript."""

    start: int
    """<|startoftranscript|>: the probability of no speech is read behind it."""
    end: int
    no_speech: int
    suppressed: tuple[int, ...]
    suppressed_first: tuple[int, ...]
    """Suppressed besides at the beginning of a transcript."""

    def masks(self, vocabulary: int) -> Floats:
        """Added to the logits: a row each for ANY_TOKEN, TEXT and FIRST_TEXT. Shape (3, vocabulary), float32."""
        masks = np.zeros((3, vocabulary), dtype=np.float32)
        masks[TEXT:, list(self.suppressed)] = -np.inf
        masks[FIRST_TEXT, list(self.suppressed_first)] = -np.inf
        return masks


@dataclass(frozen=True, slots=True)
class Graphs:
    """Both, as ONNX files."""

    cross_cache: bytes
    decoder: bytes

    @classmethod
    def of(cls, model: Weights, rules: TokenRules) -> Self:
        """NotConvertible for weights that they cannot be made of."""
        sizes = Sizes.of(model)
        return cls(cross_cache_graph(model, sizes), decoder_graph(model, sizes, rules))


def cross_cache_graph(model: Weights, sizes: Sizes) -> bytes:
    """Encoder states (1, s, width) to their keys and values for the cross-attention, with those of the tail behind.

    Each has the shape (1, heads, s + tail, head). Whisper's keys have no bias; that of the values is the same at every
    position, so the decoder's graph adds it.
    """
    graph = GraphWriter()
    layers = LayerWriter(graph, model)
    states = graph.input("states", [1, "s", sizes.width])
    for layer in range(sizes.layers):
        both = layers.values(f"decoder/layer_{layer}/attention/linear_1/weight")
        for part, matrix in zip("kv", np.split(both, 2), strict=True):
            name = f"{part}{layer}"
            made = layers.product(states, name, matrix)
            made = graph.node("Reshape", made, graph.int_vector(1, -1, sizes.heads, sizes.head))
            tail = graph.input(f"tail {name}", [1, sizes.heads, "e", sizes.head])
            graph.node("Concat", graph.node("Transpose", made, perm=[0, 2, 1, 3]), tail, to=f"cross {name}", axis=2)
            graph.output(f"cross {name}", [1, sizes.heads, "t", sizes.head])
    return graph.to_bytes()


def decoder_graph(model: Weights, sizes: Sizes, rules: TokenRules) -> bytes:
    """The `k` likeliest tokens after each of the `positions` asked for, of those that `masks` there allow.

    Takes tokens (b, n, width) of b hypotheses, embedded with their positions, `positions` and `masks` (r,), `k` (1,),
    and the caches `past ..` of the tokens before, a hypothesis each, and `cross ..` of the sound, which they share.
    Gives `ids` and `log_probs` (theirs), both (b, r, k) from the likeliest down, `no_speech` (that token's, (b, r)) and
    the caches `present ..`.
    """
    graph = GraphWriter()
    tokens = graph.input("tokens", ["b", "n", sizes.width])
    positions, masks = (graph.input(name, ["r"], int64=True) for name in ("positions", "masks"))
    most = graph.input("k", [1], int64=True)
    for name in sizes.cache_names:
        graph.input(f"cross {name}", [1, sizes.heads, "s", sizes.head])
        graph.input(f"past {name}", ["b", sizes.heads, "t", sizes.head])
        graph.output(f"present {name}", ["b", sizes.heads, "u", sizes.head])
    writer = _Writer(graph, LayerWriter(graph, model), sizes)
    for layer in range(sizes.layers):
        tokens = writer.layer(tokens, layer, positions if layer == sizes.layers - 1 else "")
    hidden = writer.layers.norm(tokens, "decoder/layer_norm")
    allowed = graph.node("Gather", graph.weight("all masks", rules.masks(sizes.vocabulary)), masks, axis=0)
    log_probs = graph.node("LogSoftmax", graph.node("Add", writer.logits(hidden), allowed), axis=-1)
    graph.nodes("TopK", log_probs, most, to=["log_probs", "ids"], axis=-1)
    graph.node("Gather", log_probs, graph.int_scalar(rules.no_speech), to="no_speech", axis=-1)
    graph.output("ids", ["b", "r", "k"], int64=True)
    graph.output("log_probs", ["b", "r", "k"])
    graph.output("no_speech", ["b", "r"])
    return graph.to_bytes()


@dataclass(frozen=True, slots=True)
class _Writer:
    """The decoder's parts, under CTranslate2's names."""

    graph: GraphWriter
    layers: LayerWriter
    sizes: Sizes

    def layer(self, tokens: str, number: int, positions: str = "") -> str:
        """Self-attention, then, of all tokens or of those at `positions`, cross-attention and feed-forward."""
        name, node, layers = f"decoder/layer_{number}", self.graph.node, self.layers
        attended = self._self_attention(tokens, f"{name}/self_attention", number)
        if positions:
            tokens, attended = (node("Gather", each, positions, axis=1) for each in (tokens, attended))
        tokens = node("Add", tokens, layers.linear(attended, f"{name}/self_attention/linear_1"))
        tokens = node("Add", tokens, self._cross_attention(tokens, f"{name}/attention", number))
        inner = layers.linear(layers.norm(tokens, f"{name}/ffn/layer_norm"), f"{name}/ffn/linear_0")
        return node("Add", tokens, layers.linear(node("Gelu", inner), f"{name}/ffn/linear_1"))

    def logits(self, hidden: str) -> str:
        """Of the whole vocabulary; by the embeddings where the model has no matrix of its own for that."""
        model, own = self.layers.model, "decoder/projection/weight"
        return self.layers.product(hidden, "vocabulary", model.weights(own if model.has(own) else EMBEDDINGS))

    def _self_attention(self, tokens: str, name: str, layer: int) -> str:
        """The projection left out."""
        made = self.layers.linear(self.layers.norm(tokens, f"{name}/layer_norm"), f"{name}/linear_0")
        parts = self.graph.split(made, -1, 3)
        names = [f"attended {layer}", f"present k{layer}", f"present v{layer}"]
        past = "", "", "", f"past k{layer}", f"past v{layer}"
        heads = self.sizes.heads
        self.graph.contrib_node("MultiHeadAttention", *parts, *past, to=names, num_heads=heads, unidirectional=1)
        return names[0]

    def _cross_attention(self, tokens: str, name: str, layer: int) -> str:
        """All hypotheses' tokens in one row: they attend to the same cache."""
        query = self.layers.linear(self.layers.norm(tokens, f"{name}/layer_norm"), f"{name}/linear_0")
        query = self.graph.node("Reshape", query, self.graph.int_vector(1, -1, self.sizes.width))
        cache = f"cross k{layer}", f"cross v{layer}"
        attended = self.graph.contrib_node("MultiHeadAttention", query, *cache, num_heads=self.sizes.heads)
        attended = self.graph.node("Reshape", attended, self.graph.node("Shape", tokens))
        _, values = np.split(self.layers.values(f"{name}/linear_1/bias"), 2)
        passed = self.layers.values(f"{name}/linear_2/weight") @ values
        return self.layers.linear(attended, f"{name}/linear_2", self.layers.values(f"{name}/linear_2/bias") + passed)
