"""Any stretch that the decoder makes has the samples that the whole graph gives, in either layout."""

from itertools import pairwise

import numpy as np
import pytest

from inzwa.engines.onnx_session import open_session
from inzwa.engines.tts.decoder import Decoder, block_size
from inzwa.engines.tts.onnx_run import run
from inzwa.engines.tts.vits_graph import split_vits
from inzwa.errors import EngineError
from inzwa.formats.onnx_blocks import in_blocks
from inzwa.formats.onnx_crops import crop_decoder
from inzwa.formats.onnx_graph import read_graph
from tests.engines.tts.decoder_graph import CHANNELS, HOP, decoder

FRAMES = 60
BLOCK = block_size()


def model(graph):
    return graph.cut(graph.inputs, graph.outputs)


def latent(channels=CHANNELS, frames=FRAMES):
    draw = np.random.default_rng(1)
    sizes = {"z": (1, channels, frames), "g": (1, 4, 1)}
    return {name: draw.standard_normal(size, dtype=np.float32) for name, size in sizes.items()}


def whole(graph, feed):
    (sound,) = run(open_session(model(graph)), feed).values()
    return sound.reshape(-1)


def operators(data):
    return [node.op for node in read_graph(data).nodes]


@pytest.mark.parametrize(("speaker", "channels"), [(False, 16), (True, 16), (False, 6)])
def test_chunks_of_any_size_are_the_whole_sound(speaker, channels):
    graph, feed = decoder(speaker=speaker, channels=channels), latent(channels)
    cut = Decoder(model(graph), "z", threads=1)
    bounds = [0, 1, 4, 20, 21, 45, FRAMES]
    chunks = [cut.samples(feed, begin, end) for begin, end in pairwise(bounds)]
    assert [chunk.size for chunk in chunks] == list(np.diff(bounds) * HOP)
    assert np.abs(np.concatenate(chunks) - whole(graph, feed)).max() <= 1e-5


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_a_phrase_shorter_than_the_decoders_reach_is_made_too(frames):
    graph, feed = decoder(), latent(frames=frames)
    cut = Decoder(model(graph), "z", threads=1)
    assert np.abs(cut.samples(feed, 0, frames) - whole(graph, feed)).max() <= 1e-5


def test_later_layers_compute_hardly_more_than_what_is_asked_for():
    cropped = crop_decoder(decoder(), "z")
    stretch = cropped.stretch(20, 30, FRAMES)
    sizes = [int(stretch.inputs[crop.end][0] - stretch.inputs[crop.start][0]) / crop.rate for crop in cropped.crops]
    assert stretch.last - stretch.first == 10 + 2 * cropped.reach
    assert sizes == [10 + 2 * crop.reach / crop.rate for crop in cropped.crops]
    assert sizes[1] < sizes[0] < stretch.last - stretch.first


@pytest.mark.skipif(not BLOCK, reason="ONNX Runtime has no blocked layout for this processor")
@pytest.mark.parametrize("speaker", [False, True])
def test_in_blocks_no_convolution_of_frames_is_left_as_it_was(speaker):
    converted = in_blocks(read_graph(crop_decoder(decoder(speaker=speaker), "z").model), "z", BLOCK)
    plain = [node for node in read_graph(converted).nodes if node.op == "Conv" and not node.proto.domain]
    assert len(plain) == speaker
    assert "ConvTranspose" not in operators(converted)
    assert operators(converted).count("ReorderInput") == 1 + speaker


@pytest.mark.skipif(not BLOCK, reason="ONNX Runtime has no blocked layout for this processor")
def test_a_residual_is_added_by_the_convolution_before_it():
    converted = in_blocks(read_graph(crop_decoder(decoder(), "z").model), "z", BLOCK)
    summing = [node for node in read_graph(converted).nodes if node.op == "Conv" and len(node.inputs) == 4]
    assert len(summing) == 6


def test_channels_that_are_no_whole_blocks_stay_in_the_plain_layout():
    converted = in_blocks(read_graph(crop_decoder(decoder(channels=6), "z").model), "z", 8)
    assert "ReorderInput" not in operators(converted)


def test_a_session_that_fails_ends_in_an_engine_error():
    cut = Decoder(model(decoder()), "z", threads=1)
    with pytest.raises(EngineError):
        cut.samples({"z": np.zeros((1, 3, FRAMES), dtype=np.float32)}, 0, FRAMES)


@pytest.mark.weights
@pytest.mark.skipif(not BLOCK, reason="ONNX Runtime has no blocked layout for this processor")
def test_the_real_decoder_has_all_its_convolutions_in_blocks(models):
    parts = split_vits(read_graph(models.fetch("joe-medium").path(".onnx").read_bytes()))
    converted = in_blocks(
        read_graph(crop_decoder(read_graph(parts.decoder), parts.seams.z).model), parts.seams.z, BLOCK
    )
    assert all(node.proto.domain for node in read_graph(converted).nodes if node.op == "Conv")
    assert "ConvTranspose" not in operators(converted)
