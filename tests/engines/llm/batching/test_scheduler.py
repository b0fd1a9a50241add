"""The next batch: replies first, then prompts in the order of their coming, and nothing read twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from inzwa.engines.llm.batching.kv_cache import SequenceSlot
from inzwa.engines.llm.batching.scheduler import OPENING_TOKENS, TokenSequence, plan_batch


def strand(number, prompt, *, read=0, prefix=0, **more):
    seat = SequenceSlot(number, tokens=list(prompt[:read]))
    return TokenSequence(prompt=tuple(prompt), prefix=tuple(prompt[:prefix]), seat=seat, **more)


def planned(strands, chunk=64, **more):
    return [(part.sequence, part.start, part.tokens, part.wants_output) for part in plan_batch(strands, chunk, **more)]


def under_way(number, said):
    return strand(number, [1, 2], read=2, next_token=9, said=said)


def test_every_reply_gives_one_token_before_any_prompt():
    strands = [strand(0, range(100)), strand(1, [1, 2], read=2, next_token=9)]
    assert planned(strands, 4) == [(1, 2, (9,), True), (0, 0, (0, 1, 2, 3), False)]


def test_a_prompt_is_read_in_chunks_and_its_last_one_asks_for_a_token():
    assert planned([strand(0, range(10), read=7)], 4) == [(0, 7, (7, 8, 9), True)]


def test_what_a_prompt_leaves_of_the_chunk_goes_to_the_next():
    strands = [strand(0, [1, 2, 3]), strand(1, [4, 5, 6])]
    assert planned(strands, 4) == [(0, 0, (1, 2, 3), True), (1, 0, (4,), False)]


def test_the_prompt_of_a_reply_goes_before_one_that_is_read_ahead():
    strands = [strand(0, [1, 2], speaks=False), strand(1, [3])]
    assert [sequence for sequence, *_ in planned(strands)] == [1, 0]


def test_replies_under_way_stand_back_for_those_that_somebody_waits_for_in_silence():
    strands = [under_way(0, OPENING_TOKENS), under_way(1, OPENING_TOKENS - 1), strand(2, [3]), strand(3, [4])]
    assert [sequence for sequence, *_ in planned(strands, openings_first=True)] == [1, 2, 3]
    assert [sequence for sequence, *_ in planned(strands)] == [0, 1, 2, 3]


def test_where_nobody_waits_in_silence_nobody_stands_back():
    strands = [under_way(0, OPENING_TOKENS), strand(1, [4, 5], speaks=False)]
    assert [sequence for sequence, *_ in planned(strands, openings_first=True)] == [0, 1]


def test_reading_ahead_leaves_the_last_token_and_asks_for_none():
    assert planned([strand(0, [1, 2, 3], speaks=False)]) == [(0, 0, (1, 2), False)]
    assert planned([strand(0, [1, 2, 3], read=2, speaks=False)]) == []


def test_a_beginning_that_another_is_reading_is_waited_for():
    strands = [strand(0, [1, 2, 3, 4], prefix=3), strand(1, [1, 2, 3, 5], prefix=3)]
    assert [sequence for sequence, *_ in planned(strands, 2)] == [0]
    assert [sequence for sequence, *_ in planned(strands, 64)] == [0]


def test_whoever_has_the_common_beginning_waits_for_nobody():
    strands = [strand(0, [1, 2, 3, 4], prefix=3), strand(1, [1, 2, 3, 5], prefix=3, read=3)]
    assert [sequence for sequence, *_ in planned(strands)] == [0, 1]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 90), st.integers(0, 89), st.booleans(), st.booleans()), max_size=8))
def test_a_batch_keeps_its_bounds_and_never_stalls(shapes):
    strands = [
        strand(number, range(length), read=length if talks else min(read, length - 1), next_token=7 if talks else None)
        for number, (length, read, talks, _) in enumerate(shapes)
    ]
    parts = plan_batch(strands, 16)
    prompts = sum(len(part.tokens) for part in parts if part.strand.next_token is None)
    assert len({part.sequence for part in parts}) == len(parts)
    assert all(part.tokens for part in parts)
    assert prompts <= 16
    assert bool(parts) == bool(strands)
