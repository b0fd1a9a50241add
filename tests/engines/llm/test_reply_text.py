"""Text comes whole: no half characters, no stop word, nothing lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inzwa.engines.llm.reply_text import ReplyText, StopMatcher

WORDS = st.text(alphabet="abñ🙂\n", max_size=24)
STOPS = st.lists(st.text(alphabet="abñ🙂\n", min_size=1, max_size=4), max_size=3)


def cut(data, cuts):
    marks = sorted(at % (len(data) + 1) for at in cuts)
    return [data[a:b] for a, b in zip([0, *marks], [*marks, len(data)], strict=True)]


@settings(deadline=None)
@given(WORDS, STOPS, st.lists(st.integers(0, 99), max_size=8))
def test_where_the_pieces_are_cut_changes_nothing(words, stops, cuts):
    reply = ReplyText(stops)
    heard = "".join(reply.push(piece) for piece in cut(words.encode(), cuts)) + reply.flush()
    ends = [at for stop in stops if (at := words.find(stop)) >= 0]
    # pushed whole, the earliest stop word ends the text; in pieces the one that is complete first does
    assert words.lstrip().startswith(heard)
    assert reply.stopped == bool(ends)
    assert heard == words.lstrip() if not ends else not any(stop in heard for stop in stops)


@settings(deadline=None)
@given(WORDS, st.lists(st.integers(0, 99), max_size=8))
def test_every_piece_is_valid_text(words, cuts):
    reply = ReplyText()
    pieces = [reply.push(piece) for piece in cut(words.encode(), cuts)]
    assert "".join(pieces) == words.lstrip()
    assert "\ufffd" not in "".join(pieces)


def test_a_character_is_buffered_until_its_last_byte():
    reply, smile = ReplyText(), "🙂".encode()
    assert [reply.push(smile[at : at + 1]) for at in range(4)] == ["", "", "", "🙂"]


def test_half_a_character_at_the_end_is_dropped():
    reply = ReplyText()
    assert reply.push("eñ".encode()[:-1]) + reply.flush() == "e"


def test_bytes_that_are_no_text_are_left_out():
    assert ReplyText().push(b"a\xff\xfeb") == "ab"


def test_a_reply_begins_with_its_first_word():
    reply = ReplyText()
    assert [reply.push(piece) for piece in (b"\n", b" ", b" Ehe", b" zvakanaka")] == ["", "", "Ehe", " zvakanaka"]


def test_a_stop_word_across_pieces_is_never_shown():
    matcher = StopMatcher(["\nUser:"])
    assert [matcher.push(piece) for piece in ("Ehe.", "\n", "Us", "er:", " more")] == ["Ehe.", "", "", "", ""]
    assert matcher.stopped


def test_what_looked_like_a_stop_word_is_given_when_it_was_none():
    matcher = StopMatcher(["<end>"])
    assert [matcher.push("a<e"), matcher.push("b"), matcher.flush()] == ["a", "<eb", ""]


def test_what_was_buffered_is_given_at_the_end():
    matcher = StopMatcher(["<end>"])
    assert [matcher.push("a<en"), matcher.flush()] == ["a", "<en"]


def test_the_earliest_of_several_stop_words_ends_the_text():
    assert StopMatcher(["c", "b"]).push("abcd") == "a"


@pytest.mark.parametrize("stops", [[], [""]])
def test_without_stop_words_nothing_is_buffered(stops):
    matcher = StopMatcher(stops)
    assert (matcher.push("abc"), matcher.stopped) == ("abc", False)
