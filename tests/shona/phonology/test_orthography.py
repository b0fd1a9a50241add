"""Spelling normalised, and words told apart by their shape."""

import pytest

from inzwa.shona.phonology.orthography import is_shona, normalise_spelling


@pytest.mark.parametrize(
    "word", ["laini", "quran", "taxi", "computer", "bank", "studio", "theatre", "x", "", "3", "nk"]
)
def test_foreign_letters_final_consonants_and_foreign_clusters_are_not_shona(word):
    assert not is_shona(word)


def test_composed_and_decomposed_text_is_one():
    assert normalise_spelling("e\u0301’") == "é'"
