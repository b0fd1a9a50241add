"""Matrices in INT8, in the two layouts that ONNX Runtime multiplies fast. Knows no model."""

from typing import Final

import numpy as np
import numpy.typing as npt

BLOCK: Final = 128
"""Weights that share a scale. With 32 a token takes a third longer."""

MOST: Final = 127.0
MIDDLE: Final = 128
"""Zero, where weights and states are unsigned."""
NOTHING: Final = 1e-30
"""A row of zeros is divided by this."""

_ROWS: Final = 512
"""Of a matrix that are made INT8 at once: they stay in the processor's cache."""

Floats = npt.NDArray[np.float32]


def by_blocks(weight: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Shape (rows, blocks, BLOCK), around MIDDLE, and the scales (rows, blocks)."""
    count = weight.shape[1] // BLOCK
    units, scales = np.empty((len(weight), count, BLOCK), np.uint8), np.empty((len(weight), count), np.float32)
    for at in range(0, len(weight), _ROWS):
        blocks = weight[at : at + _ROWS].astype(np.float32).reshape(-1, count, BLOCK)
        largest = np.maximum(blocks.max(axis=2), -blocks.min(axis=2))
        scales[at : at + _ROWS] = scale = np.maximum(largest / np.float32(MOST), np.float32(NOTHING))
        blocks /= scale[..., None]
        np.rint(blocks, out=blocks)
        blocks += np.float32(MIDDLE)
        units[at : at + _ROWS] = blocks
    return units, scales


def by_rows(weight: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Turned, shape (width, rows), and a scale a row."""
    scales = np.maximum(np.abs(weight).max(axis=1) / np.float32(MOST), np.float32(NOTHING))
    return np.ascontiguousarray(np.rint(weight / scales[:, None]).astype(np.int8).T), scales
