"""The real voice, cut in parts and said in chunks, gives the samples that the whole graph gives."""

import numpy as np
import onnxruntime
import pytest

from inzwa.engines.tts.chunked_voice import FIRST_CHUNK_FRAMES, MAX_CHUNK_FRAMES, ChunkedVoice, chunk_bounds
from inzwa.engines.tts.text.frontend import SynthesisConfig
from inzwa.engines.tts.text.piper import read_piper_config
from inzwa.engines.tts.vits_graph import split_vits
from inzwa.errors import EngineError
from inzwa.formats.onnx_graph import MalformedGraph, read_graph

SYMBOLS = "mɑːŋɡwɑːnˈɑːniː, mɑːkɑːdˈiːiː nhˈɑːsiː? ndiːnoʊfˈɑːrɑː kuːkuːoʊnˈɑːiː."
PACE = SynthesisConfig(0.667, 1.0, 0.8)
REACH = 12


@pytest.fixture(scope="module")
def model(models):
    return models.fetch("joe-medium")


@pytest.fixture(scope="module")
def voice(model):
    return ChunkedVoice(model.path(".onnx"), threads=2)


@pytest.fixture(scope="module")
def ids(model):
    return read_piper_config(model.path(".onnx.json")).encode(SYMBOLS)


@pytest.mark.weights
def test_without_noise_the_parts_give_what_the_uncut_graph_gives(model, voice, ids):
    uncut = onnxruntime.InferenceSession(model.path(".onnx"), providers=["CPUExecutionProvider"])
    scales = np.array([0, 1, 0], dtype=np.float32)
    (whole,) = uncut.run(None, {"input": ids, "input_lengths": np.array([ids.shape[1]]), "scales": scales})
    parts = voice.say_whole(ids, SynthesisConfig(0, 1, 0), np.random.default_rng())
    assert np.abs(parts - whole.reshape(-1)).max() <= 1e-4


@pytest.mark.weights
def test_chunks_joined_are_the_whole_phrase_for_the_same_noise(voice, ids):
    chunks = list(voice.say(ids, PACE, np.random.default_rng(7)))
    whole = voice.say_whole(ids, PACE, np.random.default_rng(7))
    assert len(chunks) >= 3
    assert np.abs(np.concatenate(chunks) - whole).max() <= 1e-4


@pytest.mark.weights
def test_the_same_seed_gives_the_same_sound_and_another_seed_another(voice, ids):
    first, again, other = (voice.say_whole(ids, PACE, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.allclose(first, other, atol=1e-3)


@pytest.mark.weights
def test_a_longer_scale_makes_a_longer_sound(voice, ids):
    slow, fast = (voice.say_whole(ids, SynthesisConfig(0, scale, 0), np.random.default_rng(1)) for scale in (2.0, 0.5))
    assert slow.size > 2 * fast.size


@pytest.mark.weights
def test_the_shape_of_the_decoder_is_read_off_its_kernels(model):
    seams = split_vits(read_graph(model.path(".onnx").read_bytes())).seams
    assert (seams.hop, seams.reach) == (256, REACH)


def test_a_file_that_is_no_graph_is_refused_by_name(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a graph")
    with pytest.raises(EngineError, match=r"broken\.onnx") as raised:
        ChunkedVoice(path, threads=1)
    assert isinstance(raised.value.__cause__, MalformedGraph)


@pytest.mark.parametrize("frames", [1, 10, 24, 47, 48, 100, 258, 400, 5000])
def test_chunks_cover_every_frame_once_and_keep_within_their_bound(frames):
    bounds = chunk_bounds(frames)
    sizes = np.diff(bounds)
    assert (bounds[0], bounds[-1]) == (0, frames)
    assert sizes.min() > 0
    assert sizes.max() < MAX_CHUNK_FRAMES + FIRST_CHUNK_FRAMES


def test_a_phrase_of_three_seconds_starts_early_and_costs_little_more():
    frames = 258
    sizes = np.diff(chunk_bounds(frames))
    assert sizes[0] + REACH <= frames / 4
    assert sum(sizes) + 2 * REACH * (len(sizes) - 1) <= 1.4 * frames
