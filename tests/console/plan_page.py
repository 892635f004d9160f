"""What a page with a plan shows, and what the service says of the same plan."""

import pytest


def told(page, path=""):
    """Return what the service says of the plan that a page shows."""
    return page.evaluate("(path) => gisGrid.api.get(gisGridDraft.base + path)", path)


def areas(page):
    """Return the area of each grid of the plan, by code."""
    grids = told(page, "/grids")["features"]
    return {one["id"]: one["properties"]["area_m2"] for one in grids}


def settled(page):
    """Wait until the numbers on the page are those of the last step."""
    for _ in range(200):
        if page.evaluate(
            "!gisGridDraft.busy && gisGridDraft.numbers?.step === gisGridDraft.plan.step"
        ):
            return
        page.wait_for_timeout(50)
    pytest.fail("the numbers never followed the steps")


def reached(page, step):
    """Wait until a plan is at a step; the page's policy allows no predicate of text."""
    for _ in range(200):
        if page.evaluate("gisGridDraft.plan.step") == step:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"the plan never came to step {step}")


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
