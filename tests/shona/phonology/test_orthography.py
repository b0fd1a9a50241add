"""What the reader of Shona spelling promises. Readings were checked by hand against the grapheme table's sources."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.shona.phonology.graphemes import GRAPHEME, GRAPHEMES, VOWELS
from inzwa.shona.phonology.orthography import ipa, is_shona, plain, syllables, word_ipa
from tests.shona.frequent import FREQUENT
from tests.shona.normalise.readings import EXAMPLES, FOREIGN, WORDS


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
    assert "".join(syllables(word)) == word
    assert len(syllables(word)) == sum(letter in VOWELS for letter in word)


@pytest.mark.parametrize(("word", "sound"), FOREIGN.items())
def test_a_word_that_is_not_shaped_like_shona_takes_the_second_path(word, sound):
    assert not is_shona(word)
    assert word_ipa(word) == sound


@pytest.mark.parametrize(
    "word", ["laini", "quran", "taxi", "computer", "bank", "studio", "theatre", "x", "", "3", "nk"]
)
def test_foreign_letters_final_consonants_and_foreign_clusters_are_not_shona(word):
    assert not is_shona(word)


@pytest.mark.parametrize("spelling", ["n'anga", "n’anga", "nʼanga", "ng'anga", "NG’ANGA", "n`anga"])
def test_every_apostrophe_and_the_older_spelling_give_the_same_velar_nasal(spelling):
    assert word_ipa(spelling) == "ˈŋaᵑɡa"


def test_an_apostrophe_elsewhere_is_not_heard():
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
def test_velarised_readings_stand_behind_a_switch(word, plain_sound, velar_sound):
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
    assert syllables("Mangwanani") == ("ma", "ngwa", "na", "ni")
    assert syllables("n'anga") == ("n'a", "nga")
    assert syllables("chii") == ("chi", "i")


def test_syllables_of_a_foreign_word_are_refused():
    with pytest.raises(ValueError, match="bank"):
        syllables("bank")


def test_a_text_keeps_its_punctuation_and_one_space_between_words():
    assert ipa("Mhoro ,  makadii?\nEhe… (3) 5%") == "ˈm̤oro, makaˈɗii? ˈeɦe."


def test_accents_are_taken_off():
    assert ipa("Mhóro café") == ipa("Mhoro cafe")


def test_composed_and_decomposed_text_is_one():
    assert plain("é’") == "é'"


@given(st.text(max_size=200))
def test_no_text_is_too_strange_to_read(text):
    assert isinstance(ipa(text), str)


@given(st.text(string.ascii_letters + "' ", max_size=80))
def test_every_vowel_of_the_alphabet_is_heard_somehow(text):
    assert bool(ipa(text)) == any(letter.isalpha() for letter in text)


@given(st.lists(st.sampled_from([sound for sound, _ in EXAMPLES.values()]), min_size=1, max_size=12))
def test_a_shona_word_is_its_syllables_and_has_one_stress(parts):
    word = "".join(part for part in parts)
    assert "".join(syllables(word)) == word
    assert word_ipa(word).count("ˈ") == min(1, len(syllables(word)) - 1)


@pytest.mark.parametrize(
    "word", ["mba" * 30_000, "n'" * 50_000, "b" * 100_000, "l" * 99_999 + "a", "aB" * 50_000, "ndw" * 30_000 + "e"]
)
def test_a_word_of_a_hundred_thousand_letters_is_read_without_a_stall(word):
    assert isinstance(ipa(word), str)
