"""How often one address may ask, how many places it may hold, how fast it may speak. Counts in this process's memory.

Knows nothing of what is asked.
"""

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
"""Seconds of sound that a second may bring for long: nobody speaks faster, and clocks differ."""


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
    """At most `per_address` places at once for each address."""

    def __init__(self, per_address: int) -> None:
        self._per_address = per_address
        self._taken: Counter[str] = Counter()

    @contextmanager
    def seat(self, address: str) -> Iterator[None]:
        """One of them, for as long as the block lasts; TooManySessions when it has as many as it may."""
        if self._taken[address] >= self._per_address:
            raise TooManySessions(f"There are {self._per_address} conversations from your address already.")
        self._taken[address] += 1
        try:
            yield
        finally:
            self._taken[address] -= 1
            if not self._taken[address]:
                del self._taken[address]


class TokenBucket:
    """So many seconds of sound at once, and PACE a second after that: a recording may be sent as fast as it goes."""

    def __init__(self, burst_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst_s = self._left_s = burst_s
        self._clock, self._seen_s = clock, clock()

    def spend(self, seconds: float) -> None:
        """RateLimited when there are not so many left."""
        now_s = self._clock()
        self._left_s = min(self._burst_s, self._left_s + PACE * (now_s - self._seen_s))
        self._seen_s = now_s
        if seconds > self._left_s:
            raise RateLimited("Sound comes faster than anybody speaks.", retry_after_s=seconds / PACE)
        self._left_s -= seconds
