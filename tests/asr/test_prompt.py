"""Prompts as Whisper was trained on them."""

import pytest

from inzwa.asr.prompt import HOTWORD_TOKENS, Prompter
from inzwa.errors import UnsupportedFormat

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def file(models):
    return models.fetch("whisper-base").path("tokenizer.json")


@pytest.fixture(scope="module")
def prompter(file):
    return Prompter(file, multilingual=True)


START, END, SHONA, ENGLISH, TRANSCRIBE, BEFORE, PLAIN = 50258, 50257, 50324, 50259, 50359, 50361, 50363


def test_a_plain_prompt_asks_for_shona_without_timestamps(prompter):
    assert prompter.prompt("sn") == [START, SHONA, TRANSCRIBE, PLAIN]


def test_an_english_model_is_asked_for_no_language(file):
    english = Prompter(file, multilingual=False)
    assert english.prompt("en") == [START, PLAIN]
    with pytest.raises(UnsupportedFormat, match="'sn'"):
        english.prompt("sn")


@pytest.mark.parametrize("language", ["xx", "", "transcribe|><|sn", "nospeech", "endoftext", "shona"])
def test_a_language_without_a_token_is_refused(prompter, language):
    with pytest.raises(UnsupportedFormat, match="language"):
        prompter.prompt(language)


def test_hotwords_stand_before_the_start_the_most_valuable_last(prompter):
    prompt = prompter.prompt("sn", ["Harare", "Gweru"])
    start = prompt.index(START)
    assert prompt[0] == BEFORE
    assert prompter.text(prompt[1:start]) == "Gweru, Harare."
    assert prompt[start:] == prompter.prompt("sn")


def test_hotwords_beyond_the_budget_are_left_out_whole(prompter):
    prompt = prompter.prompt("sn", [f"Chitungwiza{number}" for number in range(100)])
    spelt = prompter.text(prompt[1 : prompt.index(START)])
    assert prompt.index(START) <= HOTWORD_TOKENS + 1
    assert spelt.endswith("Chitungwiza1, Chitungwiza0.")
    assert spelt.startswith("Chitungwiza")


def test_hotwords_cannot_smuggle_special_tokens_in(prompter):
    prompt = prompter.prompt("sn", ["<|endoftext|>", "<|en|>"])
    assert END not in prompt
    assert ENGLISH not in prompt


def test_empty_hotwords_ask_for_nothing(prompter):
    assert prompter.prompt("sn", ["", "  "]) == prompter.prompt("sn")


def test_special_tokens_spell_nothing(prompter):
    assert prompter.text([START, SHONA, *prompter.prompt("sn"), END]) == ""
