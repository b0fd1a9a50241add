"""VITS's text encoder as ONNX: symbol ids to hidden states and the prior distribution of each symbol's frames.

A transformer with relative positions up to a window (Shaw et al. 2018). The distances are looked up by an index that
all layers share, instead of skewing a padded matrix in each.
"""

import math
from dataclasses import dataclass

import numpy as np

from inzwa.models.convert.vits_layers import Layers, Sizes


@dataclass(frozen=True, slots=True)
class EncodedText:
    """The encoder's outputs, each (1, channels, symbols)."""

    hidden: str
    mean: str
    log_deviation: str


@dataclass(frozen=True, slots=True)
class _Distances:
    """How far symbol j is from symbol i, for all layers."""

    to_distance: str
    """(heads, symbols, symbols): the index of the distance from i to j, clipped to the window."""
    near: str
    """(symbols, symbols): 1 where the distance is inside the window, else 0."""
    to_symbol: str
    """(heads, symbols, distances): the symbol at that distance from i, clipped to the text."""
    inside: str
    """(symbols, distances): 1 where that symbol is inside the text, else 0."""


@dataclass(frozen=True, slots=True)
class TextEncoder:
    """Writes the encoder."""

    layers: Layers
    sizes: Sizes

    def write(self, ids: str) -> EncodedText:
        """From ids, (1, symbols)."""
        graph, sizes = self.layers.graph, self.sizes
        embeddings = self.layers.checkpoint.tensor(
            "text_encoder.embed_tokens.weight", sizes.vocab_size, sizes.hidden_size
        )
        table = graph.weight("text_encoder.embed_tokens", embeddings * np.float32(math.sqrt(sizes.hidden_size)))
        x = graph.node("Gather", table, graph.node("Squeeze", ids, graph.int_vector(0)), axis=0)
        distances = self._distances(ids)
        for number in range(sizes.num_hidden_layers):
            x = self._layer(x, f"text_encoder.encoder.layers.{number}", distances)
        hidden = self._as_channels(x)
        stats = self.layers.convolution(hidden, "text_encoder.project", sizes.hidden_size, 2 * sizes.flow_size)
        return EncodedText(hidden, *graph.split(stats, axis=1))

    def _layer(self, x: str, at: str, distances: _Distances) -> str:
        """(symbols, channels) in and out."""
        graph, sizes = self.layers.graph, self.sizes
        x = graph.node("Add", x, self._attention(x, f"{at}.attention", distances))
        x = self.layers.norm(x, f"{at}.layer_norm", sizes.hidden_size, sizes.layer_norm_eps)
        x = graph.node("Add", x, self._feed_forward(x, f"{at}.feed_forward"))
        return self.layers.norm(x, f"{at}.final_layer_norm", sizes.hidden_size, sizes.layer_norm_eps)

    def _feed_forward(self, x: str, at: str) -> str:
        sizes = self.sizes
        x = self.layers.convolution(
            self._as_channels(x), f"{at}.conv_1", sizes.hidden_size, sizes.ffn_dim, sizes.ffn_kernel_size
        )
        x = self.layers.graph.node("Relu", x)
        x = self.layers.convolution(x, f"{at}.conv_2", sizes.ffn_dim, sizes.hidden_size, sizes.ffn_kernel_size)
        return self._as_rows(x)

    def _attention(self, x: str, at: str, distances: _Distances) -> str:
        graph, width = self.layers.graph, self.sizes.hidden_size
        queries = self._heads(self.layers.linear(x, f"{at}.q_proj", width, width, self._head_width**-0.5), [1, 0, 2])
        keys = self._heads(self.layers.linear(x, f"{at}.k_proj", width, width), [1, 2, 0])
        values = self._heads(self.layers.linear(x, f"{at}.v_proj", width, width), [1, 0, 2])
        scores = graph.node("MatMul", queries, keys)
        attention = graph.node("Softmax", graph.node("Add", scores, self._by_distance(queries, at, distances)), axis=-1)
        found = graph.node(
            "Add", graph.node("MatMul", attention, values), self._from_distance(attention, at, distances)
        )
        rows = graph.node("Reshape", graph.node("Transpose", found, perm=[1, 0, 2]), graph.int_vector(0, width))
        return self.layers.linear(rows, f"{at}.out_proj", width, width)

    def _by_distance(self, queries: str, at: str, distances: _Distances) -> str:
        """The relative-position term of the scores, (heads, symbols, symbols)."""
        graph = self.layers.graph
        rows = self.layers.checkpoint.tensor(f"{at}.emb_rel_k", 1, self._distance_count, self._head_width)[0]
        scores = graph.node("MatMul", queries, graph.weight(f"{at}.emb_rel_k", np.ascontiguousarray(rows.T)))
        return graph.node("Mul", graph.node("GatherElements", scores, distances.to_distance, axis=2), distances.near)

    def _from_distance(self, attention: str, at: str, distances: _Distances) -> str:
        """The relative-position term of the values, (heads, symbols, head width)."""
        graph = self.layers.graph
        rows = self.layers.checkpoint.tensor(f"{at}.emb_rel_v", 1, self._distance_count, self._head_width)[0]
        shares = graph.node("GatherElements", attention, distances.to_symbol, axis=2)
        return graph.node("MatMul", graph.node("Mul", shares, distances.inside), graph.weight(f"{at}.emb_rel_v", rows))

    def _distances(self, ids: str) -> _Distances:
        graph, window = self.layers.graph, self.sizes.window_size
        count = graph.node("Squeeze", graph.node("Shape", ids, start=1, end=2), graph.int_vector(0))
        places = graph.node("Range", graph.int_scalar(0), count, graph.int_scalar(1))
        rows = graph.node("Unsqueeze", places, graph.int_vector(1))
        distance = graph.node("Sub", graph.node("Unsqueeze", places, graph.int_vector(0)), rows)
        symbol = graph.node("Add", rows, graph.int_vector(*range(-window, window + 1)))
        last = graph.node("Sub", count, graph.int_scalar(1))
        nearest = graph.node("Clip", distance, graph.int_scalar(-window), graph.int_scalar(window))
        there = graph.node("Clip", symbol, graph.int_scalar(0), last)
        return _Distances(
            to_distance=self._for_heads(graph.node("Add", nearest, graph.int_scalar(window))),
            near=self._same(nearest, distance),
            to_symbol=self._for_heads(there),
            inside=self._same(there, symbol),
        )

    def _for_heads(self, index: str) -> str:
        graph = self.layers.graph
        return graph.node("Expand", index, graph.int_vector(self.sizes.num_attention_heads, 1, 1))

    def _same(self, first: str, second: str) -> str:
        graph = self.layers.graph
        return graph.cast(graph.node("Equal", first, second))

    def _heads(self, x: str, order: list[int]) -> str:
        """(symbols, channels) to (symbols, heads, head width), its axes then in this order."""
        graph = self.layers.graph
        parts = graph.node("Reshape", x, graph.int_vector(0, self.sizes.num_attention_heads, self._head_width))
        return graph.node("Transpose", parts, perm=order)

    def _as_channels(self, x: str) -> str:
        """(symbols, channels) to (1, channels, symbols)."""
        graph = self.layers.graph
        return graph.node("Unsqueeze", graph.node("Transpose", x, perm=[1, 0]), graph.int_vector(0))

    def _as_rows(self, x: str) -> str:
        """(1, channels, symbols) to (symbols, channels)."""
        graph = self.layers.graph
        return graph.node("Transpose", graph.node("Squeeze", x, graph.int_vector(0)), perm=[1, 0])

    @property
    def _head_width(self) -> int:
        return self.sizes.hidden_size // self.sizes.num_attention_heads

    @property
    def _distance_count(self) -> int:
        return 2 * self.sizes.window_size + 1
