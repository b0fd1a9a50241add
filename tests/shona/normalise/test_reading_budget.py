"""Hostile texts are read with work in proportion to their length, and nothing is lost."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.shona.normalise.normaliser import spoken
from inzwa.shona.normalise.reading_budget import FULL, STRETCH, read_plainly
from inzwa.shona.numbers.cardinals import cardinal
from tests.shona.normalise.hostile import PIECES, hostile_text

DIGITS = [cardinal(digit) for digit in range(10)]
MIXTURE = st.lists(st.tuples(st.sampled_from(sorted(PIECES.values())), st.integers(1, 400)), min_size=1, max_size=6)
"""Stretches of hostile text, each long enough to use up the budget."""


def mixed(stretches):
    return "".join(piece * times for piece, times in stretches)[:40_000]


def assert_maps(said, text):
    """Every span lies in the text, in order, and together they are the spoken text."""
    assert "".join(said.text[span.start : span.end] for span in said.spans) == said.text
    assert all(before.end == after.start for before, after in pairwise(said.spans))
    assert all(0 <= span.written_start <= span.written_end <= len(text) for span in said.spans)
    assert all(before.written_end <= after.written_start for before, after in pairwise(said.spans))
    for span in said.spans:
        if span.verbatim:
            assert span.end - span.start == span.written_end - span.written_start


@pytest.mark.parametrize("language", ["sn", "en"])
@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_a_hundred_kilobytes_of_any_kind_are_read_in_few_pieces_without_a_digit_left(piece, language):
    """Work grows with pieces. A text whose time grew with the square of its length would pass a test's time limit."""
    text = hostile_text(piece)
    said = spoken(text, language)
    assert len(said.spans) < FULL / 4 + len(text) / 8
    assert not re.search(r"[\d$%€£<>*_#|]", said.text)
    assert_maps(said, text)


@given(MIXTURE, st.sampled_from(["sn", "en"]))
def test_every_piece_of_hostile_text_maps_back(stretches, language):
    text = mixed(stretches)
    assert_maps(spoken(text, language), text)


@given(MIXTURE)
def test_words_after_hostile_text_are_spoken(stretches):
    text = mixed(stretches) + "\n" + "mhoro " * 3
    assert spoken(text).text.endswith("mhoro mhoro mhoro")


def test_a_hundred_numbers_on_end_are_all_read_in_full():
    numbers = range(1, 101)
    assert spoken("; ".join(map(str, numbers))).text == "; ".join(map(cardinal, numbers))


def test_what_follows_a_table_of_numbers_is_read_in_full_again():
    table = "11 22 33 " * 2000
    after = "Mhoro shamwari, ndinofara kukuonai nhasi. " * (FULL // 40 + STRETCH // 40)
    assert spoken(f"{table}\n{after}Vanhu 25.").text.endswith("Vanhu makumi maviri nevashanu.")


def test_a_very_long_number_is_spoken_to_its_end():
    said = spoken("7" * 100_000).text
    assert said.count("nomwe") == 100_000


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("12 34", "imwe mbiri nhatu ina"),
        ("a1b2", "a imwe b mbiri"),
        ("n'anga 'mhoro'", "n'anga mhoro"),
        ("<b>x</b>", "b x b"),
        ("mhoro , ; . ! baba", "mhoro. baba"),
        ("mhoro,,baba", "mhoro, baba"),
        ("($%&)", ""),
        ("...", ""),
    ],
)
def test_plain_reading_keeps_words_reads_digits_one_by_one_and_leaves_symbols_out(written, said):
    assert read_plainly(written, DIGITS) == said
