"""The prompt fits, the oldest leave whole, and nothing grows for ever."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inzwa.conversation.history import KEPT_SHARE, MAX_TURNS, History, PastTurn
from inzwa.protocols import Message

WORDS = st.lists(st.sampled_from(["mhoro", "zuva", "mvura"]), min_size=1, max_size=6).map(" ".join)
EXCHANGES = st.lists(st.tuples(WORDS, st.one_of(st.just(""), WORDS)), max_size=12)


def count(messages):
    """A token a word."""
    return sum(len(message.content.split()) for message in messages)


SYSTEM = "iva mupfupi"


def history_of(*exchanges):
    history = History()
    for user, assistant in exchanges:
        history.add(user, assistant)
    return history


def trimmed(history, user, budget, system=SYSTEM):
    """The prompt within the budget, what has no room in it forgotten."""
    history.forget(history.excess(system, user, count, budget))
    return history.prompt(system, user)


def said(messages):
    return [(message.role, message.content) for message in messages]


def test_the_prompt_is_the_system_line_the_exchanges_and_the_new_turn():
    messages = trimmed(history_of(("mhoro", "mhoroi")), "makadii", 100)
    assert said(messages) == [
        ("system", "iva mupfupi"),
        ("user", "mhoro"),
        ("assistant", "mhoroi"),
        ("user", "makadii"),
    ]


def test_without_a_system_line_there_is_none():
    assert History().prompt("", "mhoro") == [Message("user", "mhoro")]


def test_what_got_no_answer_is_joined_to_what_was_said_next():
    history = history_of(("ndi", ""), ("noda", ""), ("mvura", "heyo"))
    assert said(trimmed(history, "maita", 100))[1:] == [
        ("user", "ndi noda mvura"),
        ("assistant", "heyo"),
        ("user", "maita"),
    ]


def test_what_was_said_last_without_an_answer_is_joined_to_the_new_turn():
    assert said(trimmed(history_of(("ndinoda", "")), "mvura", 100))[1:] == [("user", "ndinoda mvura")]


def test_the_oldest_leaves_whole_and_for_good():
    history = history_of(("a b c", "d e f"), ("g", "h"))
    assert said(trimmed(history, "i", 5))[1:] == [("user", "g"), ("assistant", "h"), ("user", "i")]
    assert history.turns == (PastTurn("g", "h"),)


def test_asking_what_has_no_room_forgets_nothing():
    history = history_of(("a b c", "d e f"), ("g", "h"))
    assert history.excess(SYSTEM, "i", count, 5) == 1
    assert said(history.prompt(SYSTEM, "i", skip=1))[1:] == [("user", "g"), ("assistant", "h"), ("user", "i")]
    assert len(history.turns) == 2


def test_the_new_turn_stays_whatever_it_costs():
    history = history_of(("a", "b"))
    assert said(trimmed(history, "c " * 50 + "c", 5)) == [("system", "iva mupfupi"), ("user", "c " * 50 + "c")]
    assert history.turns == ()


def test_speech_that_was_never_answered_leaves_too_when_it_no_longer_fits():
    history = history_of(*[("taura zvakare", "")] * 40)
    assert count(trimmed(history, "mhoro", 20)) <= 20


def test_a_day_of_talk_is_not_kept():
    history = history_of(*[("mhoro", "")] * 500, *[("mhoro", "mhoroi")] * 500)
    assert MAX_TURNS * KEPT_SHARE <= len(history.turns) <= MAX_TURNS
    assert set(history.turns) == {PastTurn("mhoro", "mhoroi")}


@pytest.mark.parametrize("budget", [60, 10_000], ids=["too many tokens", "too many turns"])
def test_the_prompt_grows_at_its_end_in_most_turns(budget):
    """A prompt that begins as the one before is not read again."""
    history, before, moved = History(), [], 0
    for number in range(400):
        messages = trimmed(history, f"mhoro {number}", budget)
        assert count(messages) <= budget
        moved += messages[: len(before)] != before
        before = messages
        history.add(f"mhoro {number}", "mhoroi")
    assert 1 < moved < 400 / 6


def test_of_two_that_do_not_fit_the_newest_stays_if_it_does():
    history = history_of(("a b c", "d e f"), ("g h", "i"))
    assert said(trimmed(history, "j", 7))[1:] == [("user", "g h"), ("assistant", "i"), ("user", "j")]


@given(EXCHANGES, WORDS, st.integers(0, 60))
def test_the_prompt_is_within_budget_unless_nothing_but_the_new_turn_is_left(exchanges, user, budget):
    history = history_of(*exchanges)
    messages = trimmed(history, user, budget)
    assert count(messages) <= budget or messages == [Message("system", SYSTEM), Message("user", user)]


@given(EXCHANGES, WORDS, st.integers(0, 60))
def test_roles_take_turns_and_what_is_kept_is_the_newest(exchanges, user, budget):
    history = history_of(*exchanges)
    messages = trimmed(history, user, budget)
    assert all(one.role != other.role for one, other in pairwise(messages))
    assert (messages[0].role, messages[-1].role) == ("system", "user")
    kept = len(history.turns)
    assert list(history.turns) == [PastTurn(*each) for each in exchanges[len(exchanges) - kept :]]
