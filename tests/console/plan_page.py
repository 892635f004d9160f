"""What a page with a plan shows, and what the service says of the same plan."""

import multiprocessing
import os
import signal
import threading
from contextlib import contextmanager, suppress

from tests.console.served import comes

LOOK_EVERY_S = 0.005


@contextmanager
def jobs_held():
    """Hold the process of each job as it begins: none is done before somebody stops it."""
    over, held = threading.Event(), set()

    def hold():
        while not over.wait(LOOK_EVERY_S):
            for pid in {one.pid for one in multiprocessing.active_children()} - held:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                held.add(pid)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        yield
    finally:
        over.set()
        holder.join()
        for pid in held:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)  # now it gets the signal to end


def told(page, path=""):
    """Return what the service says of the plan that a page shows."""
    return page.evaluate("(path) => gisGrid.api.get(gisGridDraft.base + path)", path)


def areas(page):
    """Return the area of each grid of the plan, by code."""
    grids = told(page, "/grids")["features"]
    return {one["id"]: one["properties"]["area_m2"] for one in grids}


def settled(page):
    """Wait until the numbers on the page are those of the last step."""
    follow = "!gisGridDraft.busy && gisGridDraft.numbers?.step === gisGridDraft.plan.step"
    comes(page, lambda: page.evaluate(follow), what="the numbers follow the steps")


def reached(page, step):
    """Wait until a plan is at a step, and the numbers too."""
    at = f"gisGridDraft.plan.step === {step}"
    comes(page, lambda: page.evaluate(at), what=f"the plan is at step {step}")
    settled(page)


def taken(page, wish):
    """Take a step, and wait for its numbers."""
    page.evaluate("(wish) => gisGridDraft.take(wish)", wish)
    settled(page)


def figures(page):
    return {
        one.get_attribute("data-figure"): one.locator("b").inner_text()
        for one in page.locator("[data-figure]").all()
    }


def shown(spread_of_work):
    decimals = {"ratio": 2, "cv": 3, "gini": 3, "p90_p10": 2}
    return {
        name: "无数据" if spread_of_work[name] is None else f"{spread_of_work[name]:,.{places}f}"
        for name, places in decimals.items()
    }
