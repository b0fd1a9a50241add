"""What the cutter of phrases promises, whatever the model writes and however its tokens fall."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.shona.dialogue.phrases import FIRST, FOLLOWING, LONGEST_PHRASE, Lengths, PhraseCutter, cut_phrases

SHORT = Lengths(sentence=2, clause=2, most=20)

PIECES = [
    "Mhoro",
    "Ehe",
    "hongu",
    "US$2.50",
    "1 000",
    "3,5",
    "10:30",
    "Dr. Moyo",
    "VaX. Y",
    "nezv.",
    "https://a.zw/b?c=d,e",
]
MARKS = [*'.,?!…;:"()-😀', " ", "  ", "\n", "\t"]
REPLY = st.lists(st.sampled_from(PIECES + MARKS), max_size=120).map("".join)


def squeezed(text):
    return re.sub(r"\s", "", text)


def one_by_one(text, **lengths):
    cutter = PhraseCutter(**lengths)
    return [phrase for letter in text for phrase in cutter.push(letter)] + cutter.flush()


@given(REPLY | st.text(max_size=900))
def test_no_word_is_lost_doubled_or_moved(text):
    assert squeezed("".join(cut_phrases(text))) == squeezed(text)


@given(REPLY)
def test_words_come_out_apart_by_one_space(text):
    longest = max(map(len, text.split()), default=0)
    if longest <= LONGEST_PHRASE:
        assert " ".join(cut_phrases(text)) == " ".join(text.split())


@given(REPLY | st.text(max_size=900))
def test_the_cuts_do_not_depend_on_how_the_tokens_fall(text):
    assert one_by_one(text) == cut_phrases(text)


@given(REPLY | st.text("ab .,1", max_size=2000))
def test_no_phrase_is_empty_or_longer_than_the_bound(text):
    assert all(0 < len(phrase) <= LONGEST_PHRASE for phrase in cut_phrases(text))


@pytest.mark.parametrize(
    "whole",
    [
        "3,5",
        "1 000 000",
        "10:30",
        "US$2.50",
        "US$500 000",
        "Dr. Moyo",
        "Prof. Ncube",
        "VaX. Mukanya",
        "J. M. Sibanda",
        "nezv. zvese",
        "https://inzwa.co.zw/a?b=c,d;e",
    ],
)
def test_numbers_abbreviations_and_addresses_stay_whole(whole):
    text = " ".join(["zvino", whole, "zvakare"] * 9)
    eager = {"first": SHORT, "second": SHORT, "later": SHORT}
    together = "|".join(one_by_one(text, **eager))
    assert together.count(whole) == 9


def test_the_first_phrase_comes_at_its_first_mark():
    cutter = PhraseCutter()
    assert cutter.push("Ehe,") == []
    assert cutter.push(" nd") == ["Ehe,"]


def test_the_first_phrase_does_not_wait_for_a_mark_that_is_far():
    cutter = PhraseCutter()
    phrases = cutter.push("Ndinoda kutenga chingwa nemukaka kubva kuchitoro")
    assert phrases == ["Ndinoda kutenga chingwa"]
    assert len(phrases[0]) <= FIRST.most


def test_later_phrases_are_longer_than_the_first():
    sentence = "Ehe, ndizvo. "
    phrases = cut_phrases(sentence * 12)
    assert phrases[0] == "Ehe,"
    assert all(len(phrase) >= 24 for phrase in phrases[3:-1])


def test_a_short_opening_is_followed_by_a_short_phrase():
    phrases = cut_phrases("Mhoro, wakadii. Ndiri mubatsiri wako, uye ndinofara chaizvo kukuona nhasi.")
    assert phrases[:2] == ["Mhoro,", "wakadii."]
    assert all(len(phrase) <= FOLLOWING.most for phrase in phrases[:2])


def test_an_opening_of_a_second_is_followed_by_a_long_phrase():
    assert (
        cut_phrases("Ndatenda zvikuru, ndizvo. Tichaonana mangwana masikati.")[1]
        == "ndizvo. Tichaonana mangwana masikati."
    )


@pytest.mark.parametrize(
    ("reply", "opening"),
    [
        ("A computer is an electronic device that", "A computer is"),
        ("I'm sorry for the misunderstanding, my friend", "I'm sorry"),
        ("Ndinofara kuti wauya nhasi masikati", "Ndinofara"),
        ("Ndiri pano asi handigoni kubatsira", "Ndiri pano"),
        ("It is a matter of opinion whether", "It is a matter of"),
    ],
)
def test_an_opening_without_a_mark_ends_before_a_word_that_begins_a_part_of_the_sentence(reply, opening):
    assert cut_phrases(reply)[0] == opening


def test_the_word_that_begins_a_part_need_only_be_whole():
    cutter = PhraseCutter()
    assert cutter.push("A computer is an") == []
    assert cutter.push(" ") == ["A computer is"]


def test_no_phrase_ends_with_a_word_that_begins_a_part_of_the_sentence():
    assert cut_phrases("We were within the old walls")[0] != "We were with"
    assert cut_phrases("The dog sat in the shade")[0] == "The dog sat"


def test_the_end_of_a_line_ends_a_phrase():
    assert cut_phrases("Chekutanga\nchechipiri\n\nchechitatu") == ["Chekutanga", "chechipiri", "chechitatu"]


def test_marks_alone_do_not_make_a_phrase_of_their_own():
    assert cut_phrases("... - mhoro. ") == ["... - mhoro."]


def test_a_closing_quotation_mark_stays_with_its_sentence():
    assert cut_phrases("“Mhoro.” Akadaro.") == ["“Mhoro.”", "Akadaro."]


def test_nothing_gives_nothing():
    cutter = PhraseCutter()
    assert cutter.push("") == []
    assert cutter.push(" \n ") == []
    assert cutter.flush() == []


def test_flushing_gives_the_rest_once():
    cutter = PhraseCutter()
    cutter.push("Ndatenda")
    assert cutter.flush() == ["Ndatenda"]
    assert cutter.flush() == []


@pytest.mark.parametrize("unit", ["a", "1 ", ". ", "a,", '"', "J. ", "\n"])
def test_two_hundred_thousand_hostile_characters_are_cut_without_a_stall(unit):
    text = unit * (200_000 // len(unit))
    assert squeezed("".join(cut_phrases(text))) == squeezed(text)


@pytest.mark.parametrize(
    "text", ["Vanhu vakawanda vakasvika 38 vakaenda", "Ndichauya musi uno we 31 Chikunguru gore rino"]
)
def test_a_figure_stays_with_the_words_that_it_agrees_with(text):
    for phrase in cut_phrases(text):
        words = phrase.split()
        assert not words[0].isdigit()
        assert not words[-1].isdigit()


def test_a_comma_between_figures_ends_nothing():
    assert cut_phrases("1, 263 vanhu") == ["1, 263 vanhu"]


def test_a_comma_behind_a_figure_waits_for_what_follows():
    cutter = PhraseCutter()
    assert cutter.push("Vanhu 1, ") == []
    assert cutter.push("263 ") == []
    assert cutter.push("vakauya. Ehe") == ["Vanhu 1, 263 vakauya."]


def test_a_title_stays_with_its_name_though_it_has_no_full_stop():
    eager = {"first": Lengths(sentence=2, clause=2, most=9)}
    assert one_by_one("Ndiri naProf Moyo nhasi", **eager)[0] == "Ndiri"
