"""An encoder of Whisper's with random weights under CTranslate2's names, and what it computes, in plain NumPy."""

from math import erf

import numpy as np

LAYERS, HEADS, WIDTH, INNER, BANDS, PLACES = 2, 2, 64, 128, 20, 60


class SmallEncoder:
    """Weights as Ct2File gives them, float16."""

    def __init__(self, seed: int = 0) -> None:
        self._draw = np.random.default_rng(seed)
        self._values = {
            "encoder/position_encodings/encodings": self._some(PLACES, WIDTH),
            "encoder/conv1/weight": self._some(WIDTH, BANDS, 3),
            "encoder/conv2/weight": self._some(WIDTH, WIDTH, 3),
            **{f"encoder/conv{number}/bias": self._some(WIDTH) for number in (1, 2)},
            **self._norm("encoder/layer_norm"),
        }
        for layer in range(LAYERS):
            at = f"encoder/layer_{layer}"
            self._values |= self._norm(f"{at}/self_attention/layer_norm") | self._norm(f"{at}/ffn/layer_norm")
            self._values |= self._linear(f"{at}/self_attention/linear_0", 3 * WIDTH, WIDTH)
            self._values |= self._linear(f"{at}/self_attention/linear_1", WIDTH, WIDTH)
            self._values |= self._linear(f"{at}/ffn/linear_0", INNER, WIDTH)
            self._values |= self._linear(f"{at}/ffn/linear_1", WIDTH, INNER)

    def has(self, name: str) -> bool:
        return name in self._values

    def number(self, name: str) -> int:
        return {"encoder/num_heads": HEADS}[name]

    def weights(self, name: str) -> np.ndarray:
        return self._values[name]

    def layers(self, part: str) -> int:
        return {"encoder": LAYERS}[part]

    def states(self, mel):
        """Of (bands, frames), shape (frames / 2, WIDTH)."""
        read = _gelu(self._convolved(_gelu(self._convolved(mel, 1, 1)), 2, 2)).T
        read = read + self._of("position_encodings/encodings")[: len(read)]
        for layer in range(LAYERS):
            own, ffn = f"layer_{layer}/self_attention", f"layer_{layer}/ffn"
            parts = np.split(self._apply(self._normed(read, f"{own}/layer_norm"), f"{own}/linear_0"), 3, axis=1)
            read = read + self._apply(_attend(*parts), f"{own}/linear_1")
            inner = _gelu(self._apply(self._normed(read, f"{ffn}/layer_norm"), f"{ffn}/linear_0"))
            read = read + self._apply(inner, f"{ffn}/linear_1")
        return self._normed(read, "layer_norm")

    def _convolved(self, x, number, stride):
        padded = np.pad(x, ((0, 0), (1, 1)))
        weight, bias = self._of(f"conv{number}/weight"), self._of(f"conv{number}/bias")
        columns = [np.tensordot(weight, padded[:, at : at + 3], 2) for at in range(0, x.shape[1], stride)]
        return np.stack(columns, axis=1) + bias[:, None]

    def _of(self, name):
        return self._values[f"encoder/{name}"].astype(np.float64)

    def _apply(self, x, name):
        return x @ self._of(f"{name}/weight").T + self._of(f"{name}/bias")

    def _normed(self, x, name):
        middle = x - x.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.square(middle).mean(axis=1, keepdims=True) + 1e-5)
        return middle / spread * self._of(f"{name}/gamma") + self._of(f"{name}/beta")

    def _some(self, *shape):
        return self._draw.normal(0, 0.1, shape).astype(np.float16)

    def _linear(self, name, rows, columns):
        return {f"{name}/weight": self._some(rows, columns), f"{name}/bias": self._some(rows)}

    def _norm(self, name):
        return {f"{name}/gamma": 1 + self._some(WIDTH), f"{name}/beta": self._some(WIDTH)}


def _gelu(x):
    return x * (1 + np.vectorize(erf)(x / np.sqrt(2))) / 2


def _attend(query, key, value):
    found = []
    for q, k, v in zip(*(np.split(each, HEADS, axis=1) for each in (query, key, value)), strict=True):
        scores = q @ k.T / np.sqrt(WIDTH // HEADS)
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        found.append(weights / weights.sum(axis=1, keepdims=True) @ v)
    return np.concatenate(found, axis=1)
