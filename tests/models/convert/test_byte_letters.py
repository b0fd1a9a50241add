"""Any bytes in visible letters, as GPT-2's tokenizer writes them."""

import pytest
from tokenizers.pre_tokenizers import ByteLevel

from inzwa.models.convert.byte_letters import token_bytes


def test_every_letter_of_the_alphabet_is_one_byte():
    assert sorted(map(token_bytes, ByteLevel.alphabet())) == [bytes([byte]) for byte in range(256)]


@pytest.mark.parametrize("text", [" the", "ng'ombe", "\n", "🙂", "\x00"])
def test_what_the_tokenizer_writes_is_read_back(text):
    written = "".join(piece for piece, _ in ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(text))
    assert token_bytes(written) == text.encode()
