"""Whisper's decoder as two ONNX graphs, made of CTranslate2's weights: the cross-attention's cache, and the rest.

CTranslate2 decodes token by token; these take many tokens in one pass, so that a draft costs little to verify. Weights
are INT8. A single token should be given twice: ONNX Runtime multiplies one row by another kernel than several, and the
last bits would differ with the number of tokens in a pass.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final, Protocol, Self

import numpy as np
import numpy.typing as npt

from inzwa.engines.asr.int8 import BLOCK_SIZE, INT8_MAX, TINY, ZERO_POINT, Floats, quantize_blocks, quantize_rows
from inzwa.errors import NotConvertible
from inzwa.formats.onnx_writer import GraphWriter

ANY_TOKEN, TEXT, FIRST_TEXT = 0, 1, 2
"""Which tokens are allowed at a position: any, those of a transcript, those that a transcript begins with."""

_GELU: Final = 3
"""CTranslate2's number for it, by the error function."""
_EPSILON: Final = 1e-5


class Weights(Protocol):
    """A model's variables by CTranslate2's names."""

    def has(self, name: str) -> bool: ...

    def number(self, name: str) -> int: ...

    def weights(self, name: str) -> npt.NDArray[np.floating]: ...

    def layers(self, part: str) -> int: ...


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
        vocabulary, width = model.weights("decoder/embeddings/weight").shape
        found = cls(model.layers("decoder"), model.number("decoder/num_heads"), width, vocabulary)
        kind = model.number("decoder/activation"), model.number("decoder/pre_norm")
        if kind != (_GELU, 1) or width % BLOCK_SIZE or width % found.heads:
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
    states = graph.input("states", [1, "s", sizes.width])
    largest = graph.node("ReduceMax", graph.node("Abs", states), graph.int_vector(-1), keepdims=1)
    largest = graph.node("Max", largest, graph.float_scalar(TINY))
    scale, zero = graph.float_scalar(1 / INT8_MAX), graph.weight("zero point", np.array(ZERO_POINT, dtype=np.uint8))
    quantized = graph.node("QuantizeLinear", graph.node("Div", states, largest), scale, zero)
    for layer in range(sizes.layers):
        both = _values(model, f"decoder/layer_{layer}/attention/linear_1/weight")
        for part, matrix in zip("kv", np.split(both, 2), strict=True):
            name = f"{part}{layer}"
            weight, scales = quantize_rows(matrix)
            columns = graph.weight(f"{name} weight", weight), scale, graph.weight(f"{name} scales", scales)
            made = graph.node("Mul", graph.contrib_node("MatMulIntegerToFloat", quantized, *columns, zero), largest)
            made = graph.node("Reshape", made, graph.int_vector(1, -1, sizes.heads, sizes.head))
            tail = graph.input(f"tail {name}", [1, sizes.heads, "e", sizes.head])
            graph.node("Concat", graph.node("Transpose", made, perm=[0, 2, 1, 3]), tail, to=f"cross {name}", axis=2)
            graph.output(f"cross {name}", [1, sizes.heads, "t", sizes.head])
    return graph.to_bytes()


def decoder_graph(model: Weights, sizes: Sizes, rules: TokenRules) -> bytes:
    """The likeliest token after each of the `positions` asked for, of those that `masks` there allow.

    Takes tokens (1, n, width), embedded with their positions, `positions` and `masks` (r,), and the caches `past ..` of
    the tokens before and `cross ..` of the sound. Gives `ids`, `log_probs` (theirs) and `no_speech` (that token's), all
    (1, r), and the caches `present ..`.
    """
    graph = GraphWriter()
    tokens = graph.input("tokens", [1, "n", sizes.width])
    positions, masks = (graph.input(name, ["r"], int64=True) for name in ("positions", "masks"))
    for name in sizes.cache_names:
        for kind, length in (("past", "t"), ("cross", "s"), ("present", "u")):
            declare = graph.output if kind == "present" else graph.input
            declare(f"{kind} {name}", [1, sizes.heads, length, sizes.head])
    writer = _Writer(graph, model, sizes)
    for layer in range(sizes.layers):
        tokens = writer.layer(tokens, layer)
    hidden = writer.norm(graph.node("Gather", tokens, positions, axis=1), "decoder/layer_norm")
    allowed = graph.node("Gather", graph.weight("all masks", rules.masks(sizes.vocabulary)), masks, axis=0)
    log_probs = graph.node("LogSoftmax", graph.node("Add", writer.logits(hidden), allowed), axis=-1)
    graph.node("ArgMax", log_probs, to="ids", axis=-1, keepdims=0)
    graph.node("ReduceMax", log_probs, graph.int_vector(-1), to="log_probs", keepdims=0)
    graph.node("Gather", log_probs, graph.int_scalar(rules.no_speech), to="no_speech", axis=-1)
    graph.output("ids", [1, "r"], int64=True)
    for name in ("log_probs", "no_speech"):
        graph.output(name, [1, "r"])
    return graph.to_bytes()


@dataclass(frozen=True, slots=True)
class _Writer:
    """The decoder's parts, under CTranslate2's names."""

    graph: GraphWriter
    model: Weights
    sizes: Sizes

    def layer(self, tokens: str, number: int) -> str:
        """Self-attention, cross-attention, feed-forward."""
        name, node = f"decoder/layer_{number}", self.graph.node
        tokens = node("Add", tokens, self._self_attention(tokens, f"{name}/self_attention", number))
        tokens = node("Add", tokens, self._cross_attention(tokens, f"{name}/attention", number))
        inner = self.linear(self.norm(tokens, f"{name}/ffn/layer_norm"), f"{name}/ffn/linear_0")
        return node("Add", tokens, self.linear(node("Gelu", inner), f"{name}/ffn/linear_1"))

    def norm(self, tokens: str, name: str) -> str:
        parts = (
            self.graph.weight(f"{name} {part}", _values(self.model, f"{name}/{part}")) for part in ("gamma", "beta")
        )
        return self.graph.node("LayerNormalization", tokens, *parts, axis=-1, epsilon=_EPSILON)

    def linear(self, tokens: str, name: str, extra: Floats | float = 0) -> str:
        """`extra` is added to the bias."""
        bias = _values(self.model, f"{name}/bias") + extra
        return self._matrix(tokens, name, self.model.weights(f"{name}/weight"), bias.astype(np.float32))

    def logits(self, tokens: str) -> str:
        """A score for each token of the vocabulary."""
        own = "decoder/projection/weight"
        weight = self.model.weights(own if self.model.has(own) else "decoder/embeddings/weight")
        return self._matrix(tokens, "vocabulary", weight, np.zeros(len(weight), dtype=np.float32))

    def _self_attention(self, tokens: str, name: str, layer: int) -> str:
        made = self.linear(self.norm(tokens, f"{name}/layer_norm"), f"{name}/linear_0")
        parts = self.graph.split(made, -1, 3)
        names = [f"attended {layer}", f"present k{layer}", f"present v{layer}"]
        past = "", "", "", f"past k{layer}", f"past v{layer}"
        heads = self.sizes.heads
        self.graph.contrib_node("MultiHeadAttention", *parts, *past, to=names, num_heads=heads, unidirectional=1)
        return self.linear(names[0], f"{name}/linear_1")

    def _cross_attention(self, tokens: str, name: str, layer: int) -> str:
        query = self.linear(self.norm(tokens, f"{name}/layer_norm"), f"{name}/linear_0")
        cache = f"cross k{layer}", f"cross v{layer}"
        attended = self.graph.contrib_node("MultiHeadAttention", query, *cache, num_heads=self.sizes.heads)
        _, values = np.split(_values(self.model, f"{name}/linear_1/bias"), 2)
        return self.linear(attended, f"{name}/linear_2", _values(self.model, f"{name}/linear_2/weight") @ values)

    def _matrix(self, tokens: str, name: str, weight: npt.NDArray[np.floating], bias: Floats) -> str:
        rows, width = weight.shape
        blocks, scales = quantize_blocks(weight)
        attributes = {
            "K": width,
            "N": rows,
            "bits": 8,
            "block_size": BLOCK_SIZE,
            "accuracy_level": 4,
        }  # 4: multiplied as INT8
        inputs = self.graph.weight(f"{name} weight", blocks), self.graph.weight(f"{name} scales", scales), "", ""
        return self.graph.contrib_node(
            "MatMulNBits", tokens, *inputs, self.graph.weight(f"{name} bias", bias), **attributes
        )


def _values(model: Weights, name: str) -> Floats:
    return np.ascontiguousarray(model.weights(name), dtype=np.float32)
