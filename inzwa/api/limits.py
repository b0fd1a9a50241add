"""How often one address may ask. Counts in this process's memory; knows nothing of what is asked."""

import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from inzwa.errors import RateLimited


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
