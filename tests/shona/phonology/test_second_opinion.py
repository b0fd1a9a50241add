"""Every sound of the table against an independent reader of Shona, africa-g2p: where the two differ is named here.

It marks no stress. It writes breath on voiced sounds that have no plain partner to be told from, which is a way of
writing; six of its readings the sources of graphemes.tsv contradict. Nothing else may differ.
"""

import random
from collections import Counter

import pytest
from africa_g2p import G2P

from inzwa.shona.phonology.graphemes import GRAPHEME, GRAPHEMES, SYLLABLE, VOWELS
from inzwa.shona.phonology.ipa import word_ipa
from tests.shona.phonology.frequent_words import FREQUENT
from tests.shona.phonology.readings import EXAMPLES, WORDS

FAULTS = {
    "ng": "ŋ",
    "n'": "nʔ",
    "dy": "d̤ʲɡ",
    "ty": "tʲk",
    "sw": "skw",
    "mv": "mʋ̤",
}
"""ng is prenasalised and n' the plain nasal; dy and ty are affricates; sw is velarised by some speakers only, as it
reads no other grapheme; mv has f's partner."""

BREATH = {"bv": "b͡v̤", "dz": "d͡z̤", "g": "ɡ̤", "nj": "ⁿd͡ʒ̤", "nz": "ⁿz̤", "z": "z̤", "zh": "ʒ̤", "zw": "z̤w"}

DIFFERENCES = FAULTS | BREATH
ONSETS = ["", *(spelling for spelling in GRAPHEMES if spelling not in VOWELS)]
SYLLABLES = [onset + vowel for onset in ONSETS for vowel in VOWELS]
HAND_CHECKED = sorted({*WORDS, *FREQUENT, *(word for word, _ in EXAMPLES.values())})


@pytest.fixture(scope="module")
def other():
    return G2P("sna", output="ipa")


def expected(word):
    """What the other reader is known to make of a word: our sounds but for the differences."""
    return "".join(DIFFERENCES.get(grapheme, GRAPHEMES[grapheme].ipa) for grapheme in GRAPHEME.findall(word))


def made_up_words(count, seed=20261124):
    """Words of two to five syllables, drawn evenly from all that there are."""
    draw = random.Random(seed)
    return ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 5))) for _ in range(count)]


def test_the_graphemes_that_the_two_read_differently_are_the_named_ones(other):
    differing = {
        grapheme
        for grapheme, row in GRAPHEMES.items()
        if grapheme not in VOWELS and other.convert(grapheme + "a") != row.ipa + "a"
    }
    assert differing == DIFFERENCES.keys()


def test_four_thousand_words_of_every_syllable_are_read_alike_but_for_the_named_differences(other):
    words = made_up_words(4_000)
    heard = {syllable for word in words for syllable in SYLLABLE.findall(word)}
    assert heard >= set(SYLLABLES)
    assert [word for word in words if other.convert(word) != expected(word)] == []
    assert all(word_ipa(word).replace("ˈ", "") == other.convert(word) for word in words if not named_in(word))


def test_the_hand_checked_words_are_read_alike_but_for_the_named_differences(other):
    assert [word for word in HAND_CHECKED if other.convert(word) != expected(word)] == []
    differing = [word for word in HAND_CHECKED if other.convert(word) != word_ipa(word).replace("ˈ", "")]
    assert differing == [word for word in HAND_CHECKED if named_in(word)]


def test_so_many_hand_checked_words_have_each_fault():
    assert Counter(fault for word in HAND_CHECKED for fault in named_in(word) & FAULTS.keys()) == {
        "ng": 19,
        "dy": 5,
        "ty": 5,
        "n'": 5,
        "mv": 4,
        "sw": 4,
    }


def named_in(word):
    """The differences that a word meets with."""
    return DIFFERENCES.keys() & set(GRAPHEME.findall(word))
