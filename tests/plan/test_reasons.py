"""Why a step is refused, as a word that a page says in its own words."""

import re
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_grid import plan as core
from gis_grid.errors import GisGridError
from gis_grid.plan import drawing, edits, stages
from gis_grid.plan.halving import split_evenly
from gis_grid.plan.log import Draft
from gis_grid.plan.spots import Spots
from tests.plan.drawn import WHO, plan

SPOT = shapely.box(10, -90, 20, -80)
"""In the first block of a drawn plan."""


def halved(state, grid):
    spots, rng = Spots(state), np.random.default_rng(7)
    return split_evenly(state, grid, "z", np.array([1.0]), spots, rng=rng)


def emptied():
    draft = Draft(plan("ab"))
    draft.do(edits.move_blocks(draft.state, [0], "b"), **WHO)
    return draft.state


REFUSED = {
    "not-draft": (lambda: stages.require_editable(stages.Stage.REVIEW), {"stage": "review"}),
    "code-taken": (lambda: edits.new_grid(plan("ab"), [0], "b"), {"code": "b"}),
    "code-taken ": (lambda: edits.rename(plan("ab"), [("a", "b")]), {"code": "b"}),
    "empty-grid": (lambda: edits.new_grid(plan("ab"), [], "c"), {"grid": "c"}),
    "empty-grid ": (lambda: halved(emptied(), "a"), {"grid": "a"}),
    "empty-grid  ": (
        lambda: drawing.move_building(emptied(), SPOT, "a", Spots(emptied())),
        {"grid": "a"},
    ),
    "broken-grid": (lambda: halved(plan("aba"), "a"), {"grid": "a", "pieces": "2"}),
    "no-border": (
        lambda: drawing.drag_border(
            plan("abc"), "a", "c", shapely.LineString([(0, 0), (9, 9)]), Spots(plan("abc"))
        ),
        {"one": "a", "other": "c"},
    ),
    "loose-line": (
        lambda: drawing.drag_border(
            plan("ab"), "a", "b", shapely.LineString([(10, -20), (20, -20)]), Spots(plan("ab"))
        ),
        {"one": "a", "other": "b"},
    ),
    "one-sided": (
        lambda: drawing.split_along(
            plan("ab"), "a", shapely.LineString([(150, -99), (150, 99)]), "c"
        ),
        {"grid": "a"},
    ),
    "changes-nothing": (
        lambda: Draft(plan("ab")).do(edits.move_blocks(plan("ab"), [0], "a"), **WHO),
        {},
    ),
    "nothing-to-undo": (lambda: Draft(plan("ab")).undo(**WHO), {}),
    "nothing-to-redo": (lambda: Draft(plan("ab")).redo(**WHO), {}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_says_its_reason_and_what_it_is_about(name):
    refused, about = REFUSED[name]
    with pytest.raises(GisGridError) as found:
        refused()
    assert found.value.reason == f"plan.{name.strip()}"
    assert dict(found.value.about) == about


def test_every_reason_has_words_in_both_languages():
    source = "".join(one.read_text() for one in Path(core.__file__).parent.glob("*.py"))
    given = set(re.findall(r'reason="(plan\.[a-z-]+)"', source))
    given |= {f"plan.locked-{kind}" for kind in ("grid", "border", "officer")}
    words = Path(__file__).parents[2] / "api" / "web" / "src" / "planner" / "words"
    for lang in ("zh", "en"):
        said = set(re.findall(r'"(plan\.[a-z-]+)":', (words / f"{lang}.ts").read_text("utf-8")))
        assert said == given
