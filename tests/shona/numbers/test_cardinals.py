"""Shona numbers agree with what they count, and no two of them sound alike."""

import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.shona.numbers.cardinals import MOST, cardinal, decimal, digits, ordinal
from inzwa.shona.numbers.concords import AGREEMENTS, class_of
from tests.shona.numbers.number_reader import read_cardinal

CLASSES = st.sampled_from(sorted(AGREEMENTS))
CARDINALS = [
    (0, 10, "ziro"),
    (1, 10, "imwe"),
    (1, 2, "mumwe"),
    (1, 6, "rimwe"),
    (1, 8, "chimwe"),
    (2, 10, "mbiri"),
    (2, 2, "vaviri"),
    (2, 4, "miviri"),
    (2, 6, "maviri"),
    (2, 8, "zviviri"),
    (4, 10, "ina"),
    (6, 10, "nhanhatu"),
    (7, 6, "manomwe"),
    (10, 6, "gumi"),
    (12, 2, "gumi nevaviri"),
    (16, 10, "gumi nenhanhatu"),
    (21, 6, "makumi maviri nerimwe"),
    (25, 6, "makumi maviri nemashanu"),
    (99, 2, "makumi mapfumbamwe nevapfumbamwe"),
    (100, 6, "zana"),
    (115, 2, "zana negumi nevashanu"),
    (250, 6, "mazana maviri nemakumi mashanu"),
    (1_000, 10, "chiuru"),
    (1_001, 8, "chiuru nechimwe"),
    (1_093, 2, "chiuru nemakumi mapfumbamwe nevatatu"),
    (15_000, 10, "zviuru gumi nezvishanu"),
    (10_005, 10, "zviuru gumi neshanu"),
    (10_005, 8, "zviuru gumi zvine zvishanu"),
    (30_000, 10, "zviuru makumi matatu"),
    (300_000, 10, "zviuru mazana matatu"),
    (340_000, 10, "zviuru mazana matatu nemakumi mana"),
    (300_040, 10, "zviuru mazana matatu zvine makumi mana"),
    (1_000_000, 10, "miriyoni imwe"),
    (2_500_000, 6, "mamiriyoni maviri nezviuru mazana mashanu"),
    (10_000_005, 6, "mamiriyoni gumi ane mashanu"),
    (15_000_000, 6, "mamiriyoni gumi nemashanu"),
    (17_000_000_000, 6, "mabhiriyoni gumi nemanomwe"),
    (10**12, 10, "tiriyoni imwe"),
]

ORDINALS = [
    (1, 3, "wekutanga"),
    (2, 7, "chechipiri"),
    (3, 5, "rechitatu"),
    (4, 9, "yechina"),
    (6, 10, "dzechitanhatu"),
    (10, 7, "chegumi"),
    (15, 7, "chegumi neshanu"),
    (26, 1, "wechimakumi maviri nenhanhatu"),
    (100, 7, "chezana"),
]

WRITTEN = [
    ("churu chimwe chete nemazana mashanu nemakumi mana nevanomwe", 1_547),
    ("chiuru chimwechete nemazana mashanu nemakumi maviri nevashanu", 1_525),
    ("zvuru zvisere nemazana masere nemakumi masere", 8_880),
    ("zviuru makumi matatu nemashanu nemakumi mashanu nevasere", 35_058),
    ("mamiriyoni maviri namazana matatu", 2_000_300),
    ("bhiriyoni rimwe", 10**9),
    ("miriyoni", 10**6),
    ("zviuru zana ne makumi masere", 180_000),
]
"""As people write them, with their spellings and their looser agreement."""


@pytest.mark.parametrize(("number", "noun_class", "words"), CARDINALS)
def test_a_number_agrees_with_what_it_counts(number, noun_class, words):
    assert cardinal(number, noun_class) == words


@pytest.mark.parametrize("noun_class", sorted(AGREEMENTS))
def test_every_number_to_ten_thousand_is_read_back_in_every_class(noun_class):
    assert [number for number in range(10_001) if not is_read_back(number, noun_class)] == []


def test_a_hundred_thousand_random_numbers_to_a_million_millions_are_read_back():
    """Of every length alike: an even draw would hardly give a number below a hundred million."""
    draw = random.Random(20261124)
    classes = sorted(AGREEMENTS)
    numbers = [min(draw.randrange(10 ** draw.randint(1, 13)), 10**12) for _ in range(50_000)]
    numbers += [draw.randint(0, 10**12) for _ in range(50_000)]
    assert [number for number in numbers if not is_read_back(number, draw.choice(classes))] == []


def is_read_back(number, noun_class):
    """Without the cache, which would keep the words of every number in memory."""
    return read_cardinal(cardinal.__wrapped__(number, noun_class)) == number


@given(st.integers(0, 10**12), CLASSES)
def test_numbers_to_a_million_millions_are_read_back(number, noun_class):
    assert read_cardinal(cardinal(number, noun_class)) == number


@given(st.lists(st.sampled_from([0, 1, 5, 10, 40, 45, 300, 305, 340]), min_size=1, max_size=5), CLASSES)
def test_numbers_full_of_noughts_are_read_back(groups, noun_class):
    number = sum(group * 1000**place for place, group in enumerate(groups))
    assert read_cardinal(cardinal(number, noun_class)) == number


@pytest.mark.parametrize("number", [-1, MOST + 1])
def test_a_number_without_a_name_is_refused(number):
    with pytest.raises(ValueError, match="no name"):
        cardinal(number)


@pytest.mark.parametrize(("words", "number"), WRITTEN)
def test_numbers_as_people_write_them_are_read(words, number):
    assert read_cardinal(words) == number


@pytest.mark.parametrize(
    "words", ["", "ne", "mhoro", "gumi gumi", "mazana", "zviuru", "mbiri nhatu", "gumi mhoro", "ziro ne"]
)
def test_words_that_name_no_number_are_refused(words):
    with pytest.raises(ValueError, match="is no number"):
        read_cardinal(words)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with suppress(ValueError):
        assert read_cardinal(text) >= 0


@pytest.mark.parametrize(("number", "noun_class", "words"), ORDINALS)
def test_an_ordinal_belongs_to_its_noun(number, noun_class, words):
    assert ordinal(number, noun_class) == words


def test_digits_are_read_one_by_one():
    assert digits("0772") == "ziro nomwe nomwe mbiri"


def test_what_follows_the_point_is_read_digit_by_digit():
    assert decimal(77, "05", 8) == "makumi manomwe nezvinomwe poindi ziro shanu"


@pytest.mark.parametrize(
    ("word", "noun_class"),
    [
        ("madhora", 6),
        ("makore", 6),
        ("vanhu", 2),
        ("zvikamu", 8),
        ("mwedzi", 4),
        ("mombe", 10),
        ("kwemakore", 6),
        ("pavanhu", 2),
        ("Vanhu", 2),
        ("muzvikamu", 8),
        ("vakafa", 2),
        ("dzinosvika", 10),
        ("nezvikamu", 8),
        ("kuti", None),
        ("", None),
    ],
)
def test_the_class_is_known_from_the_noun_or_the_verb_before_a_number(word, noun_class):
    assert class_of(word) == noun_class
