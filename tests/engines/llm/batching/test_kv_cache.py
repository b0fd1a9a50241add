"""Conversations keep their cells between turns, share the common beginning, and are evicted when cells run out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inzwa.engines.llm.batching.kv_cache import MIN_MOVED, KvCache, common_length
from tests.engines.llm.doubles import CountingRunner


class Prefiller:
    """Prefills prompts at once, as the engine core does batch by batch."""

    def __init__(self, slots=2, capacity=100, *, moves=True):
        self.runner = CountingRunner(moves=moves)
        self.cache = KvCache(self.runner, slots, capacity)

    def begin(self, prompt, session="", reply=0, prefix=0):
        """The slot, and how many of the prompt's tokens were not cached; None when there is no room."""
        slot = self.cache.allocate(prompt, session, len(prompt) + reply)
        if slot is None:
            return None
        cached = len(slot.tokens)
        self.write(slot, prompt[cached:])
        if cached < prefix:
            self.cache.publish_prefix(slot, prefix)
        return slot, len(prompt) - cached

    def write(self, slot, tokens):
        slot.tokens.extend(tokens)
        self.runner.cells.setdefault(slot.number, []).extend(tokens)

    def turn(self, prompt, session="", prefix=0):
        """A whole turn; how many tokens were prefilled."""
        slot, read = self.begin(prompt, session, prefix=prefix)
        self.cache.free(slot)
        return read

    def used(self):
        """Cells that are really in use, shared ones counted once."""
        slots = (*self.cache.slots, self.cache.shared_prefix)
        return sum(len(slot.tokens) for slot in slots) - sum(slot.shared for slot in self.cache.slots)


@pytest.mark.parametrize(("one", "other", "length"), [("abc", "abd", 2), ("ab", "abc", 2), ("", "a", 0), ("a", "a", 1)])
def test_common_length_counts_from_the_start(one, other, length):
    assert common_length(one, other) == length


def test_a_session_prefills_only_what_is_new():
    prefiller = Prefiller()
    assert prefiller.turn([1, 2, 3], "a") == 3
    assert prefiller.turn([1, 2, 3, 4, 5], "a") == 2


SYSTEM, FORGOTTEN, KEPT = [1, 2, 3], list(range(100, 150)), list(range(200, 200 + MIN_MOVED))


def test_what_is_kept_of_a_conversation_is_moved_and_not_read_again():
    prefiller = Prefiller(capacity=1_000)
    prefiller.turn([*SYSTEM, *FORGOTTEN, *KEPT, 7], "a")
    assert prefiller.turn([*SYSTEM, *KEPT, 8, 9], "a") == 2
    assert (prefiller.runner.cells[0], prefiller.cache.moved) == ([*SYSTEM, *KEPT, 8, 9], 1)
    assert prefiller.cache.slots[0].tokens == prefiller.runner.cells[0]


def test_little_that_is_kept_is_read_again():
    prefiller = Prefiller(capacity=1_000)
    prefiller.turn([*SYSTEM, *FORGOTTEN, *KEPT[1:]], "a")
    assert prefiller.turn([*SYSTEM, *KEPT[1:], 8], "a") == len(KEPT)
    assert prefiller.cache.moved == 0


def test_where_cells_cannot_be_moved_what_is_kept_is_read_again():
    prefiller = Prefiller(capacity=1_000, moves=False)
    prefiller.turn([*SYSTEM, *FORGOTTEN, *KEPT], "a")
    assert prefiller.turn([*SYSTEM, *KEPT, 8], "a") == len(KEPT) + 1


def test_the_shared_beginning_is_not_moved():
    prefiller = Prefiller(capacity=1_000)
    shared = [*SYSTEM, *FORGOTTEN]
    prefiller.turn([*shared, *KEPT], "a", prefix=len(shared))
    assert prefiller.turn([*SYSTEM, *KEPT, 8], "a") == len(KEPT) + 1
    assert prefiller.cache.shared_prefix.tokens == shared


def test_a_change_in_the_middle_is_prefilled_from_there_on():
    prefiller = Prefiller()
    prefiller.turn([1, 2, 3, 4, 5], "a")
    assert prefiller.turn([1, 2, 9, 4, 5], "a") == 3


def test_the_last_token_is_always_prefilled():
    prefiller = Prefiller()
    prefiller.turn([1, 2, 3], "a")
    assert prefiller.turn([1, 2, 3], "a") == 1


def test_a_request_without_a_session_leaves_nothing():
    prefiller = Prefiller()
    prefiller.turn([1, 2, 3])
    assert prefiller.turn([1, 2, 3]) == 3
    assert prefiller.used() == 0


def test_the_common_beginning_is_prefilled_once_for_all():
    prefiller = Prefiller()
    assert prefiller.turn([1, 2, 3, 4], prefix=3) == 4
    assert prefiller.turn([1, 2, 3, 5], "b", prefix=3) == 1
    assert prefiller.cache.shared_prefix.tokens == [1, 2, 3]


def test_one_session_never_sees_what_another_said():
    prefiller = Prefiller()
    prefiller.turn([1, 2, 3, 4], "a")
    assert prefiller.turn([1, 2, 3, 4], "b") == 4


def test_another_system_prompt_replaces_the_shared_prefix():
    prefiller = Prefiller()
    prefiller.turn([1, 2, 3, 4], prefix=3)
    prefiller.turn([7, 8, 9, 4], prefix=3)
    assert prefiller.cache.shared_prefix.tokens == [7, 8, 9]
    assert prefiller.turn([7, 8, 9, 5], prefix=3) == 1


def test_conversations_are_those_that_have_cells():
    prefiller = Prefiller(slots=3)
    assert prefiller.cache.conversations == 0
    for session in ("a", "b", "a", ""):
        prefiller.turn([1, 2], session)
    assert prefiller.cache.conversations == 2
    prefiller.cache.forget("a")
    assert prefiller.cache.conversations == 1


def test_the_least_recently_used_session_is_evicted():
    prefiller = Prefiller(slots=2)
    prefiller.turn([1, 2], "a")
    prefiller.turn([3, 4], "b")
    prefiller.turn([1, 2, 3], "a")
    prefiller.turn([5, 6], "c")
    assert prefiller.cache.evicted == 1
    assert prefiller.turn([1, 2, 3, 4], "a") == 1
    assert prefiller.turn([3, 4], "b") == 2


def test_nothing_is_allocated_while_every_slot_is_in_use():
    prefiller = Prefiller(slots=1)
    slot, _ = prefiller.begin([1, 2], "a")
    assert prefiller.begin([3]) is None
    prefiller.cache.free(slot)
    assert prefiller.begin([3]) is not None


def test_two_replies_of_one_session_have_a_slot_each():
    prefiller = Prefiller()
    one, _ = prefiller.begin([1, 2], "a")
    other, _ = prefiller.begin([1, 2], "a")
    assert one is not other


def test_cells_are_reserved_for_the_reply_too():
    prefiller = Prefiller(slots=2, capacity=10)
    prefiller.begin([1, 2], "a", reply=4)
    assert prefiller.begin([3, 4], "b", reply=3) is None
    assert prefiller.begin([3, 4], "b", reply=2) is not None


def test_idle_sessions_give_their_cells_to_whoever_needs_them():
    prefiller = Prefiller(slots=3, capacity=10)
    prefiller.turn([1, 2, 3, 4], "a")
    prefiller.turn([5, 6, 7], "b")
    prefiller.turn([8, 9], "c")
    assert prefiller.begin([8, 9, 10], "c", reply=3) is not None
    assert [slot.session for slot in prefiller.cache.slots] == ["", "b", "c"]


def test_the_shared_prefix_is_evicted_last():
    prefiller = Prefiller(slots=2, capacity=10)
    prefiller.turn([1, 2, 3, 4], "a", prefix=3)
    assert prefiller.begin([9] * 8, "b") is not None
    assert prefiller.cache.shared_prefix.tokens == []


def test_forgetting_empties_an_idle_slot_at_once():
    prefiller = Prefiller()
    prefiller.turn([1, 2, 3], "a")
    prefiller.cache.forget("a")
    assert prefiller.used() == 0
    assert prefiller.turn([1, 2, 3], "a") == 3


def test_forgetting_empties_a_slot_in_use_when_it_is_freed():
    prefiller = Prefiller()
    slot, _ = prefiller.begin([1, 2, 3], "a")
    prefiller.cache.forget("a")
    assert slot.tokens == [1, 2, 3]
    prefiller.cache.free(slot)
    assert slot.tokens == []


@pytest.mark.parametrize("session", ["", "nobody"])
def test_forgetting_an_unknown_session_is_no_error(session):
    prefiller = Prefiller()
    prefiller.turn([1, 2], "a")
    prefiller.cache.forget(session)
    assert prefiller.turn([1, 2, 3], "a") == 1


def test_cells_that_cannot_be_cut_are_emptied():
    prefiller = Prefiller()
    prefiller.turn([1, 2, 3], "a")
    prefiller.runner.truncate = lambda sequence, length: (
        length == 0 and CountingRunner.truncate(prefiller.runner, sequence, 0)
    )
    assert prefiller.turn([1, 2, 9], "a") == 3


TURNS = st.tuples(
    st.sampled_from(["", "a", "b", "c", "d"]), st.sampled_from([(1, 1), (2, 2, 2)]), st.integers(1, 12), st.booleans()
)


@settings(max_examples=200, deadline=None)
@given(st.lists(TURNS, max_size=30))
def test_the_records_agree_with_the_cells_and_stay_within_them(turns):
    prefiller, in_use = Prefiller(slots=3, capacity=40), []
    for session, system, length, stays in turns:
        if begun := prefiller.begin([*system, *range(10, 10 + length)], session, reply=5, prefix=len(system)):
            in_use.append(begun[0])
        if in_use and not stays:
            prefiller.cache.free(in_use.pop(0))
        for slot in (*prefiller.cache.slots, prefiller.cache.shared_prefix):
            assert slot.tokens == prefiller.runner.cells.get(slot.number, [])
        assert prefiller.used() <= 40
