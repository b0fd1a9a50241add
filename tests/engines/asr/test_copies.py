"""What a decoder repeats against what people say, told apart by how much was said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.engines.asr.copies import may_hold_copies, without_extra_copies
from inzwa.engines.asr.syllables import SpokenLength, count_in_text


def length(syllables):
    """Said a little slower than four syllables a second."""
    return SpokenLength(syllables, 260 * max(syllables - 1, 0))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mangwanani, makadii henyu?",
        "Yes, please.",
        "No, no, no, no, I said tomorrow.",
        "One two three, one two four.",
        "Zvishoma nezvishoma",
        "Kuti ku",
        "The train to the city leaves at nine in the morning.",
    ],
)
def test_what_people_say_stays_as_it_is(text):
    assert without_extra_copies(text, length(4), "en") == text


@pytest.mark.parametrize(
    ("text", "syllables", "language", "said"),
    [
        ("Yes. Yes.", 1, "en", "Yes."),
        ("Yes. Yes.", 1, "sn", "Yes."),
        ("Peter. Peter.", 2, "en", "Peter."),
        ("Mary Mary", 2, "sn", "Mary"),
        ("Please, please, please, please, plea", 1, "en", "Please"),
        ("20, 20, 20, 20.", 2, "en", "20"),
        ("1, 1, 1, 1, 1, 1, 1, 1", 1, "sn", "1"),
        ("Thank you, thank you.", 4, "sn", "Thank you, thank you."),
        ("Thank you, thank you.", 2, "sn", "Thank you"),
        ("Aiwa, aiwa.", 3, "sn", "Aiwa"),
        ("Aiwa, aiwa.", 6, "sn", "Aiwa, aiwa."),
        ("Kwete, kwete, kwete.", 6, "sn", "Kwete, kwete, kwete."),
        ("Ehe ehe ehe ehe ehe ehe eh", 4, "sn", "Ehe"),
        ("Ehe ehe ehe ehe ehe ehe eh", 6, "sn", "Ehe ehe"),
        ("Mhoro shamwari! Mhoro, shamwari!", 5, "sn", "Mhoro shamwari!"),
        ("Good morning. Good morning.", 0, "en", "Good morning."),
    ],
)
def test_a_phrase_comes_as_often_as_the_sound_has_syllables_for(text, syllables, language, said):
    assert may_hold_copies(text)
    assert without_extra_copies(text, length(syllables), language) == said


@pytest.mark.parametrize(
    ("text", "syllables", "span_ms", "said"),
    [
        ("Yes, yes.", 2, 440, "Yes, yes."),
        ("Yes. Yes.", 2, 290, "Yes."),
        ("No, no, no.", 3, 830, "No, no, no."),
        ("No, no, no, no.", 3, 830, "No, no, no"),
        ("Wait. Wait.", 2, 350, "Wait."),
        ("No, no, no, no, no, no, no", 3, 1_000, "No, no, no"),
        ("Wait. Wait. Wait. Wait. Wait. Wai", 2, 350, "Wait."),
    ],
)
def test_copies_of_one_syllable_lie_further_apart_than_syllables_of_a_word(text, syllables, span_ms, said):
    assert without_extra_copies(text, SpokenLength(syllables, span_ms), "en") == said


WEATHER = "Please tell me what the weather is like today."


@pytest.mark.parametrize(
    "text",
    [
        f"{WEATHER} {WEATHER}",
        f"{WEATHER} Please tell me what the weather's like today.",
        f"{WEATHER} Please tell me, what's the weather is like today",
        f"{WEATHER} {WEATHER} Please tell",
    ],
)
def test_a_sentence_told_twice_comes_once_even_where_the_copy_differs(text):
    assert without_extra_copies(text, length(11), "en") == WEATHER


def test_sentences_that_are_nearly_alike_stay_where_both_were_said():
    text = "I bought beans at the market. I brought beans to the market."
    assert without_extra_copies(text, length(16), "en") == text


@pytest.mark.parametrize(
    ("text", "syllables", "said"),
    [
        ("Hello. Good morning. Good morning. Good morning.", 5, "Hello. Good morning."),
        ("I said kai kai kai kai kai kai", 3, "I said kai"),
        ("Hello. Please wait for me. Please wait for me.", 6, "Hello. Please wait for me."),
        ("Hello. Please wait for me. Please wait for me.", 10, "Hello. Please wait for me. Please wait for me."),
    ],
)
def test_copies_behind_other_words_stay_where_the_sound_is_as_long(text, syllables, said):
    assert without_extra_copies(text, length(syllables), "en") == said


@pytest.mark.parametrize(
    ("text", "syllables"),
    [("Ho" * 24, 4), ("Sa" + "'a" * 24, 2), ("kaga" + "ka" * 24, 3)],
)
def test_letters_over_and_over_end_where_the_sound_does(text, syllables):
    left = without_extra_copies(text, length(syllables), "sn")
    assert text.startswith(left)
    assert count_in_text(left, language="sn") == pytest.approx(syllables, abs=0.5)


@given(st.text(alphabet="ab c", max_size=60), st.integers(0, 20), st.sampled_from(["en", "sn"]))
def test_what_is_left_is_a_beginning_of_the_text(text, syllables, language):
    left = without_extra_copies(text, length(syllables), language)
    assert " ".join(text.split()).startswith(" ".join(left.split()))
    assert bool(left) == bool(text.strip()) or not left.strip()
