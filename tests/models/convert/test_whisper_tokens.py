"""Whisper's tokens are read from whichever files a checkpoint has, and mean what they meant."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.pre_tokenizers import ByteLevel

from inzwa.errors import NotConvertible
from inzwa.models.convert.checkpoint import Checkpoint
from inzwa.models.convert.whisper_tokens import language_ids, read_tokenizer, token_bytes, token_names
from inzwa.models.progress import silent
from tests.models.convert.small_whisper import SPECIAL, TOKENS, WORDS, local, tokenizer

TEXT = "Mhoro shamwari, makadii? «Ndiripo» 2026 😀"


def checkpoint(folder, **documents):
    """A folder with these files and a tensor."""
    for name, said in ({"config_json": {}} | documents).items():
        path = folder / name.replace("_json", ".json").replace("_txt", ".txt")
        path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    save_file({"a": np.zeros(1, dtype=np.float32)}, folder / "model.safetensors")
    return Checkpoint(local(folder), "model.bin", silent)


def in_pieces(said):
    """A tokenizer.json as the three files that slow tokenizers save."""
    vocab = dict(said["model"]["vocab"])
    first, *others = said["added_tokens"]
    vocab[first["content"]] = first["id"]
    pairs = (merge if isinstance(merge, str) else " ".join(merge) for merge in said["model"]["merges"])
    added = {token["content"]: token["id"] for token in others}
    return {"vocab_json": vocab, "merges_txt": "\n".join(["#version: 0.2", *pairs, ""]), "added_tokens_json": added}


def spelt(said, text):
    tokens = Tokenizer.from_str(json.dumps(said))
    ids = tokens.encode(text, add_special_tokens=False).ids
    return ids, tokens.decode(ids)


def test_a_tokenizer_in_pieces_means_what_the_whole_one_means(tmp_path):
    assembled = read_tokenizer(checkpoint(tmp_path, **in_pieces(tokenizer())))
    text = f"<|sn|>{TEXT}<|notimestamps|>"
    assert spelt(assembled, text) == spelt(tokenizer(), text)
    assert spelt(assembled, TEXT)[1] == TEXT
    assert token_names(assembled, TOKENS) == token_names(tokenizer(), TOKENS)


@pytest.mark.weights
def test_the_real_tokenizer_in_pieces_means_what_it_means_whole(tmp_path, models):
    real = json.loads(models.fetch("whisper-base").path("tokenizer.json").read_text(encoding="utf-8"))
    assembled = read_tokenizer(checkpoint(tmp_path, **in_pieces(real)))
    assert spelt(assembled, TEXT) == spelt(real, TEXT)
    names = models.fetch("whisper-base").path("vocabulary.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert token_names(assembled, len(names)) == names


def test_timestamps_that_the_tokenizer_lacks_are_named_by_their_time():
    names = token_names(tokenizer(), TOKENS)
    assert len(names) == TOKENS
    assert names[WORDS + len(SPECIAL) :][:3] == ["<|0.00|>", "<|0.02|>", "<|0.04|>"]


def test_tokens_beyond_the_embeddings_are_left_out():
    assert len(token_names(tokenizer(), WORDS + 5)) == WORDS + 5


def test_languages_stand_between_the_start_and_the_tasks():
    assert language_ids(token_names(tokenizer(), TOKENS)) == [WORDS + 2, WORDS + 3]


@pytest.mark.parametrize("said", [{}, {"model": None}, {"model": {"vocab": {"a": 0}}}])
def test_another_layout_is_refused(said):
    with pytest.raises(NotConvertible, match=r"tokenizer\.json"):
        token_names(said, 10)


def test_ids_with_a_gap_are_refused():
    said = tokenizer()
    said["added_tokens"][-1]["id"] += 1
    with pytest.raises(NotConvertible, match="gap"):
        token_names(said, TOKENS)


def test_another_models_tokens_are_refused():
    with pytest.raises(NotConvertible, match="Whisper"):
        token_names({"model": {"vocab": {"a": 0}}, "added_tokens": []}, 1)


def test_a_checkpoint_without_a_tokenizer_is_refused(tmp_path):
    with pytest.raises(NotConvertible, match=r"tokenizer\.json, or vocab\.json"):
        read_tokenizer(checkpoint(tmp_path))


@pytest.mark.parametrize("said", ["no json", "[1]"])
def test_a_file_that_is_no_json_object_is_refused_by_name(tmp_path, said):
    with pytest.raises(NotConvertible, match=r"tokenizer\.json: expected"):
        read_tokenizer(checkpoint(tmp_path, tokenizer_json=said))


def test_every_letter_of_the_byte_level_alphabet_is_one_byte():
    assert sorted(map(token_bytes, ByteLevel.alphabet())) == [bytes([byte]) for byte in range(256)]


@pytest.mark.parametrize("text", [" the", "ng'ombe", "\n", "🙂", "\x00"])
def test_what_the_tokenizer_writes_is_read_back(text):
    written = "".join(piece for piece, _ in ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(text))
    assert token_bytes(written) == text.encode()
