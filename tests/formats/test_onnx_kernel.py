"""The kernels as blocked convolutions read them."""

import numpy as np
import pytest

from inzwa.formats.onnx_kernel import Kernel


def kernel(out, into, width):
    weights = np.arange(out * into * width, dtype=np.float32).reshape(out, into, width)
    return Kernel(weights, np.arange(out, dtype=np.float32))


def test_blocks_of_out_come_first_then_blocks_of_in_then_the_width():
    made, weights = kernel(16, 8, 3).in_blocks(8), kernel(16, 8, 3).weights
    flat = made.weights.reshape(2, 1, 3, 8, 8)
    assert flat[1, 0, 2, 5, 7] == weights[15, 5, 2]


def test_a_block_that_is_not_full_is_filled_with_zeros():
    made = kernel(1, 8, 3).in_blocks(8)
    assert made.weights.shape == (8, 8, 3)
    assert np.count_nonzero(made.weights) == np.count_nonzero(kernel(1, 8, 3).weights)
    assert made.bias.tolist() == [0.0] * 8


@pytest.mark.parametrize(("out", "into", "divides"), [(16, 8, True), (1, 8, True), (12, 8, False), (8, 12, False)])
def test_channels_divide_into_blocks_or_not(out, into, divides):
    assert kernel(out, into, 3).divides(8) is divides


def test_an_upsampling_is_a_convolution_of_two_samples_with_more_channels():
    made, weights = kernel(2, 3, 8).phases(4), kernel(2, 3, 8).weights
    assert (made.out, made.width) == (8, 2)
    assert made.weights[3 * 2 + 1].tolist() == np.stack((weights[1, :, 7], weights[1, :, 3]), axis=-1).tolist()
    assert made.bias.tolist() == [0.0, 1.0] * 4
