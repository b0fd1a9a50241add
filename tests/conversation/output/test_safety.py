"""A forbidden word is never shown, whatever the pieces it comes in; what may pass, passes to the letter."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inzwa.conversation.output.safety import ReplyFilter, find_violation
from inzwa.shona.dialogue.assistant import line

TABLE = tomllib.loads((files("inzwa.conversation.output") / "safety.toml").read_text(encoding="utf-8"))
OUTPUT_TERMS = [term for entry in TABLE.values() for term in entry["output"]]
INPUT_TERMS = [(term, category) for category, entry in TABLE.items() for term in entry["input"]]
HARMLESS = ["mhoro", "Mahure", "pushit", "to", "make", "a", "bombo", "kill", "you", "shitake", "mboroma", "é", "x" * 70]
GAPS = st.sampled_from([" ", "  ", "\n", " " * 70, ", "])


@st.composite
def texts(draw):
    """Harmless words, and now and then one that may not be shown."""
    words = draw(st.lists(st.sampled_from([*HARMLESS, *OUTPUT_TERMS]), max_size=12))
    return "".join(word + draw(GAPS) for word in words)


@st.composite
def pieces_of(draw, source):
    """A text of `source` cut into pieces anywhere."""
    text = draw(source)
    ends = sorted(draw(st.lists(st.integers(0, len(text)), max_size=30)))
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def shown(pieces):
    """What a filter releases of these, and its violation."""
    reply_filter = ReplyFilter()
    text = "".join([reply_filter.push(piece) for piece in pieces]) + reply_filter.flush()
    return text, reply_filter.violation


@pytest.mark.parametrize(("term", "category"), INPUT_TERMS)
def test_every_term_of_the_list_is_found_in_a_sentence(term, category):
    violation = find_violation(f"Well: {term.upper()}!", "input")
    assert violation is not None
    assert violation.category == category


@pytest.mark.parametrize("language", ["sn", "en"])
@pytest.mark.parametrize("reply", [entry["reply"] for entry in TABLE.values()])
def test_every_category_has_a_line_to_speak_instead(reply, language):
    assert line(reply, language)


@pytest.mark.parametrize(
    "reply", [line(entry["reply"], language) for entry in TABLE.values() for language in ("sn", "en")]
)
def test_the_line_spoken_instead_is_itself_no_violation(reply):
    assert find_violation(reply, "output") is None


@pytest.mark.parametrize("text", ["", "Mahure", "pushit", "suicidal ideas aside", "ndoda kufamba", "kill myselfish"])
def test_part_of_another_word_is_no_violation(text):
    assert find_violation(text, "input") is None
    assert find_violation(text, "output") is None


def test_a_curly_apostrophe_and_wide_gaps_hide_nothing():
    assert find_violation("I want  to\n\tDIE", "input") is not None


def test_input_and_output_have_lists_of_their_own():
    assert find_violation("shit", "input") is None
    assert find_violation("suicide", "output") is None


@given(pieces_of(texts()))
@example(["Mahure ", "x" * 58 + " ", "y "])
@example(["kugadzira" + " " * 80, "bhomba"])
def test_the_filter_finds_what_one_search_of_the_whole_text_finds(pieces):
    _, violation = shown(pieces)
    assert (violation is None) == (find_violation("".join(pieces), "output") is None)


@given(pieces_of(texts()))
def test_what_is_shown_is_a_beginning_of_the_text_that_may_pass(pieces):
    text, violation = shown(pieces)
    assert "".join(pieces).startswith(text)
    assert find_violation(text, "output") is None
    assert violation or text == "".join(pieces)


@given(st.sampled_from(OUTPUT_TERMS), st.sampled_from(["", " ", ".", "\n"]))
def test_a_forbidden_word_is_held_back_to_its_last_letter(term, end):
    text, violation = shown([*term, end])
    assert violation is not None
    assert term.split()[-1] not in text.split()


def test_after_a_violation_nothing_more_is_released():
    reply_filter = ReplyFilter()
    reply_filter.push("shit happens ")
    first = reply_filter.violation
    assert [reply_filter.push("mhoro "), reply_filter.push("beche "), reply_filter.flush()] == ["", "", ""]
    assert reply_filter.violation is first is not None


def test_words_wait_only_for_their_end():
    reply_filter = ReplyFilter()
    assert [reply_filter.push(piece) for piece in ("Mho", "ro sha", "mwari", ", ")] == ["", "Mhoro ", "", "shamwari, "]


def test_a_long_reply_is_searched_piece_by_piece_and_not_again_from_its_beginning():
    pieces = ["mhoro shamwari "] * 7_000
    assert shown(pieces) == ("".join(pieces), None)
