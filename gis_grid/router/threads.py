"""Run a compiled kernel over many points on all processors."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

SERIAL = 20_000
"""Fewer items than this are not worth a thread."""

WORKERS = os.cpu_count() or 1


def in_parallel(work: Callable[[int, int], object], count: int, serial: int = SERIAL) -> None:
    """Call ``work(start, stop)`` on slices that together cover ``range(count)``, once each.

    Kernels free the GIL, so plain threads use all processors; unlike numba's own pools they may be
    started from several threads at once and survive a fork.

    Examples
    --------
    >>> seen = [0] * 50_000
    >>> def work(start, stop):
    ...     seen[start:stop] = [1] * (stop - start)
    >>> in_parallel(work, 50_000)
    >>> sum(seen)
    50000
    """
    if count < serial or WORKERS == 1:
        work(0, count)
        return
    # more slices than workers, because some places take longer than others
    bounds = [count * part // (4 * WORKERS) for part in range(4 * WORKERS + 1)]
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, bounds[:-1], bounds[1:]))
