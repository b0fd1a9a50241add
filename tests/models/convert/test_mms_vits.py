"""An MMS-TTS voice with random weights becomes a graph that Inzwa's own engine cuts, runs and says in chunks."""

import json

import numpy as np
import onnxruntime
import pytest

from inzwa.engines.tts.chunked_voice import ChunkedVoice
from inzwa.engines.tts.text.frontend import SynthesisConfig
from inzwa.errors import NotConvertible
from inzwa.models.convert import CONVERTERS
from inzwa.models.progress import silent
from tests.models.convert import small_vits
from tests.models.convert.small_vits import CONFIG, LETTERS, write

convert = CONVERTERS["mms-vits"]
PACE = SynthesisConfig(0.667, 3.0, 0.8)
HOP = 8


@pytest.fixture(scope="module")
def weights():
    return small_vits.weights()


@pytest.fixture
def source(tmp_path, weights):
    return write(tmp_path / "in", weights)


def some_ids(count, seed=0):
    return np.random.default_rng(seed).integers(0, len(LETTERS), (1, count))


def said(folder, ids, seed=1):
    return ChunkedVoice(folder / "model.onnx", threads=1).say_whole(ids, PACE, np.random.default_rng(seed))


def test_the_folder_holds_all_that_a_voice_needs(source, out):
    convert(source, out, silent)
    names = sorted(path.name for path in out.iterdir())
    assert names == ["config.json", "model.onnx", "tokenizer_config.json", "vocab.json"]
    assert json.loads((out / "vocab.json").read_text()) == {letter: number for number, letter in enumerate(LETTERS)}


def test_the_graph_runs_whole_and_draws_its_own_noise(source, out):
    convert(source, out, silent)
    session = onnxruntime.InferenceSession(out / "model.onnx", providers=["CPUExecutionProvider"])
    scales = np.array([0.667, 1.0, 0.8], dtype=np.float32)
    first, again = (session.run(None, {"input": some_ids(31), "scales": scales})[0] for _ in range(2))
    assert first.shape[:2] == (1, 1)
    assert first.size % HOP == 0
    assert np.isfinite(first).all()
    assert first.shape != again.shape or not np.allclose(first, again)


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_texts_shorter_and_longer_than_the_attentions_window_are_said(source, out, count):
    convert(source, out, silent)
    sound = said(out, some_ids(count))
    assert sound.size >= HOP
    assert np.isfinite(sound).all()


def test_chunks_joined_are_the_whole_phrase(source, out):
    convert(source, out, silent)
    voice = ChunkedVoice(out / "model.onnx", threads=1)
    ids = some_ids(61)
    chunks = list(voice.say(ids, PACE, np.random.default_rng(7)))
    assert len(chunks) >= 3
    whole = voice.say_whole(ids, PACE, np.random.default_rng(7))
    assert np.abs(np.concatenate(chunks) - whole).max() <= 1e-5


def test_a_longer_scale_makes_a_longer_sound(source, out):
    convert(source, out, silent)
    voice = ChunkedVoice(out / "model.onnx", threads=1)
    slow, fast = (
        voice.say_whole(some_ids(40), SynthesisConfig(0, scale, 0), np.random.default_rng(1)) for scale in (40.0, 10.0)
    )
    assert slow.size > 2 * fast.size


def test_where_no_time_is_left_a_symbol_still_gives_one_frame(source, out):
    convert(source, out, silent)
    voice = ChunkedVoice(out / "model.onnx", threads=1)
    assert voice.say_whole(some_ids(4), SynthesisConfig(0, 0.0, 0), np.random.default_rng(1)).size == HOP


def test_weight_norm_is_folded_however_torch_named_it(source, out, tmp_path, weights):
    convert(source, out, silent)
    names = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}
    older, plain = dict(weights), dict(weights)
    for name in [name for name in weights if name.endswith("original1")]:
        at = name.removesuffix(".parametrizations.weight.original1")
        lengths, vectors = weights[name.replace("original1", "original0")], weights[name]
        for new, old in names.items():
            older[f"{at}.{old}"] = older.pop(f"{at}.{new}")
            plain.pop(f"{at}.{new}")
        plain[f"{at}.weight"] = vectors * lengths / np.linalg.norm(vectors, axis=(1, 2), keepdims=True)
    for number, tensors in enumerate((older, plain)):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        convert(write(tmp_path / f"in-{number}", tensors), folder, silent)
        assert np.abs(said(folder, some_ids(20)) - said(out, some_ids(20))).max() <= 1e-5


def test_a_conversion_gives_the_same_bytes_each_time(source, out, tmp_path):
    (tmp_path / "again").mkdir()
    convert(source, out, silent)
    convert(source, tmp_path / "again", silent)
    assert (out / "model.onnx").read_bytes() == (tmp_path / "again" / "model.onnx").read_bytes()


def test_what_only_training_needs_is_left_out_and_progress_ends_at_the_whole(source, out, weights):
    steps = []
    convert(source, out, steps.append)
    assert b"posterior_encoder" not in (out / "model.onnx").read_bytes()
    done = [step.done_bytes for step in steps]
    assert done == sorted(done)
    assert done[-1] == steps[-1].total_bytes == sum(tensor.nbytes for tensor in weights.values())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"model_type": "whisper"}, "expected model_type 'vits'"),
        ({"num_speakers": 4}, "num_speakers: expected 1, found 4"),
        ({"use_stochastic_duration_prediction": False}, "use_stochastic_duration_prediction"),
        ({"hidden_act": "gelu"}, "hidden_act: expected 'relu'"),
        ({"flow_size": "wide"}, "the numbers of a VITS"),
        ({"flow_size": None}, "the numbers of a VITS"),
        ({"num_hidden_layers": 3}, r"text_encoder\.encoder\.layers\.2"),
        ({"vocab_size": 3}, r"embed_tokens\.weight: expected the shape \[3, 16\], found \[20, 16\]"),
        ({"upsample_kernel_sizes": (7, 4)}, r"decoder\.upsampler\.0"),
    ],
)
def test_a_config_that_does_not_fit_is_refused_with_what_was_expected(tmp_path, weights, out, change, expected):
    with pytest.raises(NotConvertible, match=expected):
        convert(write(tmp_path / "in", weights, config=CONFIG | change), out, silent)


def test_a_config_without_a_number_is_refused_by_its_name(tmp_path, weights, out):
    config = {key: value for key, value in CONFIG.items() if key != "ffn_dim"}
    with pytest.raises(NotConvertible, match="ffn_dim"):
        convert(write(tmp_path / "in", weights, config=config), out, silent)


def test_a_checkpoint_without_a_vocabulary_is_refused(tmp_path, weights, out):
    with pytest.raises(NotConvertible, match=r"vocab\.json"):
        convert(write(tmp_path / "in", weights, vocab=None), out, silent)
