"""Shona spelling as IPA. Readings were checked by hand against the grapheme table's sources."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.shona.phonology.graphemes import GRAPHEME, GRAPHEMES, SYLLABLE, VOWELS
from inzwa.shona.phonology.ipa import ipa, word_ipa
from inzwa.shona.phonology.orthography import is_shona
from tests.shona.phonology.frequent_words import FREQUENT
from tests.shona.phonology.readings import EXAMPLES, FOREIGN, WORDS


def test_every_grapheme_of_the_table_has_an_example_checked_by_hand():
    assert EXAMPLES.keys() == GRAPHEMES.keys()
    assert all(row.example == EXAMPLES[row.spelling][0] for row in GRAPHEMES.values())


@pytest.mark.parametrize(("word", "sound"), EXAMPLES.values())
def test_an_example_of_the_table_reads_as_it_should(word, sound):
    assert word_ipa(word) == sound


@pytest.mark.parametrize(("word", "sound"), WORDS.items())
def test_a_common_word_reads_as_it_should(word, sound):
    assert word_ipa(word) == sound


def test_two_hundred_frequent_words_read_as_they_were_written_down_by_hand():
    assert {word: word_ipa(word) for word in FREQUENT} == FREQUENT
    assert len(FREQUENT.keys() | WORDS.keys()) > 200


def test_every_grapheme_but_the_rarest_stands_in_a_frequent_word():
    heard = {grapheme for word in FREQUENT for grapheme in GRAPHEME.findall(word)}
    assert GRAPHEMES.keys() - heard == {"svw"}


@pytest.mark.parametrize("word", FREQUENT)
def test_syllables_are_counted_by_their_vowels(word):
    assert is_shona(word)
    assert "".join(SYLLABLE.findall(word)) == word
    assert len(SYLLABLE.findall(word)) == sum(letter in VOWELS for letter in word)


@pytest.mark.parametrize(("word", "sound"), FOREIGN.items())
def test_a_word_that_is_not_shaped_like_shona_is_read_as_foreign(word, sound):
    assert not is_shona(word)
    assert word_ipa(word) == sound


@pytest.mark.parametrize("spelling", ["n'anga", "n’anga", "nʼanga", "ng'anga", "NG’ANGA", "n`anga"])
def test_every_apostrophe_and_the_older_spelling_give_the_same_velar_nasal(spelling):
    assert word_ipa(spelling) == "ˈŋaᵑɡa"


def test_an_apostrophe_elsewhere_is_silent():
    assert ipa("'mhoro' ka'na") == "ˈm̤oro ˈkana"


@pytest.mark.parametrize(
    ("word", "plain_sound", "velar_sound"),
    [
        ("maswera", "maˈswera", "maˈskwera"),
        ("twasu", "ˈtwasu", "ˈtkwasu"),
        ("izwi", "ˈizwi", "ˈizɡwi"),
        ("imbwa", "ˈiᵐbwa", "ˈiᵐbɡwa"),
        ("pwere", "ˈpwere", "ˈpkwere"),
        ("kudya", "ˈkud͡ʒɡa", "ˈkud͡ʒɡa"),
    ],
)
def test_velarised_readings_are_optional(word, plain_sound, velar_sound):
    assert word_ipa(word) == plain_sound
    assert word_ipa(word, velarise=True) == velar_sound


@pytest.mark.parametrize(
    ("word", "sound"),
    [
        ("muZimbabwe", "muziˈᵐbaɓwe"),
        ("VaMoyo", "ʋaˈmojo"),
        ("reBritain", "reˈbɹɪteɪn"),
        ("wemuAmerica", "wemuameˈrika"),
        ("muMDC", "muˈɛm ˈdiː ˈsiː"),
        ("vaMnangagwa", "ʋamnaˈᵑɡaɡwa"),
    ],
)
def test_a_shona_prefix_before_a_capital_is_read_as_shona(word, sound):
    assert word_ipa(word) == sound


def test_syllables_are_open_and_spell_the_word():
    assert SYLLABLE.findall("mangwanani") == ["ma", "ngwa", "na", "ni"]
    assert SYLLABLE.findall("n'anga") == ["n'a", "nga"]
    assert SYLLABLE.findall("chii") == ["chi", "i"]


def test_a_text_keeps_its_punctuation_and_one_space_between_words():
    assert ipa("Mhoro ,  makadii?\nEhe… (3) 5%") == "ˈm̤oro, makaˈɗii? ˈeɦe."


def test_accents_are_taken_off():
    assert ipa("Mhóro café") == ipa("Mhoro cafe")


@given(st.text(max_size=200))
def test_no_text_is_too_strange_to_read(text):
    assert isinstance(ipa(text), str)


@given(st.text(string.ascii_letters + "' ", max_size=80))
def test_every_letter_of_the_alphabet_has_a_sound(text):
    assert bool(ipa(text)) == any(letter.isalpha() for letter in text)


@given(st.lists(st.sampled_from([sound for sound, _ in EXAMPLES.values()]), min_size=1, max_size=12))
def test_a_shona_word_is_its_syllables_and_has_one_stress(parts):
    word = "".join(part for part in parts)
    assert is_shona(word)
    assert "".join(SYLLABLE.findall(word)) == word
    assert word_ipa(word).count("ˈ") == min(1, len(SYLLABLE.findall(word)) - 1)


@pytest.mark.parametrize(
    "word", ["mba" * 30_000, "n'" * 50_000, "b" * 100_000, "l" * 99_999 + "a", "aB" * 50_000, "ndw" * 30_000 + "e"]
)
def test_a_word_of_a_hundred_thousand_letters_is_read_without_a_stall(word):
    assert isinstance(ipa(word), str)
