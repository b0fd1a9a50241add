"""Conversations keep their cells between turns, share the common beginning, and give way when room is short."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inzwa.engines.llm.batching.kv_cache import KvCache, common_length
from tests.engines.llm.doubles import CountingMachine


class Reader:
    """Reads prompts at once, as the table does batch by batch."""

    def __init__(self, seats=2, capacity=100):
        self.machine = CountingMachine()
        self.seating = KvCache(self.machine, seats, capacity)

    def begin(self, prompt, session="", reply=0, prefix=0):
        """The seat, and how many of the prompt's tokens had to be read; None when there is no room."""
        seat = self.seating.take(prompt, session, len(prompt) + reply)
        if seat is None:
            return None
        kept = len(seat.tokens)
        self.write(seat, prompt[kept:])
        if kept < prefix:
            self.seating.publish(seat, prefix)
        return seat, len(prompt) - kept

    def write(self, seat, tokens):
        seat.tokens.extend(tokens)
        self.machine.cells.setdefault(seat.number, []).extend(tokens)

    def turn(self, prompt, session="", prefix=0):
        """A whole turn; how many tokens were read."""
        seat, read = self.begin(prompt, session, prefix=prefix)
        self.seating.release(seat)
        return read

    def used(self):
        """Cells that are really in use, shared ones counted once."""
        seats = (*self.seating.seats, self.seating.root)
        return sum(len(seat.tokens) for seat in seats) - sum(seat.shared for seat in self.seating.seats)


@pytest.mark.parametrize(("one", "other", "length"), [("abc", "abd", 2), ("ab", "abc", 2), ("", "a", 0), ("a", "a", 1)])
def test_common_length_counts_from_the_start(one, other, length):
    assert common_length(one, other) == length


def test_a_session_reads_only_what_is_new():
    reader = Reader()
    assert reader.turn([1, 2, 3], "a") == 3
    assert reader.turn([1, 2, 3, 4, 5], "a") == 2


def test_a_change_in_the_middle_is_read_from_there_on():
    reader = Reader()
    reader.turn([1, 2, 3, 4, 5], "a")
    assert reader.turn([1, 2, 9, 4, 5], "a") == 3


def test_the_last_token_is_always_read():
    reader = Reader()
    reader.turn([1, 2, 3], "a")
    assert reader.turn([1, 2, 3], "a") == 1


def test_a_request_without_a_session_leaves_nothing():
    reader = Reader()
    reader.turn([1, 2, 3])
    assert reader.turn([1, 2, 3]) == 3
    assert reader.used() == 0


def test_the_common_beginning_is_read_once_for_all():
    reader = Reader()
    assert reader.turn([1, 2, 3, 4], prefix=3) == 4
    assert reader.turn([1, 2, 3, 5], "b", prefix=3) == 1
    assert reader.seating.root.tokens == [1, 2, 3]


def test_one_session_never_sees_what_another_said():
    reader = Reader()
    reader.turn([1, 2, 3, 4], "a")
    assert reader.turn([1, 2, 3, 4], "b") == 4


def test_another_system_prompt_replaces_the_root():
    reader = Reader()
    reader.turn([1, 2, 3, 4], prefix=3)
    reader.turn([7, 8, 9, 4], prefix=3)
    assert reader.seating.root.tokens == [7, 8, 9]
    assert reader.turn([7, 8, 9, 5], prefix=3) == 1


def test_the_session_silent_longest_loses_its_seat():
    reader = Reader(seats=2)
    reader.turn([1, 2], "a")
    reader.turn([3, 4], "b")
    reader.turn([1, 2, 3], "a")
    reader.turn([5, 6], "c")
    assert reader.seating.evicted == 1
    assert reader.turn([1, 2, 3, 4], "a") == 1
    assert reader.turn([3, 4], "b") == 2


def test_nobody_is_seated_while_every_seat_is_in_use():
    reader = Reader(seats=1)
    seat, _ = reader.begin([1, 2], "a")
    assert reader.begin([3]) is None
    reader.seating.release(seat)
    assert reader.begin([3]) is not None


def test_two_replies_of_one_session_sit_apart():
    reader = Reader()
    one, _ = reader.begin([1, 2], "a")
    other, _ = reader.begin([1, 2], "a")
    assert one is not other


def test_cells_are_promised_with_the_reply_counted_in():
    reader = Reader(seats=2, capacity=10)
    reader.begin([1, 2], "a", reply=4)
    assert reader.begin([3, 4], "b", reply=3) is None
    assert reader.begin([3, 4], "b", reply=2) is not None


def test_idle_sessions_give_their_cells_to_whoever_needs_them():
    reader = Reader(seats=3, capacity=10)
    reader.turn([1, 2, 3, 4], "a")
    reader.turn([5, 6, 7], "b")
    reader.turn([8, 9], "c")
    assert reader.begin([8, 9, 10], "c", reply=3) is not None
    assert [seat.session for seat in reader.seating.seats] == ["", "b", "c"]


def test_the_root_goes_last():
    reader = Reader(seats=2, capacity=10)
    reader.turn([1, 2, 3, 4], "a", prefix=3)
    assert reader.begin([9] * 8, "b") is not None
    assert reader.seating.root.tokens == []


def test_forgetting_empties_an_idle_seat_at_once():
    reader = Reader()
    reader.turn([1, 2, 3], "a")
    reader.seating.forget("a")
    assert reader.used() == 0
    assert reader.turn([1, 2, 3], "a") == 3


def test_forgetting_empties_a_seat_in_use_when_it_is_released():
    reader = Reader()
    seat, _ = reader.begin([1, 2, 3], "a")
    reader.seating.forget("a")
    assert seat.tokens == [1, 2, 3]
    reader.seating.release(seat)
    assert seat.tokens == []


@pytest.mark.parametrize("session", ["", "nobody"])
def test_forgetting_an_unknown_session_is_no_error(session):
    reader = Reader()
    reader.turn([1, 2], "a")
    reader.seating.forget(session)
    assert reader.turn([1, 2, 3], "a") == 1


def test_cells_that_cannot_be_cut_are_emptied():
    reader = Reader()
    reader.turn([1, 2, 3], "a")
    reader.machine.keep = lambda sequence, length: length == 0 and CountingMachine.keep(reader.machine, sequence, 0)
    assert reader.turn([1, 2, 9], "a") == 3


TURNS = st.tuples(
    st.sampled_from(["", "a", "b", "c", "d"]), st.sampled_from([(1, 1), (2, 2, 2)]), st.integers(1, 12), st.booleans()
)


@settings(max_examples=200, deadline=None)
@given(st.lists(TURNS, max_size=30))
def test_the_book_agrees_with_the_cells_and_stays_within_them(turns):
    reader, sitting = Reader(seats=3, capacity=40), []
    for session, system, length, stays in turns:
        if begun := reader.begin([*system, *range(10, 10 + length)], session, reply=5, prefix=len(system)):
            sitting.append(begun[0])
        if sitting and not stays:
            reader.seating.release(sitting.pop(0))
        for seat in (*reader.seating.seats, reader.seating.root):
            assert seat.tokens == reader.machine.cells.get(seat.number, [])
        assert reader.used() <= 40
