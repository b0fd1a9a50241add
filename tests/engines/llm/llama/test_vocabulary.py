"""Tokens of a small model and the text that they spell."""

import pytest

from inzwa.engines.llm.llama.bindings import open_model
from inzwa.engines.llm.llama.vocabulary import LlamaVocabulary

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def vocabulary(models):
    with open_model(models.fetch("smollm2-135m").path(".gguf")) as model:
        yield LlamaVocabulary(model)


@pytest.mark.parametrize("text", ["Mhoro, wakadini?", "ñandú 🙂", "  two  blanks", "a\x00b", ""])
def test_tokens_spell_the_text_they_came_from(vocabulary, text):
    spelled = b"".join(map(vocabulary.token_bytes, vocabulary.tokens(text)))
    assert spelled == text.encode()


def test_half_a_surrogate_pair_is_no_error(vocabulary):
    assert vocabulary.tokens("a\ud800b") == vocabulary.tokens("a?b")


def test_a_control_token_is_one_token_that_spells_nothing(vocabulary):
    (token,) = vocabulary.tokens("<|im_end|>")
    assert vocabulary.token_bytes(token) == b""
    assert vocabulary.is_end(token)
    assert "<|im_end|>" in vocabulary.control


def test_the_model_brings_its_template(vocabulary):
    assert "<|im_start|>" in vocabulary.template
    assert vocabulary.bos == "<|im_start|>"
