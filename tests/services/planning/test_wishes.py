"""Wishes over the wire mean edits of the draft; what is shown of it adds up."""

import numpy as np
import pytest
import shapely
from pydantic import ValidationError

from gis_grid.errors import GisGridError, InputError
from gis_grid.geo.crs import unproject
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.telling import (
    blocks_within,
    changed_by,
    told_blocks,
    told_grids,
)
from gis_grid.services.planning.wishes import WISH
from gis_grid.storage.database import open_engine
from tests import databases, planned
from tests.planned import EPSG, NOW, ORIGIN_M, SIDE


@pytest.fixture(scope="module")
def template(sqlite_template, tmp_path_factory):
    """Return a file with the planned city: what is asked here is the same on all databases."""
    folder = tmp_path_factory.mktemp("planned")
    url = databases.sqlite_database(folder, sqlite_template)
    engine = open_engine(url)
    number = planned.store(engine).number
    engine.dispose()
    return folder / "test.db", number


@pytest.fixture
def engine(template, tmp_path):
    engine = open_engine(databases.sqlite_database(tmp_path, template[0]))
    yield engine
    engine.dispose()


@pytest.fixture
def number(template):
    return template[1]


def degrees(*places):
    """Return places given in hundreds of metres from the corner of the plan."""
    x, y = (np.array(places, float) * 100 + ORIGIN_M).T
    lon, lat = unproject(x_m=x, y_m=y, epsg=EPSG)
    return [list(pair) for pair in zip(lon.tolist(), lat.tolist(), strict=True)]


WISHES = {
    "brush": {"do": "move_blocks", "blocks": ["B000001", "B000002"], "to": "g1"},
    "rectangle": {
        "do": "move_inside",
        "area": degrees((0, 0), (2, 0), (2, 2), (0, 2)),
        "to": "g3",
    },
    "out": {"do": "move_blocks", "blocks": ["B000036"], "to": None},
    "new": {"do": "new_grid", "blocks": ["B000001"], "code": "g9"},
    "merge": {"do": "merge", "grids": ["g1"], "into": "g0"},
    "split": {
        "do": "split_by_line",
        "grid": "g0",
        "line": degrees((1.3, 0), (1.4, 3)),
        "code": "h",
    },
    "evenly": {"do": "split_evenly", "grid": "g0", "code": "h"},
    "claim": {
        "do": "claim_area",
        "area": degrees((2.5, 1), (3.5, 1), (3.5, 2), (2.5, 2)),
        "to": "g0",
    },
    "drag": {
        "do": "drag_border",
        "one": "g0",
        "other": "g1",
        "line": degrees((3, 0), (2.4, 1.5), (3, 3)),
    },
    "rename": {"do": "rename", "codes": [["g0", "g1"], ["g1", "g0"]]},
    "lock": {"do": "lock", "kind": "grid", "codes": ["g2"], "locked": True},
}


def take(desk, number, wish, seen):
    asked = WISH.validate_python(wish)
    return desk.do(number, asked.edit, seen=seen, author="ann", now=NOW)


def told(desk, number):
    with desk.look(number) as (_, held):
        return (
            told_grids(held.state, held.state.living_grids()),
            told_blocks(held.state, held.state.alive()),
        )


def in_force(features, geometry):
    return {one["id"]: (one["properties"], geometry and one["geometry"]) for one in features}


@pytest.mark.parametrize("name", WISHES)
def test_what_a_step_changed_is_all_that_it_changed(engine, number, name):
    desk = Desk(engine)
    before = [in_force(part, geometry=True) for part in told(desk, number)]
    taken = take(desk, number, WISHES[name], 0)
    with desk.look(number) as (_, held):
        changed = changed_by(held.draft, [taken.entry])
    after = [in_force(part, geometry=True) for part in told(desk, number)]
    for kept, fresh, gone, now in zip(
        before,
        (changed.grids, changed.blocks),
        (changed.grids_gone, changed.blocks_gone),
        after,
        strict=True,
    ):
        patched = {code: one for code, one in kept.items() if code not in gone}
        patched.update(in_force(fresh, geometry=True))
        assert patched == now
        assert not set(gone) & set(now)


@pytest.mark.parametrize("name", WISHES)
def test_taken_back_everything_is_as_it_was(engine, number, name):
    desk = Desk(engine)
    before = [in_force(part, geometry=True) for part in told(desk, number)]
    take(desk, number, WISHES[name], 0)
    assert told(desk, number) != before
    desk.undo(number, seen=1, author="bob", now=NOW)
    after = [in_force(part, geometry=True) for part in told(desk, number)]
    for was, now in zip(before, after, strict=True):
        assert {code: shape for code, (_, shape) in was.items()} == {
            code: shape for code, (_, shape) in now.items()
        }


@pytest.mark.parametrize("name", sorted(set(WISHES) - {"out"}))
def test_the_ground_and_the_households_stay_the_same_in_sum(engine, number, name):
    desk = Desk(engine)
    take(desk, number, WISHES[name], 0)
    grids, blocks = told(desk, number)
    area_m2 = (SIDE * 100) ** 2
    assert sum(one["properties"]["area_m2"] for one in grids) == pytest.approx(area_m2, rel=1e-9)
    expected = planned.start().blocks.column("households").sum()
    for features in (grids, blocks):
        people = sum(one["properties"]["weights"]["households"] for one in features)
        assert people == pytest.approx(expected, rel=1e-9)
    shapes = [shapely.geometry.shape(one["geometry"]) for one in grids if one["geometry"]]
    whole = shapely.union_all(shapes)
    assert sum(one.area for one in shapes) == pytest.approx(whole.area, rel=1e-7)


def test_the_figures_of_a_grid_are_those_of_its_blocks(engine, number):
    desk = Desk(engine)
    take(desk, number, WISHES["brush"], 0)
    grids, blocks = told(desk, number)
    for grid in grids:
        own = [b for b in blocks if b["properties"]["grid_code"] == grid["id"]]
        assert grid["properties"]["blocks"] == len(own)
        people = sum(one["properties"]["weights"]["households"] for one in own)
        assert grid["properties"]["weights"]["households"] == pytest.approx(people)


def test_blocks_are_found_by_a_box(engine, number):
    desk = Desk(engine)
    (west, south), (east, north) = degrees((0.2, 0.2), (1.8, 0.8))
    with desk.look(number) as (_, held):
        found = blocks_within(held, (west, south, east, north))
        assert [held.state.code(int(one)) for one in found] == ["B000001", "B000002"]
        assert len(blocks_within(held, (-180, -90, 180, 90))) == SIDE**2
        assert len(blocks_within(held, (10, 10, 11, 11))) == 0


@pytest.mark.parametrize(
    "wish",
    [
        {"do": "fly", "to": "g0"},
        {"do": "move_blocks", "blocks": [], "to": "g0"},
        {"do": "move_blocks", "blocks": ["B000001"], "to": "g0", "more": 1},
        {"do": "split_by_line", "grid": "g0", "line": [[0, 0]], "code": "x"},
        {"do": "split_by_line", "grid": "g0", "line": [[0, 0], [0, float("nan")]], "code": "x"},
        {"do": "claim_area", "area": [[0, 0], [0, 91], [1, 1]], "to": "g0"},
        {"do": "new_grid", "blocks": ["B000001"], "code": "\0"},
        {"do": "lock", "kind": "planet", "codes": ["g0"], "locked": True},
        {},
        [],
    ],
)
def test_a_wish_that_is_none_is_refused(wish):
    with pytest.raises(ValidationError):
        WISH.validate_python(wish)


@pytest.mark.parametrize(
    "wish",
    [
        {"do": "split_by_line", "grid": "g0", "line": degrees((1, 1), (1, 1)), "code": "x"},
        {"do": "split_by_line", "grid": "g0", "line": degrees((5, 5), (5, 6)), "code": "x"},
        {"do": "claim_area", "area": degrees((0, 0), (1, 1), (1, 0), (0, 1)), "to": "g0"},
        {"do": "drag_border", "one": "g0", "other": "g3", "line": degrees((0, 0), (1, 1))},
        {"do": "move_building", "building": "none", "to": "g0"},
        {"do": "split_along", "grid": "g0", "street": "none", "code": "x"},
        {"do": "move_compound", "compound": "none", "to": "g0"},
        {"do": "new_grid", "blocks": ["B000001"], "code": "g1"},
        {"do": "lock", "kind": "border", "codes": ["g0"], "locked": True},
    ],
)
def test_a_wish_that_cannot_be_granted_says_why(engine, number, wish):
    desk = Desk(engine)
    with pytest.raises(GisGridError) as refused:
        take(desk, number, wish, 0)
    assert len(str(refused.value)) > 20
    with desk.look(number) as (plan, held):
        assert (plan.step, len(held.draft.log)) == (0, 0)


def test_a_block_that_was_cut_stands_for_its_parts(engine, number):
    desk = Desk(engine)
    take(desk, number, WISHES["split"], 0)
    with desk.look(number) as (_, held):
        parts = held.blocks(["B000002"])
        assert [held.state.code(one) for one in parts] == ["B000002-1", "B000002-2"]
        assert held.blocks(["B000002-1"]) == parts[:1]
    desk.undo(number, seen=1, author="ann", now=NOW)
    with desk.look(number) as (_, held), pytest.raises(InputError, match="no block 'B000002-1'"):
        held.blocks(["B000002-1"])
