import asyncio
import gzip
import threading

import pytest

from api.live_tiles import TileCache
from tests import asyncs

LARGE = b"tile" * 100


def run(story):
    return asyncs.run(story)


def test_a_tile_that_many_want_is_drawn_once():
    drawn, may_go_on = [], threading.Event()

    def draw():
        may_go_on.wait(5)
        drawn.append(1)
        return LARGE

    async def story():
        cache = TileCache()
        waiting = [asyncio.create_task(cache.get("key", draw)) for _ in range(5)]
        await asyncio.sleep(0.05)
        may_go_on.set()
        return [*(await asyncio.gather(*waiting)), await cache.get("key", draw)]

    found = run(story())
    assert len(drawn) == 1
    assert {gzip.decompress(one.body) for one in found} == {LARGE}


def test_who_goes_away_takes_the_tile_from_nobody():
    may_go_on = threading.Event()

    def draw():
        may_go_on.wait(5)
        return b"small"

    async def story():
        cache = TileCache()
        first, second = (asyncio.create_task(cache.get("key", draw)) for _ in range(2))
        await asyncio.sleep(0.05)
        first.cancel()
        may_go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await second

    assert run(story()).body == b"small"


def test_a_failure_is_told_to_everyone_and_not_kept():
    answers = iter([ValueError("away"), b"back"])

    def draw():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def story():
        cache = TileCache()
        waiting = [asyncio.create_task(cache.get("key", draw)) for _ in range(2)]
        told = await asyncio.gather(*waiting, return_exceptions=True)
        return told, (await cache.get("key", draw)).body

    told, body = run(story())
    assert [str(error) for error in told] == ["away", "away"]
    assert body == b"back"


def test_what_was_asked_for_longest_ago_is_forgotten_first():
    drawn = []

    def draw(key):
        drawn.append(key)
        return b"x" * 100

    async def story():
        cache = TileCache(kept_bytes=1100)  # two tiles with what each costs besides
        for key in "abacab":
            await cache.get(key, lambda key=key: draw(key))

    run(story())
    assert drawn == ["a", "b", "c", "b"]


def test_no_more_are_drawn_at_once_than_allowed():
    now, most, lock = 0, 0, threading.Lock()

    def draw():
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.02)
        with lock:
            now -= 1
        return b""

    async def story():
        cache = TileCache(at_once=2)
        await asyncio.gather(*(cache.get(key, draw) for key in range(8)))

    run(story())
    assert most == 2
