"""The next batch: replies first, then prompts in the order of arrival, and nothing computed twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from inzwa.engines.llm.batching.kv_cache import SequenceSlot
from inzwa.engines.llm.batching.scheduler import OPENING_TOKENS, TokenSequence, schedule


def sequence(number, prompt, *, computed=0, prefix=0, **more):
    slot = SequenceSlot(number, tokens=list(prompt[:computed]))
    return TokenSequence(slot=slot, prompt=tuple(prompt), prefix=tuple(prompt[:prefix]), **more)


def scheduled(sequences, chunk=64, **more):
    batch = schedule(sequences, chunk, **more)
    return [(part.slot.number, len(part.slot.tokens), part.tokens, part.needs_logits) for part in batch]


def under_way(number, generated):
    return sequence(number, [1, 2], computed=2, next_token=9, generated=generated)


def test_every_reply_adds_one_token_before_any_prompt():
    sequences = [sequence(0, range(100)), sequence(1, [1, 2], computed=2, next_token=9)]
    assert scheduled(sequences, 4) == [(1, 2, (9,), True), (0, 0, (0, 1, 2, 3), False)]


def test_a_prompt_is_prefilled_in_chunks_and_the_last_one_needs_logits():
    assert scheduled([sequence(0, range(10), computed=7)], 4) == [(0, 7, (7, 8, 9), True)]


def test_what_a_prompt_leaves_of_the_chunk_goes_to_the_next():
    sequences = [sequence(0, [1, 2, 3]), sequence(1, [4, 5, 6])]
    assert scheduled(sequences, 4) == [(0, 0, (1, 2, 3), True), (1, 0, (4,), False)]


def test_the_prompt_of_a_reply_goes_before_one_without():
    sequences = [sequence(0, [1, 2], generates=False), sequence(1, [3])]
    assert [number for number, *_ in scheduled(sequences)] == [1, 0]


def test_replies_under_way_are_left_out_for_those_that_somebody_waits_for_in_silence():
    sequences = [under_way(0, OPENING_TOKENS), under_way(1, OPENING_TOKENS - 1), sequence(2, [3]), sequence(3, [4])]
    assert [number for number, *_ in scheduled(sequences, openings_first=True)] == [1, 2, 3]
    assert [number for number, *_ in scheduled(sequences)] == [0, 1, 2, 3]


def test_where_nobody_waits_in_silence_nothing_is_left_out():
    sequences = [under_way(0, OPENING_TOKENS), sequence(1, [4, 5], generates=False)]
    assert [number for number, *_ in scheduled(sequences, openings_first=True)] == [0, 1]


def test_a_prefill_leaves_the_last_token_and_needs_no_logits():
    assert scheduled([sequence(0, [1, 2, 3], generates=False)]) == [(0, 0, (1, 2), False)]
    assert scheduled([sequence(0, [1, 2, 3], computed=2, generates=False)]) == []


def test_a_prefix_that_another_is_prefilling_is_waited_for():
    sequences = [sequence(0, [1, 2, 3, 4], prefix=3), sequence(1, [1, 2, 3, 5], prefix=3)]
    assert [number for number, *_ in scheduled(sequences, 2)] == [0]
    assert [number for number, *_ in scheduled(sequences, 64)] == [0]


def test_whoever_has_the_prefix_waits_for_nobody():
    sequences = [sequence(0, [1, 2, 3, 4], prefix=3), sequence(1, [1, 2, 3, 5], prefix=3, computed=3)]
    assert [number for number, *_ in scheduled(sequences)] == [0, 1]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 90), st.integers(0, 89), st.booleans(), st.booleans()), max_size=8))
def test_a_batch_keeps_its_bounds_and_never_stalls(shapes):
    sequences = [
        sequence(
            number,
            range(length),
            computed=length if replies else min(computed, length - 1),
            next_token=7 if replies else None,
        )
        for number, (length, computed, replies, _) in enumerate(shapes)
    ]
    parts = schedule(sequences, 16)
    prefilling = {each.slot.number for each in sequences if each.next_token is None}
    prompts = sum(len(part.tokens) for part in parts if part.slot.number in prefilling)
    assert len({part.slot.number for part in parts}) == len(parts)
    assert all(part.tokens for part in parts)
    assert prompts <= 16
    assert bool(parts) == bool(sequences)
