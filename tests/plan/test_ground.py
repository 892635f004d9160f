"""Blocks of drawn streets, and of a whole made-up city."""

import numpy as np
import pytest
import shapely

from gis_grid.errors import GeometryError, InputError
from gis_grid.plan.ground import Ground, Named, lay_out
from gis_grid.plan.linework import LineKind, carve, closed_walls
from gis_grid.plan.state import PlanState
from tests.plan import oracle

EPSG = 4549
NONE = np.empty(0, object)


def shapes(*given):
    array = np.empty(len(given), object)
    array[:] = given
    return array


GRID = Named(shapes(shapely.box(0, 0, 400, 300)), np.array(["g"], object))
MAIN = shapely.LineString([(0, 150), (400, 150)])


def laid(**more):
    return lay_out(Ground(epsg=EPSG, **({"grids": GRID} | more)))


def test_a_street_makes_two_blocks_and_is_shared():
    found = laid(streets=shapes(MAIN, shapely.LineString([(100, 150), (100, 250)])))
    assert len(found.blocks) == 2
    assert found.assignment.tolist() == [0, 0]
    patrol = sorted(found.blocks.column("patrol_m"))
    assert patrol == pytest.approx([200, 300])  # half of the street each, the dead end whole
    assert found.blocks.links.kinds_m.tolist() == [[400, 0, 0]]


def test_counts_what_lies_in_each_block():
    houses = shapes(shapely.box(10, 10, 30, 30), shapely.box(190, 140, 220, 200))
    found = laid(
        streets=shapes(MAIN),
        buildings=houses,
        people=np.array([[5, 12, 3], [np.nan, 4, 1]]),
        facilities=shapes(shapely.Point(1, 1), shapely.Point(1, 299), None),
        incidents=shapes(shapely.Point(1, 1), shapely.Point(2, 2), shapely.Point(999, 1)),
        handling_minutes=np.array([30.0, np.nan, 10.0]),
        years=2.0,
    )
    south = int(np.argmin([one.centroid.y for one in found.blocks.shapes]))
    weights = dict(zip(found.blocks.names, found.blocks.weights[south], strict=True))
    assert weights["households"] == 5
    assert weights["facilities"] == 1
    assert weights["incidents_a_year"] == 1
    assert weights["handling_minutes_a_year"] == 15
    assert found.blocks.column("buildings").sum() == 2
    assert found.blocks.houses.tolist() == [[1, 0], [1, 1]]
    np.testing.assert_allclose(
        found.blocks.things.weights.sum(axis=0)[:8], found.blocks.weights.sum(axis=0)[:8]
    )


def test_a_river_is_a_block_that_parts_and_a_bridge_that_joins():
    river = shapely.box(0, 140, 400, 170)
    bridge = shapely.LineString([(200, 135), (200, 175)])
    alone = laid(water=shapes(river))
    assert alone.blocks.water.sum() == 1
    assert PlanState(alone.blocks, alone.assignment, ["g"]).pieces([0]).tolist() == [2]
    crossed = laid(water=shapes(river), bridges=shapes(bridge))
    assert PlanState(crossed.blocks, crossed.assignment, ["g"]).pieces([0]).tolist() == [1]


def test_a_walled_yard_is_a_block_and_its_gate_lets_people_in():
    wall = shapely.LineString([(102, 50), (50, 50), (50, 120), (150, 120), (150, 50), (108, 50)])
    shut = laid(walls=shapes(wall))
    assert len(shut.blocks) == 2
    assert shut.blocks.links.walkable.tolist() == [True]  # the gap of the gate is no wall
    ring = shapely.LinearRing([(50, 50), (50, 120), (150, 120), (150, 50)])
    closed = laid(walls=shapes(ring))
    assert closed.blocks.links.walkable.tolist() == [False]
    gate = laid(walls=shapes(ring), gates=shapes(shapely.Point(100, 51)))
    assert gate.blocks.links.walkable.tolist() == [True]


def test_a_street_on_a_border_leaves_no_sliver_and_the_border_exact():
    two = Named(
        shapes(shapely.box(0, 0, 200.00017, 300), shapely.box(200.00017, 0, 400, 300)),
        np.array(["a", "b"], object),
    )
    beside = shapely.LineString([(200.9, 0), (201.3, 300)])
    found = laid(grids=two, streets=shapes(beside))
    assert len(found.blocks) == 2
    for grid in (0, 1):
        own = found.blocks.shapes[found.assignment == grid]
        assert shapely.union_all(own).symmetric_difference(two.shapes[grid]).area < 1e-9
    assert found.blocks.links.kinds_m[0, 0] == 300
    assert found.blocks.column("patrol_m").sum() == pytest.approx(beside.length)


def test_without_grids_the_lines_decide():
    streets = shapes(
        shapely.LinearRing([(0, 0), (90, 0), (90, 90), (0, 90)]),
        shapely.LineString([(45, -5), (45, 95)]),
    )
    found = laid(grids=Named(), streets=streets)
    assert len(found.blocks) == 2
    assert found.assignment.tolist() == [-1, -1]


def test_gaps_of_gates_are_closed_but_not_wide_ones():
    near = shapely.LineString([(4, 0), (0, 0), (0, 9), (9, 9), (9, 0), (6, 0)])
    assert len(closed_walls(shapes(near), gap_m=3)) == 2
    assert len(closed_walls(shapes(near), gap_m=1)) == 1


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: laid(grids=Named(), streets=shapes(MAIN)), GeometryError, "enclose nothing"),
        (lambda: laid(years=0), InputError, "0 years"),
        (
            lambda: carve(
                shapes(shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)), {LineKind.STREET: NONE}
            ),
            GeometryError,
            "grid 0 overlaps",
        ),
    ],
)
def test_refuses_what_makes_no_blocks(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_a_city_is_represented_exactly(town):
    city, ground = town
    found = lay_out(ground)
    state = PlanState(found.blocks, found.assignment, [*ground.grids.codes])
    grids = city.layer("grids").set_index("code")
    counted = state.sums(range(state.grids))[:, 0]
    np.testing.assert_array_equal(counted, grids.loc[state.codes, "households"].to_numpy(float))
    np.testing.assert_allclose(
        state.area_m2(range(state.grids)), shapely.area(ground.grids.shapes), rtol=1e-9
    )
    assert shapely.coverage_is_valid(found.blocks.shapes)
    for grid in range(0, state.grids, 40):
        lost = oracle.outline(state, grid).symmetric_difference(ground.grids.shapes[grid])
        assert lost.area < 1e-6
    assert (state.pieces(range(state.grids)) == 1).all()
    walked = found.blocks.column("patrol_m").sum()
    assert walked == pytest.approx(shapely.length(ground.streets).sum(), rel=0.01)
