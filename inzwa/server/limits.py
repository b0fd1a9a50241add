"""Limits of one client: requests a minute, sessions at once, seconds of sound. Counted in this process's memory."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from inzwa.errors import RateLimited, TooManySessions

PACE: Final = 1.5
"""Seconds of sound that may come in a second for long: nobody speaks faster, and clocks differ."""


class RateLimit:
    """At most `per_minute` of each kind of request from each address in any minute."""

    def __init__(self, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def count(self, kind: str, address: str) -> None:
        """Count one request; RateLimited says when the next may come."""
        if not await self._limiter.hit(self._item, kind, address):
            window = await self._limiter.get_window_stats(self._item, kind, address)
            wait_s = max(1.0, window.reset_time - time.time())
            raise RateLimited(f"Too many requests: wait {wait_s:.0f} s.", retry_after_s=wait_s)


class AddressLimit:
    """At most `per_address` sessions at once from each address."""

    def __init__(self, per_address: int) -> None:
        self._per_address = per_address
        self._open: Counter[str] = Counter()

    @contextmanager
    def reserve(self, address: str) -> Iterator[None]:
        """Count one session of this address while the block lasts; TooManySessions when it has as many as it may."""
        if self._open[address] >= self._per_address:
            raise TooManySessions(f"There are {self._per_address} conversations from your address already.")
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]


class TokenBucket:
    """`burst_s` seconds of sound at once, and PACE a second after that: a recording may be sent as fast as it goes."""

    def __init__(self, burst_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst_s = self._available_s = burst_s
        self._clock, self._refilled_s = clock, clock()

    def spend(self, seconds: float) -> None:
        """Take so many out of the bucket; RateLimited when it holds fewer."""
        now_s = self._clock()
        self._available_s = min(self._burst_s, self._available_s + PACE * (now_s - self._refilled_s))
        self._refilled_s = now_s
        if seconds > self._available_s:
            raise RateLimited("Sound comes faster than anybody speaks.", retry_after_s=seconds / PACE)
        self._available_s -= seconds
