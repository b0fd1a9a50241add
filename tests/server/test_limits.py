"""Places by address, and sound by the second."""

import pytest

from inzwa.errors import RateLimited, TooManySessions
from inzwa.server.limits import PACE, AddressLimit, RateLimit, TokenBucket


def test_an_address_has_so_many_places_and_another_its_own():
    seats = AddressLimit(2)
    with seats.seat("a"), seats.seat("a"), seats.seat("b"):
        with pytest.raises(TooManySessions, match="2 conversations from your address"), seats.seat("a"):
            pass
        with seats.seat("b"):
            pass


def test_a_place_is_free_again_whatever_ended_it():
    seats = AddressLimit(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="over"), seats.seat("a"):
            raise ValueError("over")
    with seats.seat("a"):
        pass


def test_a_burst_is_taken_and_then_no_more_than_the_pace():
    now_s = [0.0]
    allowance = TokenBucket(10, lambda: now_s[0])
    for _ in range(10):
        allowance.spend(1)
    with pytest.raises(RateLimited, match="faster than anybody speaks") as refused:
        allowance.spend(1)
    assert refused.value.retry_after_s == 1 / PACE
    now_s[0] += 2
    allowance.spend(2 * PACE)
    with pytest.raises(RateLimited):
        allowance.spend(0.1)


def test_who_speaks_in_real_time_never_meets_the_limit_and_silence_saves_no_more_than_a_burst():
    now_s = [0.0]
    allowance = TokenBucket(1, lambda: now_s[0])
    for _ in range(10_000):
        now_s[0] += 0.02
        allowance.spend(0.02)
    now_s[0] += 3_600
    with pytest.raises(RateLimited):
        allowance.spend(1.1)


async def test_one_address_s_haste_is_not_another_s():
    limit = RateLimit(1)
    await limit.count("tts", "a")
    with pytest.raises(RateLimited):
        await limit.count("tts", "a")
    await limit.count("tts", "b")
    await limit.count("chat", "a")
