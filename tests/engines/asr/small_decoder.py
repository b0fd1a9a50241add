"""A decoder of Whisper's with random weights under CTranslate2's names, and what it computes, in plain NumPy."""

from math import erf

import numpy as np

from inzwa.engines.asr.decoder_graph import TokenRules

LAYERS, HEADS, WIDTH, INNER, VOCABULARY, PLACES = 2, 2, 128, 256, 90, 448
START, END, NO_SPEECH = 81, 80, 85
RULES = TokenRules(START, END, NO_SPEECH, suppressed=(3, 4, *range(END, VOCABULARY)), suppressed_first=(5, 60))
PROMPT = (START, 82, 83, 86)


class SmallDecoder:
    """Weights as Ct2File gives them, float16."""

    def __init__(self, seed: int = 0) -> None:
        self._draw = np.random.default_rng(seed)
        self._values = {
            "decoder/embeddings/weight": self._some(VOCABULARY, WIDTH),
            "decoder/position_encodings/encodings": 10 * self._some(PLACES, WIDTH),
            **self._norm("decoder/layer_norm"),
        }
        for layer in range(LAYERS):
            at = f"decoder/layer_{layer}"
            for part, rows in (("self_attention", (3, 1)), ("attention", (1, 2, 1))):
                self._values |= self._norm(f"{at}/{part}/layer_norm")
                for number, count in enumerate(rows):
                    self._values |= self._linear(f"{at}/{part}/linear_{number}", count * WIDTH, WIDTH)
            self._values |= self._norm(f"{at}/ffn/layer_norm")
            self._values |= self._linear(f"{at}/ffn/linear_0", INNER, WIDTH)
            self._values |= self._linear(f"{at}/ffn/linear_1", WIDTH, INNER)

    def has(self, name: str) -> bool:
        return name in self._values

    def number(self, name: str) -> int:
        return {"decoder/num_heads": HEADS, "decoder/activation": 3, "decoder/pre_norm": 1}[name]

    def weights(self, name: str) -> np.ndarray:
        return self._values[name]

    def rows(self, name):
        return _Rows(self._values[name])

    def layers(self, part: str) -> int:
        return {"decoder": LAYERS}[part]

    def log_probs(self, tokens, states):
        """Of what follows each token, shape (tokens, VOCABULARY), nothing suppressed."""
        read = self._of("embeddings/weight")[list(tokens)] + self._of("position_encodings/encodings")[: len(tokens)]
        ahead = np.triu(np.full((len(tokens), len(tokens)), -np.inf), 1)
        for layer in range(LAYERS):
            own, other, ffn = (f"layer_{layer}/{part}" for part in ("self_attention", "attention", "ffn"))
            query, key, value = np.split(self._apply(self._normed(read, f"{own}/layer_norm"), f"{own}/linear_0"), 3, 1)
            read = read + self._apply(_attend(query, key, value, ahead), f"{own}/linear_1")
            query = self._apply(self._normed(read, f"{other}/layer_norm"), f"{other}/linear_0")
            key, value = np.split(self._apply(states, f"{other}/linear_1"), 2, 1)
            read = read + self._apply(_attend(query, key, value, 0.0), f"{other}/linear_2")
            inner = self._apply(self._normed(read, f"{ffn}/layer_norm"), f"{ffn}/linear_0")
            read = read + self._apply(inner * (1 + np.vectorize(erf)(inner / np.sqrt(2))) / 2, f"{ffn}/linear_1")
        scores = self._normed(read, "layer_norm") @ self._of("embeddings/weight").T
        return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))

    def _of(self, name):
        return self._values[f"decoder/{name}"].astype(np.float64)

    def _apply(self, x, name):
        return x @ self._of(f"{name}/weight").T + self._of(f"{name}/bias")

    def _normed(self, x, name):
        middle = x - x.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.square(middle).mean(axis=1, keepdims=True) + 1e-5)
        return middle / spread * self._of(f"{name}/gamma") + self._of(f"{name}/beta")

    def _some(self, *shape):
        return self._draw.normal(0, 0.3, shape).astype(np.float16)

    def _linear(self, name, rows, columns):
        weight = (self._some(rows, columns) / np.sqrt(columns / 8)).astype(np.float16)
        return {f"{name}/weight": weight, f"{name}/bias": self._some(rows)}

    def _norm(self, name):
        return {f"{name}/gamma": 1 + self._some(WIDTH), f"{name}/beta": self._some(WIDTH)}


class _Rows:
    def __init__(self, values):
        self._values = values

    def read(self, numbers):
        return self._values[list(numbers)].astype(np.float32)


def _attend(query, key, value, ahead):
    found = []
    for q, k, v in zip(*(np.split(each, HEADS, axis=1) for each in (query, key, value)), strict=True):
        scores = q @ k.T / np.sqrt(WIDTH // HEADS) + ahead
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        found.append(weights / weights.sum(axis=1, keepdims=True) @ v)
    return np.concatenate(found, axis=1)
