"""How often one address may ask for what needs no account, counted by each process."""

import time

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gis_grid.errors import LockedError


class PerMinute:
    """Lets an address ask so often in any minute; with several workers, so often of each."""

    def __init__(self, most: int) -> None:
        self._limit = RateLimitItemPerMinute(most)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, request: Request) -> None:
        """Count a request.

        Raises
        ------
        LockedError
            There were too many within a minute.
        """
        address = request.client.host if request.client else ""
        if not self._limiter.hit(self._limit, address):
            reset, _ = self._limiter.get_window_stats(self._limit, address)
            wait_s = max(1, int(reset - time.time()) + 1)
            message = f"too many requests; try again in {wait_s} s"
            raise LockedError(message, retry_after_s=wait_s)
