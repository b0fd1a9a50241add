"""Rates and their intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.evaluation.comparison import compared
from inzwa.evaluation.rates import Counts, Rate, count, rate

SHONA = st.lists(st.sampled_from(["mhoro", "vari", "ku", "Harare", "n'anga,", "pamwe", "chete."]), max_size=6).map(
    " ".join
)
SAMPLE = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=30)


def test_edits_are_counted_in_words_in_letters_and_without_spaces():
    assert count("Vari kuenda kuHarare.", "varikuenda kuharari") == Counts(3, 3, 1, 20, 2)


@given(SHONA, SHONA)
def test_no_word_is_wrong_only_where_the_texts_are_alike(said, heard):
    counts = count(said, heard)
    alike = compared(said) == compared(heard)
    assert (counts.word_edits == 0) == (counts.letter_edits == 0) == alike


def test_folding_forgives_spelling():
    assert count("vese nokuti", "vose nekuti").word_edits == 2
    assert count("vese nokuti", "vose nekuti", fold=True).word_edits == 0


def test_long_utterances_weigh_more():
    assert rate([0, 9], [1, 9]).value == 0.9


@given(SAMPLE)
def test_the_interval_holds_the_rate_and_one_seed_gives_one_interval(sample):
    edits, lengths = [list(column) for column in zip(*sample, strict=True)]
    found = rate(edits, lengths, seed=3)
    assert found.low <= found.value <= found.high
    assert found == rate(edits, lengths, seed=3)


def test_equal_utterances_leave_no_doubt():
    assert rate([1] * 20, [4] * 20) == Rate(0.25, 0.25, 0.25)


def test_more_utterances_make_it_surer():
    few, many = rate([0, 1] * 5, [2, 2] * 5), rate([0, 1] * 500, [2, 2] * 500)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(("edits", "value"), [([], 0.0), ([0, 0], 0.0), ([2, 1], 3.0)])
def test_a_sample_without_words_has_a_finite_rate(edits, value):
    assert rate(edits, [0] * len(edits)).value == value
