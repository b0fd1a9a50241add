"""A Whisper with random weights is converted, opened by Inzwa's own engine, and computes what its numbers say."""

import json

import ctranslate2
import numpy as np
import pytest
from safetensors.numpy import save_file

from inzwa.engines.asr.whisper import open_whisper
from inzwa.errors import NotConvertible
from inzwa.models.convert import CONVERTERS
from inzwa.models.convert.whisper_network import quantised
from inzwa.models.progress import silent
from inzwa.protocols import HearOptions
from tests.formats.model_bin import variables
from tests.models.convert import small_whisper
from tests.models.convert.small_whisper import GENERATION, TOKENS, WIDTH, WORDS, local, write

convert = CONVERTERS["whisper-ct2"]


@pytest.fixture(scope="module")
def weights():
    return small_whisper.weights()


@pytest.fixture
def source(tmp_path, weights):
    return write(tmp_path / "in", weights)


def written(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_the_folder_holds_all_that_an_engine_needs(source, out):
    convert(source, out, silent)
    assert sorted(path.name for path in out.iterdir()) == [
        "config.json",
        "model.bin",
        "preprocessor_config.json",
        "tokenizer.json",
        "vocabulary.json",
    ]
    names = written(out, "vocabulary.json")
    assert len(names) == TOKENS
    assert names[WORDS] == "<|endoftext|>"
    assert names[WORDS + len(small_whisper.SPECIAL)] == "<|0.00|>"
    assert names[-1] == "<|30.00|>"
    assert written(out, "preprocessor_config.json")["feature_size"] == 80
    assert (out / "tokenizer.json").read_bytes() == (source.folder / "tokenizer.json").read_bytes()


def test_ctranslate2_opens_it_and_encodes_and_decodes_with_finite_numbers(source, out):
    convert(source, out, silent)
    model = ctranslate2.models.Whisper(str(out), device="cpu", compute_type="int8")
    assert (model.is_multilingual, model.n_mels) == (True, 80)
    features = np.random.default_rng(1).normal(size=(1, 80, 200)).astype(np.float32)
    states = np.array(model.encode(ctranslate2.StorageView.from_array(features)))
    assert states.shape == (1, 100, WIDTH)
    assert np.isfinite(states).all()
    view = ctranslate2.StorageView.from_array(states)
    prompt = [WORDS + 1, WORDS + 3, WORDS + 5, WORDS + 9]
    (said,) = model.generate(view, [prompt], max_length=16, return_scores=True, return_no_speech_prob=True)
    assert np.isfinite(said.scores).all()
    assert 0 <= said.no_speech_prob <= 1


async def test_the_engine_opens_it_and_hears(source, out):
    convert(source, out, silent)
    with open_whisper(local(out), threads=1) as whisper:
        hum = np.sin(np.arange(16_000, dtype=np.float32) / 10) / 4
        heard = await whisper.transcribe(hum, HearOptions(language="sn"))
    assert np.isfinite(heard.confidence)


def test_a_conversion_gives_the_same_bytes_each_time(source, out, tmp_path):
    again = tmp_path / "again"
    again.mkdir()
    convert(source, out, silent)
    convert(source, again, silent)
    for path in out.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()


def test_what_must_not_be_said_comes_from_the_generation_config(source, out):
    convert(source, out, silent)
    assert written(out, "config.json") == {
        "suppress_ids": GENERATION["suppress_tokens"],
        "suppress_ids_begin": GENERATION["begin_suppress_tokens"],
        "lang_ids": [WORDS + 2, WORDS + 3],
        "alignment_heads": [[1, 0]],
    }


def test_without_a_generation_config_the_config_and_the_tokens_decide(tmp_path, weights, out):
    convert(write(tmp_path / "in", weights, generation_config=None), out, silent)
    said = written(out, "config.json")
    assert (said["suppress_ids"], said["lang_ids"]) == ([1, 2], [WORDS + 2, WORDS + 3])
    assert said["alignment_heads"] == [[1, 0], [1, 1]]


def test_shards_give_the_bytes_that_one_file_gives(source, out, tmp_path, weights):
    convert(source, out, silent)
    folder = tmp_path / "shards"
    write(folder, weights)
    (folder / "model.safetensors").unlink()
    names = sorted(weights)
    for number, part in enumerate((names[::2], names[1::2]), start=1):
        save_file({name: weights[name] for name in part}, folder / f"model-0000{number}-of-00002.safetensors")
    (tmp_path / "sharded").mkdir()
    convert(local(folder), tmp_path / "sharded", silent)
    assert (tmp_path / "sharded" / "model.bin").read_bytes() == (out / "model.bin").read_bytes()


def test_half_precision_gives_nearly_the_states_of_full(source, out, tmp_path, weights):
    halves = {name: tensor.astype(np.float16) for name, tensor in weights.items()}
    half = write(tmp_path / "half", halves)
    (tmp_path / "half-out").mkdir()
    convert(source, out, silent)
    convert(half, tmp_path / "half-out", silent)
    features = np.random.default_rng(1).normal(size=(1, 80, 200)).astype(np.float32)
    full, rounded = (encoded(folder, features) for folder in (out, tmp_path / "half-out"))
    assert np.abs(full - rounded).mean() < 0.05 * np.abs(full).mean()


def encoded(folder, features):
    model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="float32")
    return np.array(model.encode(ctranslate2.StorageView.from_array(features)))


def test_a_checkpoint_without_the_prefix_of_its_names_is_read_too(source, out, tmp_path, weights):
    bare = write(tmp_path / "bare", {name.removeprefix("model."): tensor for name, tensor in weights.items()})
    (tmp_path / "bare-out").mkdir()
    convert(source, out, silent)
    convert(bare, tmp_path / "bare-out", silent)
    assert (tmp_path / "bare-out" / "model.bin").read_bytes() == (out / "model.bin").read_bytes()


def test_a_whisper_of_128_bands_as_large_v3_keeps_them(tmp_path, weights, out):
    wide = weights | {"model.encoder.conv1.weight": np.ones((WIDTH, 128, 3), dtype=np.float32)}
    convert(write(tmp_path / "in", wide, config=small_whisper.CONFIG | {"num_mel_bins": 128}), out, silent)
    assert ctranslate2.models.Whisper(str(out), device="cpu").n_mels == 128
    assert written(out, "preprocessor_config.json")["feature_size"] == 128


def test_tokens_that_go_out_by_a_matrix_of_their_own_are_kept_apart(tmp_path, weights, source, out):
    convert(source, out, silent)
    apart = weights | {"proj_out.weight": -weights["model.decoder.embed_tokens.weight"]}
    (tmp_path / "apart").mkdir()
    untied = write(tmp_path / "untied", apart, config=small_whisper.CONFIG | {"tie_word_embeddings": False})
    convert(untied, tmp_path / "apart", silent)
    assert variables(out / "model.bin")["decoder/projection/weight"] == ("alias", 0)
    assert variables(tmp_path / "apart" / "model.bin")["decoder/projection/weight"] == ("int8", 2)


def test_progress_ends_at_the_whole(source, out, weights):
    steps = []
    convert(source, out, steps.append)
    done = [step.done_bytes for step in steps]
    assert done == sorted(done)
    assert done[-1] == steps[-1].total_bytes == sum(tensor.nbytes for tensor in weights.values())
    assert {(step.model, step.file, step.phase) for step in steps} == {("small", "model.bin", "converting")}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"model_type": "bart"}, r"config\.json: expected model_type 'whisper', found 'bart'"),
        ({"d_model": 32}, r"conv1\.weight: expected the shape \[32, 80, 3\], found \[64, 80, 3\]"),
        ({"decoder_layers": "two"}, r"config\.json: decoder_layers: expected a whole number"),
        ({"decoder_layers": 3}, r"decoder\.layers\.2"),
        ({"activation_function": "relu"}, "relu"),
    ],
)
def test_a_config_that_does_not_fit_is_refused_with_what_was_expected(tmp_path, weights, out, change, expected):
    source = write(tmp_path / "in", weights, config=small_whisper.CONFIG | change)
    with pytest.raises(NotConvertible, match=expected):
        convert(source, out, silent)


def test_a_checkpoint_without_safetensors_is_refused(source, out):
    (source.folder / "model.safetensors").rename(source.folder / "pytorch_model.bin")
    with pytest.raises(NotConvertible, match=r"expected a \.safetensors file.*pytorch_model\.bin"):
        convert(local(source.folder), out, silent)


def test_rows_are_quantised_to_the_nearest_of_255_steps():
    weight = np.random.default_rng(3).normal(size=(8, 5, 3)).astype(np.float32)
    weight[2] = 0
    steps, scale = quantised(weight.copy())
    assert (steps.dtype, steps.shape, scale.shape) == (np.int8, weight.shape, (8,))
    assert np.abs(steps / scale[:, None, None] - weight).max() <= 0.5 / scale.min() + 1e-6
    assert np.abs(steps).max() == 127


@pytest.mark.weights
def test_a_real_conversion_by_others_has_the_same_variables(models, source, out):
    """whisper-base was converted to float16 by an older CTranslate2, which had two switches fewer and no scales."""
    convert(source, out, silent)
    ours, theirs = (variables(path) for path in (out / "model.bin", models.fetch("whisper-base").path("model.bin")))
    deeper = {name for name in theirs if any(f"layer_{number}/" in name for number in range(2, 6))}
    newer = {"decoder/alibi_use_positive_positions", "decoder/scale_alibi"}
    scales = {name for name in ours if name.endswith("weight_scale")}
    assert ours.keys() - newer - scales == theirs.keys() - deeper
    for name in ours.keys() & theirs.keys():
        (kind, rank), (other_kind, other_rank) = ours[name], theirs[name]
        assert rank == other_rank, name
        assert kind == other_kind or other_kind == "float16", name
        assert (f"{name}_scale" in scales) == (kind == "int8" and rank > 0), name
