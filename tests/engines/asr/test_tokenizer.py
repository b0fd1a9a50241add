"""Prompts and tokens as Whisper was trained on them."""

import json

import pytest
from tokenizers import Tokenizer

from inzwa.engines.asr.tokenizer import HOTWORD_TOKENS, WhisperTokenizer, read_tokenizer
from inzwa.errors import EngineError, UnsupportedFormat

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def file(models):
    return models.fetch("whisper-base").path("tokenizer.json")


@pytest.fixture(scope="module")
def tokenizer(file):
    return WhisperTokenizer(file, multilingual=True)


START, END, SHONA, ENGLISH, TRANSCRIBE, BEFORE, PLAIN = 50258, 50257, 50324, 50259, 50359, 50361, 50363


def test_a_plain_prompt_asks_for_shona_without_timestamps(tokenizer):
    assert tokenizer.prompt("sn") == [START, SHONA, TRANSCRIBE, PLAIN]


def test_an_english_model_is_asked_for_no_language(file):
    english = WhisperTokenizer(file, multilingual=False)
    assert english.prompt("en") == [START, PLAIN]
    with pytest.raises(UnsupportedFormat, match="'sn'"):
        english.prompt("sn")


@pytest.mark.parametrize("language", ["xx", "", "transcribe|><|sn", "nospeech", "endoftext", "shona"])
def test_a_language_without_a_token_is_refused(tokenizer, language):
    with pytest.raises(UnsupportedFormat, match="language"):
        tokenizer.prompt(language)


def test_hotwords_stand_before_the_start_the_most_valuable_last(tokenizer):
    prompt = tokenizer.prompt("sn", ["Harare", "Gweru"])
    start = prompt.index(START)
    assert prompt[0] == BEFORE
    assert tokenizer.text(prompt[1:start]) == "Gweru, Harare."
    assert prompt[start:] == tokenizer.prompt("sn")


def test_hotwords_beyond_the_budget_are_left_out_whole(tokenizer):
    prompt = tokenizer.prompt("sn", [f"Chitungwiza{number}" for number in range(100)])
    spelt = tokenizer.text(prompt[1 : prompt.index(START)])
    assert prompt.index(START) <= HOTWORD_TOKENS + 1
    assert spelt.endswith("Chitungwiza1, Chitungwiza0.")
    assert spelt.startswith("Chitungwiza")


def test_hotwords_cannot_smuggle_special_tokens_in(tokenizer):
    prompt = tokenizer.prompt("sn", ["<|endoftext|>", "<|en|>"])
    assert END not in prompt
    assert ENGLISH not in prompt


def test_empty_hotwords_ask_for_nothing(tokenizer):
    assert tokenizer.prompt("sn", ["", "  "]) == tokenizer.prompt("sn")


def test_special_tokens_spell_nothing(tokenizer):
    assert tokenizer.text([START, SHONA, *tokenizer.prompt("sn"), END]) == ""


def test_a_word_behind_a_space_and_t_is_split_as_whisper_was_trained(file, tokenizer):
    """The file as it is published lacks the merge; what is put back is the token of that number, and nothing else."""
    said = json.loads(file.read_text(encoding="utf-8"))
    assert "\u0120 t" not in said["model"]["merges"]
    the = said["model"]["vocab"]["\u0120the"]
    assert read_tokenizer(file).encode(" the", add_special_tokens=False).ids == [the]
    assert Tokenizer.from_file(str(file)).encode(" the", add_special_tokens=False).ids != [the]
    assert tokenizer.text(read_tokenizer(file).encode(" Tendai, tinotenda", add_special_tokens=False).ids) == (
        "Tendai, tinotenda"
    )


def test_a_tokenizer_that_has_its_first_merge_is_left_alone(file, tmp_path):
    said = json.loads(file.read_text(encoding="utf-8"))
    said["model"]["merges"].insert(0, "\u0120 t")
    whole = tmp_path / "tokenizer.json"
    whole.write_text(json.dumps(said), encoding="utf-8")
    assert (
        json.loads(read_tokenizer(whole).to_str())["model"]
        == json.loads(Tokenizer.from_file(str(whole)).to_str())["model"]
    )


@pytest.mark.parametrize("text", ["", "{", "[]", '{"model": {"merges": [], "vocab": {}}}', '{"model": {}}'])
def test_a_file_that_is_no_tokenizer_is_refused(tmp_path, text):
    broken = tmp_path / "tokenizer.json"
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(EngineError, match="tokenizer"):
        read_tokenizer(broken)


def test_a_tokenizer_without_merges_is_left_alone(tmp_path):
    bare = tmp_path / "tokenizer.json"
    model = {"type": "BPE", "merges": [], "vocab": {"a": 0, "ab": 256}}
    bare.write_text(json.dumps({"version": "1.0", "added_tokens": [], "model": model}), encoding="utf-8")
    assert read_tokenizer(bare).token_to_id("ab") == 256
