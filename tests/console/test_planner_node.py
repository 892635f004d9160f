"""What the planner's page computes by itself, run in node: figures, steps taken back, words."""

import ast
import itertools
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from gis_grid.plan.metrics import spread
from tests.desk import ROOT

pytestmark = pytest.mark.browser

NODE = """
import { spreadOf } from "./src/planner/panels/spread.ts";
import { placeDots, ticksOf } from "./src/planner/panels/swarm-places.ts";
import { pastOf } from "./src/planner/panels/past.ts";
import { codesIn } from "./src/planner/panels/codes.ts";
const given = JSON.parse(process.argv[1]);
console.log(JSON.stringify({
  spreads: given.values.map((one) => spreadOf(one)),
  dots: placeDots(given.dots.map((value, at) => ({ key: String(at), value })), (x) => x * 10, 6),
  ticks: [ticksOf(0, 640), ticksOf(3, 3), ticksOf(0.13, 0.61)],
  past: pastOf(given.log),
  codes: codesIn("B1，B2\\n B3、B1;"),
}));
"""


def in_node(script, given):
    """Run a script of the console on a value; return what it prints."""
    command = [sys.executable, ROOT / "scripts" / "web.py", "node", "--no-warnings"]
    run = subprocess.run(
        [*command, "--input-type=module", "-e", script, json.dumps(given)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


def test_figures_of_the_page_are_those_of_the_library():
    rng = np.random.default_rng(11)
    values = [rng.gamma(2.0, 200.0, n).tolist() for n in (1, 2, 9, 75)] + [[], [0.0], [0.0, 3.0]]
    log = [
        {"number": n + 1, "kind": kind, "of": None}
        for n, kind in enumerate(["edit", "edit", "edit", "undo", "undo", "redo", "undo", "edit"])
    ]
    given = {"values": values, "dots": rng.normal(30, 5, 200).tolist(), "log": log}
    found = in_node(NODE, given)
    for one, mine in zip(values, found["spreads"], strict=True):
        wanted = spread(one)
        for name in ("count", "mean", "ratio", "cv", "gini", "p90_p10"):
            value = getattr(wanted, name)
            known = mine[name] is not None
            assert known == bool(np.isfinite(value)), (name, one)
            assert not known or mine[name] == pytest.approx(value, rel=1e-9)
    lanes = {}
    for dot in found["dots"]:
        lanes.setdefault(dot["lane"], []).append(dot["x"])
    assert len(found["dots"]) == 200
    assert all(np.diff(sorted(xs)).min(initial=6.0) >= 6.0 - 1e-9 for xs in lanes.values())
    assert found["ticks"][0] == [0, 200, 400, 600]
    assert found["ticks"][1] == [3]
    assert [one["number"] for one in found["past"]["done"]] == [1, 8]
    assert found["past"]["undone"] == []
    assert found["codes"] == ["B1", "B2", "B3"]


TITLES = """
import { stepTitle } from "./src/planner/step-title.ts";
const given = JSON.parse(process.argv[1]);
console.log(JSON.stringify(given.map((one) => stepTitle(one, "zh", (code) => code))));
"""
TITLED = {"Edit", "_split", "_Split", "claim_areas"}
"""What the library gives the title of a step to."""
CHOICES = {"kind": ["grid", "border", "officer"], "by": ["a table", "a map"]}
"""Variables in titles that have few values."""


def spoken(node):
    """Return every text that a title can be, with 7 for what is only known later."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(one) for one in itertools.product(*map(spoken, parts))]
        case ast.FormattedValue(value=ast.IfExp(body=one, orelse=other)):
            return [*spoken(one), *spoken(other)]
        case ast.FormattedValue(value=ast.BoolOp(values=[_, ast.Constant() as other])):
            return ["7", *spoken(other)]
        case ast.FormattedValue(value=ast.Name(id=name)):
            return CHOICES.get(name, ["7"])
    return ["7"]


def titles_of_steps():
    """Return the titles that are written in the sources of the library."""
    found = set()
    for folder in ("plan", "services/planning"):
        for file in (ROOT / "gis_grid" / folder).glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TITLED:
                    texts = [one for one in node.args if isinstance(one, ast.JoinedStr)]
                    found.update(text for one in texts for text in spoken(one))
    return sorted(found)


def test_every_step_has_a_chinese_title():
    titles = titles_of_steps()
    assert len(titles) > 20
    assert {"7 blocks to no grid", "lock border 7", "split 7 evenly by blocks"} <= set(titles)
    said = in_node(TITLES, [*titles, "undo merge a, b into c", "redo new grid 7"])
    assert [one for one in said[:-2] if re.search("[A-Za-z]", one)] == []
    assert said[-2:] == ["撤销：合并 a、b 到 c", "重做：新网格 7"]


CLEAR = """
import { clearOf } from "./src/planner/tools/clear.ts";
const given = JSON.parse(process.argv[1]);
console.log(JSON.stringify(given.map(([card, at]) => clearOf(card, at, [200, 90], 700))));
"""


def test_a_pin_keeps_clear_of_the_card_of_a_drag():
    rng = np.random.default_rng(3)
    spots = rng.integers(0, 500, (300, 4)).tolist()
    given = [([x, y, x + 318, y + 190], [east, north]) for x, y, east, north in spots]
    placed = in_node(CLEAR, [*given, (None, [7, 9])])
    assert placed.pop() == [7, 9]
    for ((left, top, right, bottom), wanted), (x, y) in zip(given, placed, strict=True):
        apart = x + 200 < left or x > right or y + 90 < top or y > bottom
        assert apart
        assert x == wanted[0]
        free = wanted[1] + 90 < top or wanted[1] > bottom or x + 200 < left or x > right
        assert y == wanted[1] if free else y in (bottom + 8, top - 98)
        assert 0 <= y <= 700 - 90
