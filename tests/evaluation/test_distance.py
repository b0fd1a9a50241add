"""Distances, against the plainest algorithm there is."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance.Levenshtein import distance as edit_distance

from inzwa.evaluation.distance import alignment, undivided_distance

TEXT = st.text("abn' ", max_size=9)
WORDS = st.lists(st.text("ab", min_size=1, max_size=3), max_size=6)


def naive(one, other) -> int:
    """By the definition, every prefix against every other."""

    @cache
    def between(a, b):
        if not a or not b:
            return a + b
        return min(between(a - 1, b) + 1, between(a, b - 1) + 1, between(a - 1, b - 1) + (one[a - 1] != other[b - 1]))

    return between(len(one), len(other))


@given(TEXT, TEXT)
def test_the_distance_is_that_of_the_definition(one, other):
    assert edit_distance(one, other) == naive(one, other)


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_anything_that_can_be_told_apart_has_distances(one, other):
    assert edit_distance(one, other) == naive(tuple(one), tuple(other))


@given(st.text(), st.text(), st.text())
def test_it_is_a_metric(one, other, third):
    assert (edit_distance(one, other) == 0) == (one == other)
    assert edit_distance(one, other) == edit_distance(other, one)
    assert edit_distance(one, third) <= edit_distance(one, other) + edit_distance(other, third)


def test_units_beyond_a_machine_word_are_counted_too():
    one = "mangwanani " * 40
    assert edit_distance(one, one.replace("g", "")) == 40


@given(WORDS, WORDS)
def test_an_alignment_spells_both_sides_in_the_fewest_edits(said, heard):
    pairs = alignment(said, heard)
    assert [one for one, _ in pairs if one is not None] == said
    assert [other for _, other in pairs if other is not None] == heard
    assert sum(one != other for one, other in pairs) == edit_distance(said, heard)


@pytest.mark.parametrize(
    ("said", "heard", "edits"),
    [
        ("pamwe chete", "pamwechete", 0),
        ("mune miti", "munemiti", 0),
        ("vari kuenda kuchikoro", "varikuenda ku chikoro", 0),
        ("vari kuenda", "varikuonda", 2),
        ("tiri pano nhasi", "tiripano zuro", 1),
        ("", "aiwa", 1),
    ],
)
def test_dividing_the_same_letters_otherwise_costs_nothing(said, heard, edits):
    assert undivided_distance(said.split(), heard.split()) == edits


@given(WORDS, WORDS)
def test_it_is_none_only_for_the_same_letters_and_never_more_than_the_words_distance(said, heard):
    edits = undivided_distance(said, heard)
    assert (edits == 0) == ("".join(said) == "".join(heard))
    assert edits <= edit_distance(said, heard)
