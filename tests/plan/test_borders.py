"""Borders and neighbours against shapely and by eye."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CrsError, GeometryError, InputError
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.borders import Barriers, edges_of, straight_pieces
from tests.plan.drawn import CRS, blocks

NONE = np.empty(0, object)


def barriers(*, street=NONE, wall=NONE, water=NONE, gates=NONE, bridges=NONE):
    lines = tuple(straight_pieces(np.asarray(one, object)) for one in (street, wall, water))
    return Barriers(lines, np.asarray(gates, object), np.asarray(bridges, object))


@given(st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_borders_are_what_shapely_measures(rows, columns, random):
    xs = np.cumsum([0, *(random.uniform(1, 9) for _ in range(columns))])
    ys = np.cumsum([0, *(random.uniform(1, 9) for _ in range(rows))])
    shapes = [
        shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for j in range(rows) for i in range(columns)
    ]
    made = blocks_of(gpd.GeoSeries(shapes, crs=CRS))
    found = {
        tuple(pair): border
        for pair, border in zip(made.links.pair.tolist(), made.links.border_m, strict=True)
    }
    for a in range(len(shapes)):
        for b in range(a + 1, len(shapes)):
            common = shapes[a].intersection(shapes[b]).length
            assert found.get((a, b), 0.0) == pytest.approx(common, abs=1e-9)
    own = made.outer_m[:, -1].copy()
    np.add.at(own, made.links.pair.T.ravel(), np.tile(made.links.border_m, 2))
    np.testing.assert_allclose(own, shapely.length(shapes))


def test_a_block_of_several_parts_has_all_its_borders():
    ring = (
        shapely.box(0, 0, 9, 9)
        .difference(shapely.box(1, 1, 2, 2))
        .difference(shapely.box(5, 5, 7, 7))
    )
    islands = shapely.MultiPolygon([shapely.box(1, 1, 2, 2), shapely.box(5, 5, 7, 7)])
    made = blocks_of(gpd.GeoSeries([ring, islands], crs=CRS))
    assert made.links.border_m.tolist() == [12.0]
    assert made.outer_m[:, -1].tolist() == [36.0, 0.0]


def test_a_wall_is_no_way_but_a_gate_is():
    wall = [shapely.LineString([(100, 0), (100, -100)])]
    shut = blocks("ab", barriers=barriers(wall=wall))
    open_ = blocks("ab", barriers=barriers(wall=wall, gates=[shapely.Point(101, -50)]))
    assert shut.links.walkable.tolist() == [False]
    assert open_.links.walkable.tolist() == [True]
    assert shut.links.kinds_m.tolist() == [[0.0, 100.0, 0.0]]


def test_a_river_parts_and_a_bridge_joins():
    river = [shapely.LineString([(100, 0), (100, -100)])]
    assert blocks("ab", barriers=barriers(water=river)).links.walkable.tolist() == [False]
    bridge = [shapely.LineString([(50, -50), (150, -50)])]
    crossed = blocks("ab", barriers=barriers(water=river, bridges=bridge))
    assert crossed.links.walkable.tolist() == [True]


def test_land_and_water_touch_but_nobody_walks():
    made = blocks("a~b")
    assert made.links.pair.tolist() == [[0, 1], [1, 2]]
    assert made.links.walkable.tolist() == [False, False]
    over = blocks("a~b", bridges=np.array([[0, 2]]))
    assert over.links.pair.tolist() == [[0, 1], [1, 2], [0, 2]]
    assert over.links.walkable.tolist() == [False, False, True]
    assert over.links.border_m[-1] == 0


def test_a_border_runs_along_a_street_that_is_near_and_alike():
    near = [shapely.LineString([(104, 0), (104, -100)])]
    across = [shapely.LineString([(0, -50), (200, -50)])]
    assert blocks("ab", barriers=barriers(street=near)).links.kinds_m[0, 0] == 100
    assert blocks("ab", barriers=barriers(street=across)).links.kinds_m[0, 0] == 0


def test_no_shapes_have_no_edges():
    assert len(edges_of(np.array([None, shapely.Polygon()], object)).owner) == 0


@pytest.mark.parametrize(
    ("shapes", "more", "error", "said"),
    [
        (
            [shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)],
            {},
            GeometryError,
            "B00000[12] overlap",
        ),
        ([shapely.Point(0, 0)], {}, GeometryError, "B000001 has no polygon"),
        ([shapely.box(0, 0, 1, 1)], {"weights": {"w": [-1]}}, InputError, "w of block B000001"),
        ([shapely.box(0, 0, 1, 1)], {"weights": {"w": [1, 2]}}, InputError, "2 values for 1"),
        (
            [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
            {"codes": ["x", "x"]},
            InputError,
            "x is there 2 times",
        ),
    ],
)
def test_refuses_what_is_no_block(shapes, more, error, said):
    with pytest.raises(error, match=said):
        blocks_of(gpd.GeoSeries(shapes, crs=CRS), **more)


def test_refuses_degrees():
    with pytest.raises(CrsError, match="EPSG:4326"):
        blocks_of(gpd.GeoSeries([shapely.box(0, 0, 1, 1)], crs=4326))
