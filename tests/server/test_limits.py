"""Sessions by address, requests by the minute, and sound by the second."""

import pytest

from inzwa.errors import RateLimited, TooManySessions
from inzwa.server.limits import PACE, AddressLimit, RateLimit, TokenBucket


def test_an_address_has_so_many_sessions_and_another_its_own():
    limit = AddressLimit(2)
    with limit.reserve("a"), limit.reserve("a"), limit.reserve("b"):
        with pytest.raises(TooManySessions, match="2 conversations from your address"), limit.reserve("a"):
            pass
        with limit.reserve("b"):
            pass


def test_a_session_is_free_again_whatever_ended_it():
    limit = AddressLimit(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="over"), limit.reserve("a"):
            raise ValueError("over")
    with limit.reserve("a"):
        pass


def test_a_burst_is_taken_and_then_no_more_than_the_pace():
    now_s = [0.0]
    bucket = TokenBucket(10, lambda: now_s[0])
    for _ in range(10):
        bucket.spend(1)
    with pytest.raises(RateLimited, match="faster than anybody speaks") as refused:
        bucket.spend(1)
    assert refused.value.retry_after_s == 1 / PACE
    now_s[0] += 2
    bucket.spend(2 * PACE)
    with pytest.raises(RateLimited):
        bucket.spend(0.1)


def test_who_speaks_in_real_time_never_meets_the_limit_and_silence_saves_no_more_than_a_burst():
    now_s = [0.0]
    bucket = TokenBucket(1, lambda: now_s[0])
    for _ in range(10_000):
        now_s[0] += 0.02
        bucket.spend(0.02)
    now_s[0] += 3_600
    with pytest.raises(RateLimited):
        bucket.spend(1.1)


async def test_one_address_s_haste_is_not_another_s():
    limit = RateLimit(1)
    await limit.count("tts", "a")
    with pytest.raises(RateLimited):
        await limit.count("tts", "a")
    await limit.count("tts", "b")
    await limit.count("chat", "a")
