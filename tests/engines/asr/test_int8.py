"""Weights as bytes."""

import numpy as np
import pytest

from inzwa.engines.asr.int8 import quantize_rows


@pytest.mark.parametrize("rows", [1, 3, 1_200])
def test_a_row_is_its_bytes_times_its_scale(rows):
    weight = np.random.default_rng(rows).normal(0, 1, (rows, 40)).astype(np.float16)
    levels, scales = quantize_rows(weight)
    assert (levels.dtype, levels.shape, scales.shape) == (np.int8, (40, rows), (rows,))
    assert (np.abs(levels.T * scales[:, None] - weight) <= 0.501 * scales[:, None]).all()


def test_two_products_with_a_byte_fit_16_bits():
    levels, _ = quantize_rows(np.array([[1.0, -1.0, 0.25, -0.1]]))
    assert levels.ravel().tolist() == [63, -63, 16, -6]
    assert 2 * 255 * int(np.abs(levels).max()) < 2**15


def test_a_row_of_zeros_stays_one():
    levels, scales = quantize_rows(np.zeros((2, 4)))
    assert not levels.any()
    assert np.isfinite(scales).all()
