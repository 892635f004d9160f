"""Coroutines of tests, run beside whatever the thread of the test is in."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor


def run(story: Coroutine):
    """Return what a coroutine returns, run in a thread of its own.

    A browser that a test of the same process has opened keeps a loop running in the main thread,
    and there is room for one only.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()
