"""Weights quantized to INT8, in the two layouts that ONNX Runtime multiplies fast."""

from typing import Final

import numpy as np
import numpy.typing as npt

BLOCK_SIZE: Final = 128
"""Weights that share a scale. With 32 a token takes a third longer."""

INT8_MAX: Final = 127.0
ZERO_POINT: Final = 128
"""Zero, where weights and activations are unsigned."""
TINY: Final = 1e-30
"""What a row of zeros is divided by."""

_ROWS: Final = 512
"""Rows quantized at once: they stay in the processor's cache."""

Floats = npt.NDArray[np.float32]


def quantize_blocks(weight: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.uint8], Floats]:
    """`weight`, shape (rows, width), as (rows, blocks, BLOCK_SIZE) around ZERO_POINT, and the scales (rows, blocks)."""
    count = weight.shape[1] // BLOCK_SIZE
    quantized = np.empty((len(weight), count, BLOCK_SIZE), np.uint8)
    scales = np.empty((len(weight), count), np.float32)
    for at in range(0, len(weight), _ROWS):
        blocks = weight[at : at + _ROWS].astype(np.float32).reshape(-1, count, BLOCK_SIZE)
        largest = np.maximum(blocks.max(axis=2), -blocks.min(axis=2))
        scales[at : at + _ROWS] = scale = np.maximum(largest / np.float32(INT8_MAX), np.float32(TINY))
        blocks /= scale[..., None]
        np.rint(blocks, out=blocks)
        blocks += np.float32(ZERO_POINT)
        quantized[at : at + _ROWS] = blocks
    return quantized, scales


def quantize_rows(weight: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Transposed, shape (width, rows), and a scale a row."""
    scales = np.maximum(np.abs(weight).max(axis=1) / np.float32(INT8_MAX), np.float32(TINY))
    return np.ascontiguousarray(np.rint(weight / scales[:, None]).astype(np.int8).T), scales
