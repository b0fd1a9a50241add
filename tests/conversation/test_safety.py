"""A forbidden word is never shown, whatever the pieces it comes in; what may pass, passes to the letter."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inzwa.conversation.safety import Screen, judge
from inzwa.shona.dialogue.assistant import line

TABLE = tomllib.loads((files("inzwa.conversation") / "safety.toml").read_text(encoding="utf-8"))
SAID = [term for entry in TABLE.values() for term in entry["said"]]
HEARD = [(term, category) for category, entry in TABLE.items() for term in entry["heard"]]
HARMLESS = ["mhoro", "Mahure", "pushit", "to", "make", "a", "bombo", "kill", "you", "shitake", "mboroma", "é", "x" * 70]
GAPS = st.sampled_from([" ", "  ", "\n", " " * 70, ", "])


@st.composite
def texts(draw):
    """Harmless words, and now and then one that may not be shown."""
    words = draw(st.lists(st.sampled_from([*HARMLESS, *SAID]), max_size=12))
    return "".join(word + draw(GAPS) for word in words)


@st.composite
def pieces_of(draw, source):
    """A text of `source` cut into pieces anywhere."""
    text = draw(source)
    ends = sorted(draw(st.lists(st.integers(0, len(text)), max_size=30)))
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def shown(pieces):
    """What the screen lets through of these, and its verdict."""
    screen = Screen()
    text = "".join([screen.push(piece) for piece in pieces]) + screen.flush()
    return text, screen.verdict


@pytest.mark.parametrize(("term", "category"), HEARD)
def test_every_term_of_the_list_is_heard_in_a_sentence(term, category):
    verdict = judge(f"Well: {term.upper()}!", "heard")
    assert verdict is not None
    assert verdict.category == category


@pytest.mark.parametrize("language", ["sn", "en"])
@pytest.mark.parametrize("reply", [entry["reply"] for entry in TABLE.values()])
def test_every_category_has_something_to_say_instead(reply, language):
    assert line(reply, language)


@pytest.mark.parametrize(
    "reply", [line(entry["reply"], language) for entry in TABLE.values() for language in ("sn", "en")]
)
def test_what_is_said_instead_may_itself_be_said(reply):
    assert judge(reply, "said") is None


@pytest.mark.parametrize("text", ["", "Mahure", "pushit", "suicidal ideas aside", "ndoda kufamba", "kill myselfish"])
def test_part_of_another_word_is_no_offence(text):
    assert judge(text, "heard") is None
    assert judge(text, "said") is None


def test_a_curly_apostrophe_and_wide_gaps_hide_nothing():
    assert judge("I want  to\n\tDIE", "heard") is not None


def test_what_is_heard_and_what_is_said_are_judged_apart():
    assert judge("shit", "heard") is None
    assert judge("suicide", "said") is None


@given(pieces_of(texts()))
@example(["Mahure ", "x" * 58 + " ", "y "])
@example(["kugadzira" + " " * 80, "bhomba"])
def test_the_screen_judges_as_one_look_at_the_whole_would(pieces):
    _, verdict = shown(pieces)
    assert (verdict is None) == (judge("".join(pieces), "said") is None)


@given(pieces_of(texts()))
def test_what_is_shown_is_a_beginning_of_the_text_that_may_pass(pieces):
    text, verdict = shown(pieces)
    assert "".join(pieces).startswith(text)
    assert judge(text, "said") is None
    assert verdict or text == "".join(pieces)


@given(st.sampled_from(SAID), st.sampled_from(["", " ", ".", "\n"]))
def test_a_forbidden_word_is_held_back_to_its_last_letter(term, end):
    text, verdict = shown([*term, end])
    assert verdict is not None
    assert term.split()[-1] not in text.split()


def test_after_a_verdict_nothing_more_is_shown():
    screen = Screen()
    screen.push("shit happens ")
    first = screen.verdict
    assert [screen.push("mhoro "), screen.push("beche "), screen.flush()] == ["", "", ""]
    assert screen.verdict is first is not None


def test_words_wait_only_for_their_end():
    screen = Screen()
    assert [screen.push(piece) for piece in ("Mho", "ro sha", "mwari", ", ")] == ["", "Mhoro ", "", "shamwari, "]


def test_a_long_reply_is_looked_at_piece_by_piece_and_not_again_from_its_beginning():
    pieces = ["mhoro shamwari "] * 7_000
    assert shown(pieces) == ("".join(pieces), None)
