"""Whisper's decoder as two ONNX graphs, made of CTranslate2's weights: one hears, one reads. Knows no text.

What CTranslate2 reads token by token these read in one pass, so that a guess costs little to check. Weights are INT8.
Whoever reads one token should give it twice: one row takes another way through ONNX Runtime's matrices than several,
and the last bits then differ with the number of tokens read at once.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final, Protocol, Self

import numpy as np
import numpy.typing as npt

from inzwa.engines.asr.int8 import BLOCK, MIDDLE, MOST, NOTHING, Floats, by_blocks, by_rows
from inzwa.errors import NotConvertible
from inzwa.formats.onnx_writer import GraphWriter

FREE, LATER, FIRST = 0, 1, 2
"""What may stand in a place: anything, what a transcript goes on with, what it begins with."""

_GELU: Final = 3
"""CTranslate2's number for it, by the error function."""
_EPSILON: Final = 1e-5


class Weights(Protocol):
    """What CTranslate2 stored, variable by variable."""

    def has(self, name: str) -> bool: ...

    def number(self, name: str) -> int: ...

    def weights(self, name: str) -> npt.NDArray[np.floating]: ...

    def layers(self, part: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Sizes:
    """The numbers that tell one decoder from another."""

    layers: int
    heads: int
    width: int
    vocabulary: int

    @classmethod
    def of(cls, model: Weights) -> Self:
        """NotConvertible for what is no decoder of Whisper's, or is stored in INT8."""
        vocabulary, width = model.weights("decoder/embeddings/weight").shape
        found = cls(model.layers("decoder"), model.number("decoder/num_heads"), width, vocabulary)
        kind = model.number("decoder/activation"), model.number("decoder/pre_norm")
        if kind != (_GELU, 1) or width % BLOCK or width % found.heads:
            raise NotConvertible(f"expected a decoder of Whisper's, found {found}, activation and norm {kind}")
        return found

    @property
    def head(self) -> int:
        """The width of one."""
        return self.width // self.heads

    @property
    def memories(self) -> list[str]:
        """Of what each layer remembers keys (k) and values (v): `k0`, `v0`, `k1` and so on."""
        return [f"{part}{layer}" for layer, part in product(range(self.layers), "kv")]


@dataclass(frozen=True, slots=True)
class Rules:
    """Which tokens mean something, and which may not stand in a transcript."""

    start: int
    """<|startoftranscript|>: the probability of silence is seen behind it."""
    end: int
    no_speech: int
    never: tuple[int, ...]
    never_first: tuple[int, ...]
    """Besides those."""

    def masks(self, vocabulary: int) -> Floats:
        """What is added to the scores: a row each for FREE, LATER and FIRST. Shape (3, vocabulary), float32."""
        masks = np.zeros((3, vocabulary), dtype=np.float32)
        masks[LATER:, list(self.never)] = -np.inf
        masks[FIRST, list(self.never_first)] = -np.inf
        return masks


@dataclass(frozen=True, slots=True)
class Graphs:
    """Both, as ONNX files."""

    hearing: bytes
    reading: bytes

    @classmethod
    def of(cls, model: Weights, rules: Rules) -> Self:
        """NotConvertible for weights that they cannot be made of."""
        sizes = Sizes.of(model)
        return cls(hearing_graph(model, sizes), reading_graph(model, sizes, rules))


def hearing_graph(model: Weights, sizes: Sizes) -> bytes:
    """Encoder states (1, s, width) and the tail's memories to those of both, each (1, heads, s + tail, head).

    Whisper's keys have no bias; that of the values is the same at every place, so the reading graph adds it.
    """
    graph = GraphWriter()
    states = graph.input("states", [1, "s", sizes.width])
    most = graph.run("ReduceMax", graph.run("Abs", states), graph.whole(-1), keepdims=1)
    most = graph.run("Max", most, graph.number(NOTHING))
    scale, middle = graph.number(1 / MOST), graph.weight("middle", np.array(MIDDLE, dtype=np.uint8))
    units = graph.run("QuantizeLinear", graph.run("Div", states, most), scale, middle)
    for layer in range(sizes.layers):
        both = _values(model, f"decoder/layer_{layer}/attention/linear_1/weight")
        for part, matrix in zip("kv", np.split(both, 2), strict=True):
            name = f"{part}{layer}"
            weight, scales = by_rows(matrix)
            columns = graph.weight(f"{name} weight", weight), scale, graph.weight(f"{name} scales", scales)
            made = graph.run("Mul", graph.contributed("MatMulIntegerToFloat", units, *columns, middle), most)
            made = graph.run("Reshape", made, graph.whole(1, -1, sizes.heads, sizes.head))
            tail = graph.input(f"tail {name}", [1, sizes.heads, "e", sizes.head])
            graph.run("Concat", graph.run("Transpose", made, perm=[0, 2, 1, 3]), tail, to=f"heard {name}", axis=2)
            graph.output(f"heard {name}", [1, sizes.heads, "t", sizes.head])
    return graph.written()


def reading_graph(model: Weights, sizes: Sizes, rules: Rules) -> bytes:
    """Tokens read, and what should come next at those `places` that are asked for, as far as `kinds` allows.

    Takes tokens (1, n, width) with their positions added, places and kinds (r,), and memories `past ..` and `heard ..`.
    Gives `ids`, `chances` (their log-probabilities) and `silence` (that of no speech), (1, r), and memories `now ..`.
    """
    graph = GraphWriter()
    tokens = graph.input("tokens", [1, "n", sizes.width])
    places, kinds = (graph.input(name, ["r"], whole=True) for name in ("places", "kinds"))
    for name in sizes.memories:
        for kind, length in (("past", "t"), ("heard", "s"), ("now", "u")):
            declare = graph.output if kind == "now" else graph.input
            declare(f"{kind} {name}", [1, sizes.heads, length, sizes.head])
    writer = _Writer(graph, model, sizes)
    for layer in range(sizes.layers):
        tokens = writer.layer(tokens, layer)
    read = writer.norm(graph.run("Gather", tokens, places, axis=1), "decoder/layer_norm")
    masks = graph.weight("masks", rules.masks(sizes.vocabulary))
    scores = graph.run("Add", writer.scores(read), graph.run("Gather", masks, kinds, axis=0))
    chances = graph.run("LogSoftmax", scores, axis=-1)
    graph.run("ArgMax", chances, to="ids", axis=-1, keepdims=0)
    graph.run("ReduceMax", chances, graph.whole(-1), to="chances", keepdims=0)
    graph.run("Gather", chances, graph.index(rules.no_speech), to="silence", axis=-1)
    graph.output("ids", [1, "r"], whole=True)
    for name in ("chances", "silence"):
        graph.output(name, [1, "r"])
    return graph.written()


@dataclass(frozen=True, slots=True)
class _Writer:
    """The decoder's parts, under CTranslate2's names."""

    graph: GraphWriter
    model: Weights
    sizes: Sizes

    def layer(self, tokens: str, number: int) -> str:
        """What was read, what was heard, then each place by itself."""
        name, run = f"decoder/layer_{number}", self.graph.run
        tokens = run("Add", tokens, self._read(tokens, f"{name}/self_attention", number))
        tokens = run("Add", tokens, self._heard(tokens, f"{name}/attention", number))
        inner = self.linear(self.norm(tokens, f"{name}/ffn/layer_norm"), f"{name}/ffn/linear_0")
        return run("Add", tokens, self.linear(run("Gelu", inner), f"{name}/ffn/linear_1"))

    def norm(self, tokens: str, name: str) -> str:
        parts = (
            self.graph.weight(f"{name} {part}", _values(self.model, f"{name}/{part}")) for part in ("gamma", "beta")
        )
        return self.graph.run("LayerNormalization", tokens, *parts, axis=-1, epsilon=_EPSILON)

    def linear(self, tokens: str, name: str, extra: Floats | float = 0) -> str:
        """`extra` is added to the bias."""
        bias = _values(self.model, f"{name}/bias") + extra
        return self._matrix(tokens, name, self.model.weights(f"{name}/weight"), bias.astype(np.float32))

    def scores(self, tokens: str) -> str:
        """How well each token of the vocabulary would go on."""
        own = "decoder/projection/weight"
        weight = self.model.weights(own if self.model.has(own) else "decoder/embeddings/weight")
        return self._matrix(tokens, "vocabulary", weight, np.zeros(len(weight), dtype=np.float32))

    def _read(self, tokens: str, name: str, layer: int) -> str:
        made = self.linear(self.norm(tokens, f"{name}/layer_norm"), f"{name}/linear_0")
        parts = self.graph.parted(made, -1, 3)
        names = [f"read {layer}", f"now k{layer}", f"now v{layer}"]
        past = "", "", "", f"past k{layer}", f"past v{layer}"
        heads = self.sizes.heads
        self.graph.contributed("MultiHeadAttention", *parts, *past, to=names, num_heads=heads, unidirectional=1)
        return self.linear(names[0], f"{name}/linear_1")

    def _heard(self, tokens: str, name: str, layer: int) -> str:
        asked = self.linear(self.norm(tokens, f"{name}/layer_norm"), f"{name}/linear_0")
        memories = f"heard k{layer}", f"heard v{layer}"
        found = self.graph.contributed("MultiHeadAttention", asked, *memories, num_heads=self.sizes.heads)
        _, values = np.split(_values(self.model, f"{name}/linear_1/bias"), 2)
        return self.linear(found, f"{name}/linear_2", _values(self.model, f"{name}/linear_2/weight") @ values)

    def _matrix(self, tokens: str, name: str, weight: npt.NDArray[np.floating], bias: Floats) -> str:
        rows, width = weight.shape
        blocks, scales = by_blocks(weight)
        said = {"K": width, "N": rows, "bits": 8, "block_size": BLOCK, "accuracy_level": 4}  # 4: multiplied as INT8
        inputs = self.graph.weight(f"{name} weight", blocks), self.graph.weight(f"{name} scales", scales), "", ""
        return self.graph.contributed("MatMulNBits", tokens, *inputs, self.graph.weight(f"{name} bias", bias), **said)


def _values(model: Weights, name: str) -> Floats:
    return np.ascontiguousarray(model.weights(name), dtype=np.float32)
