"""Every step carries all requests on, and each ends for its own reasons alone."""

import pytest

from inzwa.engines.llm.batching.engine_core import CHUNK_TOKENS, MAX_OPENING_BATCHES, EngineCore
from inzwa.engines.llm.batching.kv_cache import KvCache
from inzwa.engines.llm.batching.scheduler import OPENING_TOKENS
from inzwa.errors import EngineError
from tests.engines.llm.doubles import POISON, CountingRunner, ask


class SmallEngine:
    def __init__(self, max_running=2, slots=4, capacity=1000, **runner):
        self.runner = CountingRunner(**runner)
        self.core = EngineCore(self.runner, KvCache(self.runner, slots, capacity), max_running)

    def admit(self, prompt, **wishes):
        running = self.core.admit(ask(prompt, **wishes))
        assert running
        return running

    def run(self):
        while self.core.running:
            self.core.step()


def heard(running):
    return "".join(running.request.stream.pieces)


def test_a_reply_follows_its_prompt():
    engine = SmallEngine()
    running = engine.admit([5, 5, 5], limit=3)
    engine.run()
    assert (heard(running), running.request.stream.ended, running.request.stream.error) == ("<3><4><5>", True, None)


def test_replies_are_decoded_together():
    engine = SmallEngine(max_running=3)
    admitted = [engine.admit([5] * length, limit=4) for length in (1, 2, 3)]
    engine.run()
    assert [heard(running) for running in admitted] == ["<1><2><3><4>", "<2><3><4><5>", "<3><4><5><6>"]
    assert len(engine.runner.batches) == 4


def test_the_models_own_end_ends_the_reply():
    engine = SmallEngine(reply_tokens=2)
    running = engine.admit([5], limit=9)
    engine.run()
    assert heard(running) == "<1><2>"


def test_a_stop_word_ends_the_reply_and_is_not_streamed():
    engine = SmallEngine()
    running = engine.admit([5], limit=9, stop=("><3",))
    engine.run()
    assert heard(running) == "<1><2"


def test_what_was_buffered_for_a_stop_word_is_given_at_the_end():
    engine = SmallEngine()
    running = engine.admit([5], limit=2, stop=(">!",))
    engine.run()
    assert heard(running) == "<1><2>"


def test_a_long_prompt_does_not_hold_up_the_replies():
    engine = SmallEngine()
    talker = engine.admit([5], limit=8)
    engine.core.step()
    engine.admit([6] * 3 * CHUNK_TOKENS, limit=1)
    for _ in range(3):
        engine.core.step()
    assert len(talker.request.stream.pieces) == 4
    assert engine.runner.batches[1] == {0: 1, 1: CHUNK_TOKENS}


def test_a_reply_under_way_is_left_out_for_openings_but_not_for_ever():
    engine = SmallEngine(max_running=2)
    early = engine.admit([5], limit=40)
    for _ in range(OPENING_TOKENS):
        engine.core.step()
    engine.admit([6], limit=40)
    for _ in range(MAX_OPENING_BATCHES + 1):
        engine.core.step()
    assert [sorted(batch) for batch in engine.runner.batches[OPENING_TOKENS:]] == [[1]] * MAX_OPENING_BATCHES + [[0, 1]]
    engine.run()
    assert early.request.stream.ended


def test_no_more_than_max_running_are_admitted():
    engine = SmallEngine(max_running=1)
    engine.admit([5])
    assert not engine.core.admit(ask([6]))
    engine.run()
    assert engine.core.admit(ask([6]))


def test_a_request_without_cells_is_not_admitted():
    engine = SmallEngine(capacity=10)
    engine.admit([5, 5], limit=6)
    assert not engine.core.admit(ask([6, 6], limit=3))


def test_a_listener_that_is_behind_pauses_its_own_reply_only():
    engine = SmallEngine()
    slow, quick = engine.admit([5], limit=5), engine.admit([6], limit=5)
    slow.request.stream.full = True
    for _ in range(5):
        engine.core.step()
    assert (slow.request.stream.pieces, heard(quick)) == ([], "<1><2><3><4><5>")
    slow.request.stream.full = False
    engine.run()
    assert heard(slow) == "<1><2><3><4><5>"


def test_there_is_nothing_to_do_while_every_listener_is_behind():
    engine = SmallEngine()
    running = engine.admit([5])
    running.request.stream.full = True
    assert not engine.core.ready


def test_ending_frees_the_slot_and_keeps_the_sessions_cells():
    engine = SmallEngine(max_running=1)
    running = engine.admit([5, 6], limit=9, session="a")
    engine.core.step()
    engine.core.end(running)
    again = engine.admit([5, 6, 7], session="a")
    engine.run()
    assert (again.prefilled, engine.runner.open_samplers) == (1, 0)


def test_the_reply_itself_is_cached_for_the_next_turn():
    engine = SmallEngine()
    engine.admit([9], limit=3, session="a")
    engine.run()
    again = engine.admit([9, 1, 2, 7], session="a")  # the counting model said 1 and 2, and 3 that it never decoded
    engine.run()
    assert again.prefilled == 1


def test_a_shared_prefix_is_prefilled_once_by_requests_that_come_together():
    engine = SmallEngine(max_running=4)
    admitted = [engine.admit([5, 5, 5, 5, 5, number], prefix=5, limit=1) for number in range(4)]
    engine.run()
    assert [running.prefilled for running in admitted] == [6, 1, 1, 1]
    assert engine.core.stats.prefilled_tokens == 9
    assert engine.core.stats.cached_tokens == 15


def test_a_prefill_leaves_one_token_to_the_reply():
    engine = SmallEngine()
    ahead = engine.admit([5, 6, 7, 8], session="a", generates=False)
    engine.run()
    reply = engine.admit([5, 6, 7, 8], session="a", limit=1)
    engine.run()
    assert (ahead.request.stream.ended, ahead.request.stream.pieces) == (True, [])
    assert (ahead.prefilled, reply.prefilled) == (3, 1)


def test_a_prefill_of_what_is_cached_ends_at_once():
    engine = SmallEngine()
    engine.admit([5, 6], session="a", limit=1)
    engine.run()
    assert engine.admit([5, 6], session="a", generates=False).request.stream.ended


def test_a_prefill_of_what_another_has_just_prefilled_ends_too():
    engine = SmallEngine()
    admitted = [engine.admit([5, 6, 7], prefix=2, generates=False) for _ in range(2)]
    engine.run()
    assert [running.request.stream.ended for running in admitted] == [True, True]
    assert [running.prefilled for running in admitted] == [2, 0]


def test_only_the_request_at_fault_fails():
    engine = SmallEngine()
    good, bad = engine.admit([5], limit=3), engine.admit([POISON], limit=3)
    engine.run()
    assert (heard(good), good.request.stream.error) == ("<1><2><3>", None)
    assert isinstance(bad.request.stream.error, EngineError)
    assert (engine.core.stats.failed, engine.runner.open_samplers) == (1, 0)


def test_after_a_failure_the_same_session_can_go_on():
    engine = SmallEngine()
    engine.admit([5, POISON], session="a")
    engine.run()
    running = engine.admit([5, 6], session="a", limit=1)
    engine.run()
    assert (heard(running), running.request.stream.error) == ("<2>", None)


@pytest.mark.parametrize("limit", [1, 2])
def test_the_limit_counts_tokens(limit):
    engine = SmallEngine()
    running = engine.admit([5], limit=limit)
    engine.run()
    assert running.generated == limit == engine.core.stats.generated_tokens
