"""Texts as they are compared: what differs without meaning is made alike, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.evaluation.comparison import SPELLINGS, compared


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Mhoroi, makadii?", "mhoroi makadii"),
        ("N’anga ne ng'ombe", "n'anga ne n'ombe"),
        ("‘Ehe’, akadaro.", "ehe akadaro"),
        ("akasiyana-siyana", "akasiyana siyana"),
        ("ZiG 25,50 pa_nhasi", "zig 25 50 pa nhasi"),
        ("  \t…  ", ""),
    ],
)
def test_case_and_punctuation_go_and_the_apostrophe_of_a_word_stays(text, plain):
    assert compared(text) == plain


@pytest.mark.parametrize("one", SPELLINGS)
def test_two_spellings_of_a_word_are_alike_only_when_folded(one):
    assert compared(one) != compared(SPELLINGS[one])
    assert compared(one, fold=True) == compared(SPELLINGS[one], fold=True)


@pytest.mark.parametrize("pair", ["vese vose", "zvese zvose", "dzese dzose", "kwese kwose", "tese tose"])
def test_all_is_spelt_in_two_ways(pair):
    one, other = pair.split()
    assert compared(one, fold=True) == compared(other, fold=True)


def test_words_that_only_end_like_all_are_left_alone():
    assert compared("hesekese nyese", fold=True) == "hesekese nyese"


@given(st.text(), st.booleans())
def test_what_is_plain_stays_as_it_is(text, fold):
    once = compared(text, fold=fold)
    assert compared(once, fold=fold) == once
