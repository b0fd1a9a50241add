"""A batch carries every request on, and each ends for its own reasons alone."""

import pytest

from inzwa.engines.llm.batching.batch import CHUNK_TOKENS, MOST_STANDING_BACK, Batch
from inzwa.engines.llm.batching.kv_cache import KvCache
from inzwa.engines.llm.batching.scheduler import OPENING_TOKENS
from inzwa.errors import EngineError
from tests.engines.llm.doubles import POISON, CountingMachine, ask


class Room:
    def __init__(self, places=2, seats=4, capacity=1000, **machine):
        self.machine = CountingMachine(**machine)
        self.seating = KvCache(self.machine, seats, capacity)
        self.table = Batch(self.machine, self.seating, places)

    def sit(self, prompt, **wishes):
        job = ask(prompt, **wishes)
        assert self.table.sit(job)
        return job

    def run(self):
        while self.table.jobs:
            self.table.step()


def heard(job):
    return "".join(job.outlet.pieces)


def test_a_reply_follows_its_prompt():
    room = Room()
    job = room.sit([5, 5, 5], limit=3)
    room.run()
    assert (heard(job), job.outlet.ended, job.outlet.error) == ("<3><4><5>", True, None)


def test_replies_are_decoded_together():
    room = Room(places=3)
    jobs = [room.sit([5] * length, limit=4) for length in (1, 2, 3)]
    room.run()
    assert [heard(job) for job in jobs] == ["<1><2><3><4>", "<2><3><4><5>", "<3><4><5><6>"]
    assert len(room.machine.batches) == 4


def test_the_models_own_end_ends_the_reply():
    room = Room(reply_tokens=2)
    job = room.sit([5], limit=9)
    room.run()
    assert heard(job) == "<1><2>"


def test_a_stop_word_ends_the_reply_and_is_not_heard():
    room = Room()
    job = room.sit([5], limit=9, stop=("><3",))
    room.run()
    assert heard(job) == "<1><2"


def test_what_was_held_for_a_stop_word_is_heard_at_the_end():
    room = Room()
    job = room.sit([5], limit=2, stop=(">!",))
    room.run()
    assert heard(job) == "<1><2>"


def test_a_long_prompt_does_not_hold_up_the_replies():
    room = Room()
    talker = room.sit([5], limit=8)
    room.table.step()
    room.sit([6] * 3 * CHUNK_TOKENS, limit=1)
    for _ in range(3):
        room.table.step()
    assert len(talker.outlet.pieces) == 4
    assert room.machine.batches[1] == {0: 1, 1: CHUNK_TOKENS}


def test_a_reply_under_way_stands_back_for_openings_but_not_for_ever():
    room = Room(places=2)
    early = room.sit([5], limit=40)
    for _ in range(OPENING_TOKENS):
        room.table.step()
    room.sit([6], limit=40)
    for _ in range(MOST_STANDING_BACK + 1):
        room.table.step()
    assert [sorted(batch) for batch in room.machine.batches[OPENING_TOKENS:]] == [[1]] * MOST_STANDING_BACK + [[0, 1]]
    room.run()
    assert early.outlet.ended


def test_nobody_sits_when_every_place_is_taken():
    room = Room(places=1)
    room.sit([5])
    assert not room.table.sit(ask([6]))
    room.run()
    assert room.table.sit(ask([6]))


def test_nobody_sits_without_cells():
    room = Room(capacity=10)
    room.sit([5, 5], limit=6)
    assert not room.table.sit(ask([6, 6], limit=3))


def test_a_listener_that_is_behind_pauses_its_own_reply_only():
    room = Room()
    slow, quick = room.sit([5], limit=5), room.sit([6], limit=5)
    slow.outlet.full = True
    for _ in range(5):
        room.table.step()
    assert (slow.outlet.pieces, heard(quick)) == ([], "<1><2><3><4><5>")
    slow.outlet.full = False
    room.run()
    assert heard(slow) == "<1><2><3><4><5>"


def test_there_is_nothing_to_do_while_every_listener_is_behind():
    room = Room()
    job = room.sit([5])
    job.outlet.full = True
    assert not room.table.ready


def test_leaving_frees_the_place_and_keeps_the_sessions_cells():
    room = Room(places=1)
    job = room.sit([5, 6], limit=9, session="a")
    room.table.step()
    room.table.leave(job)
    again = room.sit([5, 6, 7], session="a")
    room.run()
    assert (again.read, room.machine.open_samplers) == (1, 0)


def test_the_reply_itself_is_kept_for_the_next_turn():
    room = Room()
    room.sit([9], limit=3, session="a")
    room.run()
    again = room.sit([9, 1, 2, 7], session="a")  # the counting model said 1 and 2, and 3 that it never read
    room.run()
    assert again.read == 1


def test_a_common_beginning_is_read_once_by_requests_that_come_together():
    room = Room(places=4)
    jobs = [room.sit([5, 5, 5, 5, 5, number], prefix=5, limit=1) for number in range(4)]
    room.run()
    assert [job.read for job in jobs] == [6, 1, 1, 1]
    assert room.table.counts.prompt_tokens_read == 9
    assert room.table.counts.prompt_tokens_kept == 15


def test_reading_ahead_makes_the_reply_read_one_token():
    room = Room()
    ahead = room.sit([5, 6, 7, 8], session="a", speaks=False)
    room.run()
    reply = room.sit([5, 6, 7, 8], session="a", limit=1)
    room.run()
    assert (ahead.outlet.ended, ahead.outlet.pieces) == (True, [])
    assert (ahead.read, reply.read) == (3, 1)


def test_reading_ahead_what_is_known_ends_at_once():
    room = Room()
    room.sit([5, 6], session="a", limit=1)
    room.run()
    assert room.sit([5, 6], session="a", speaks=False).outlet.ended


def test_reading_ahead_what_another_has_just_read_ends_too():
    room = Room()
    jobs = [room.sit([5, 6, 7], prefix=2, speaks=False) for _ in range(2)]
    room.run()
    assert [job.outlet.ended for job in jobs] == [True, True]
    assert [job.read for job in jobs] == [2, 0]


def test_only_the_request_to_blame_fails():
    room = Room()
    good, bad = room.sit([5], limit=3), room.sit([POISON], limit=3)
    room.run()
    assert (heard(good), good.outlet.error) == ("<1><2><3>", None)
    assert isinstance(bad.outlet.error, EngineError)
    assert (room.table.counts.failed, room.machine.open_samplers) == (1, 0)


def test_after_a_failure_the_same_session_can_go_on():
    room = Room()
    room.sit([5, POISON], session="a")
    room.run()
    job = room.sit([5, 6], session="a", limit=1)
    room.run()
    assert (heard(job), job.outlet.error) == ("<2>", None)


@pytest.mark.parametrize("limit", [1, 2])
def test_the_limit_counts_tokens(limit):
    room = Room()
    job = room.sit([5], limit=limit)
    room.run()
    assert job.said == limit == room.table.counts.reply_tokens
