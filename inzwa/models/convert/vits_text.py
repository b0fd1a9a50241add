"""VITS's text encoder as ONNX: symbol ids to what each symbol means, and the distribution of its sound.

A transformer whose attention knows how far apart two symbols stand, up to a window (Shaw et al. 2018). Here the nine
distances are looked up by an index that all layers share, instead of skewing a padded matrix in each.
"""

import math
from dataclasses import dataclass

import numpy as np

from inzwa.models.convert.vits_layers import Layers, Sizes


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the encoder makes, each (1, channels, symbols)."""

    hidden: str
    mean: str
    log_deviation: str


@dataclass(frozen=True, slots=True)
class _Distances:
    """Where symbol j stands from symbol i, for all layers."""

    to_distance: str
    """(heads, symbols, symbols): the row of the distance from i to j, the nearest there is when it is too far."""
    near: str
    """(symbols, symbols): 1 where there is a row for that distance, else 0."""
    to_symbol: str
    """(heads, symbols, distances): the symbol that stands so far from i, the nearest there is."""
    inside: str
    """(symbols, distances): 1 where there is such a symbol, else 0."""


@dataclass(frozen=True, slots=True)
class TextEncoder:
    """Writes the encoder."""

    layers: Layers
    sizes: Sizes

    def write(self, ids: str) -> Meaning:
        """From ids, (1, symbols)."""
        graph, sizes = self.layers.graph, self.sizes
        embeddings = self.layers.checkpoint.tensor(
            "text_encoder.embed_tokens.weight", sizes.vocab_size, sizes.hidden_size
        )
        table = graph.weight("text_encoder.embed_tokens", embeddings * np.float32(math.sqrt(sizes.hidden_size)))
        x = graph.run("Gather", table, graph.run("Squeeze", ids, graph.whole(0)), axis=0)
        distances = self._distances(ids)
        for number in range(sizes.num_hidden_layers):
            x = self._layer(x, f"text_encoder.encoder.layers.{number}", distances)
        hidden = self._as_channels(x)
        stats = self.layers.convolution(hidden, "text_encoder.project", sizes.hidden_size, 2 * sizes.flow_size)
        return Meaning(hidden, *graph.split(stats, axis=1))

    def _layer(self, x: str, at: str, distances: _Distances) -> str:
        """(symbols, channels) in and out."""
        graph, sizes = self.layers.graph, self.sizes
        x = graph.run("Add", x, self._attention(x, f"{at}.attention", distances))
        x = self.layers.norm(x, f"{at}.layer_norm", sizes.hidden_size, sizes.layer_norm_eps)
        x = graph.run("Add", x, self._feed_forward(x, f"{at}.feed_forward"))
        return self.layers.norm(x, f"{at}.final_layer_norm", sizes.hidden_size, sizes.layer_norm_eps)

    def _feed_forward(self, x: str, at: str) -> str:
        sizes = self.sizes
        x = self.layers.convolution(
            self._as_channels(x), f"{at}.conv_1", sizes.hidden_size, sizes.ffn_dim, sizes.ffn_kernel_size
        )
        x = self.layers.graph.run("Relu", x)
        x = self.layers.convolution(x, f"{at}.conv_2", sizes.ffn_dim, sizes.hidden_size, sizes.ffn_kernel_size)
        return self._as_rows(x)

    def _attention(self, x: str, at: str, distances: _Distances) -> str:
        graph, width = self.layers.graph, self.sizes.hidden_size
        queries = self._heads(self.layers.linear(x, f"{at}.q_proj", width, width, self._head_width**-0.5), [1, 0, 2])
        keys = self._heads(self.layers.linear(x, f"{at}.k_proj", width, width), [1, 2, 0])
        values = self._heads(self.layers.linear(x, f"{at}.v_proj", width, width), [1, 0, 2])
        scores = graph.run("MatMul", queries, keys)
        attention = graph.run("Softmax", graph.run("Add", scores, self._by_distance(queries, at, distances)), axis=-1)
        found = graph.run("Add", graph.run("MatMul", attention, values), self._from_distance(attention, at, distances))
        rows = graph.run("Reshape", graph.run("Transpose", found, perm=[1, 0, 2]), graph.whole(0, width))
        return self.layers.linear(rows, f"{at}.out_proj", width, width)

    def _by_distance(self, queries: str, at: str, distances: _Distances) -> str:
        """What the distance adds to each score, (heads, symbols, symbols)."""
        graph = self.layers.graph
        rows = self.layers.checkpoint.tensor(f"{at}.emb_rel_k", 1, self._distance_count, self._head_width)[0]
        scores = graph.run("MatMul", queries, graph.weight(f"{at}.emb_rel_k", np.ascontiguousarray(rows.T)))
        return graph.run("Mul", graph.run("GatherElements", scores, distances.to_distance, axis=2), distances.near)

    def _from_distance(self, attention: str, at: str, distances: _Distances) -> str:
        """What the distance adds to what is found, (heads, symbols, head width)."""
        graph = self.layers.graph
        rows = self.layers.checkpoint.tensor(f"{at}.emb_rel_v", 1, self._distance_count, self._head_width)[0]
        shares = graph.run("GatherElements", attention, distances.to_symbol, axis=2)
        return graph.run("MatMul", graph.run("Mul", shares, distances.inside), graph.weight(f"{at}.emb_rel_v", rows))

    def _distances(self, ids: str) -> _Distances:
        graph, window = self.layers.graph, self.sizes.window_size
        count = graph.run("Squeeze", graph.run("Shape", ids, start=1, end=2), graph.whole(0))
        places = graph.run("Range", graph.index(0), count, graph.index(1))
        rows = graph.run("Unsqueeze", places, graph.whole(1))
        distance = graph.run("Sub", graph.run("Unsqueeze", places, graph.whole(0)), rows)
        symbol = graph.run("Add", rows, graph.whole(*range(-window, window + 1)))
        last = graph.run("Sub", count, graph.index(1))
        nearest = graph.run("Clip", distance, graph.index(-window), graph.index(window))
        there = graph.run("Clip", symbol, graph.index(0), last)
        return _Distances(
            to_distance=self._for_heads(graph.run("Add", nearest, graph.index(window))),
            near=self._same(nearest, distance),
            to_symbol=self._for_heads(there),
            inside=self._same(there, symbol),
        )

    def _for_heads(self, index: str) -> str:
        graph = self.layers.graph
        return graph.run("Expand", index, graph.whole(self.sizes.num_attention_heads, 1, 1))

    def _same(self, first: str, second: str) -> str:
        graph = self.layers.graph
        return graph.cast(graph.run("Equal", first, second))

    def _heads(self, x: str, order: list[int]) -> str:
        """(symbols, channels) to (symbols, heads, head width), turned."""
        graph = self.layers.graph
        parts = graph.run("Reshape", x, graph.whole(0, self.sizes.num_attention_heads, self._head_width))
        return graph.run("Transpose", parts, perm=order)

    def _as_channels(self, x: str) -> str:
        """(symbols, channels) to (1, channels, symbols)."""
        graph = self.layers.graph
        return graph.run("Unsqueeze", graph.run("Transpose", x, perm=[1, 0]), graph.whole(0))

    def _as_rows(self, x: str) -> str:
        """(1, channels, symbols) to (symbols, channels)."""
        graph = self.layers.graph
        return graph.run("Transpose", graph.run("Squeeze", x, graph.whole(0)), perm=[1, 0])

    @property
    def _head_width(self) -> int:
        return self.sizes.hidden_size // self.sizes.num_attention_heads

    @property
    def _distance_count(self) -> int:
        return 2 * self.sizes.window_size + 1
