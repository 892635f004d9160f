import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.tiles.columns import columns_of
from gis_grid.tiles.encode import encode
from gis_grid.tiles.mercator import Tile
from gis_grid.tiles.paths import lines_of, points_of, rings_of
from tests.tiled import decoded, shapes

WORLD = Tile(0, 0, 0)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False),
    st.text(max_size=5),
)
UNITS = st.integers(0, 4096)
BOXES = st.tuples(UNITS, UNITS, st.integers(1, 900), st.integers(1, 900))


def in_world(shape):
    """Bring units of tile 0/0/0 into shares of the world."""
    return shapely.transform(shape, lambda xy: xy / 4096)


def array(items):
    found = np.empty(len(items), dtype=object)
    found[:] = items
    return found


def box_of(spec):
    left, top, wide, high = spec
    return shapely.box(left, top, min(left + wide, 4160), min(top + high, 4160))


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=20))
def test_properties_come_back_with_their_types(rows):
    columns = columns_of({"一": [a for a, _ in rows], "b": [b for _, b in rows]})
    paths = points_of(np.full((len(rows), 2), 0.5), WORLD)
    features = decoded(encode("点", "point", paths, columns), "点")
    wanted = [
        {key: value for key, value in zip(("一", "b"), row, strict=True) if value is not None}
        for row in rows
    ]
    assert [feature["properties"] for feature in features] == wanted
    assert [[type(v) for v in f["properties"].values()] for f in features] == [
        [type(v) for v in row.values()] for row in wanted
    ]


@given(st.lists(BOXES, min_size=1, max_size=8))
def test_areas_come_back_as_they_are(specs):
    boxes = [box_of(spec) for spec in specs]
    paths = rings_of(array([in_world(box) for box in boxes]), WORLD)
    features = decoded(encode("a", "area", paths, columns_of({"n": range(len(boxes))})), "a")
    kept = [feature["properties"]["n"] for feature in features]
    wanted = [box.intersection(shapely.box(-64, -64, 4160, 4160)) for box in boxes]
    assert kept == [n for n, box in enumerate(wanted) if box.area > 0]
    for n, found in zip(kept, shapes(features), strict=True):
        assert found.equals(wanted[n])


def test_holes_and_parts_are_kept_and_wound_as_the_format_wants():
    ring = shapely.Polygon(
        shapely.box(0, 0, 100, 100).exterior, [shapely.box(20, 20, 40, 40).exterior]
    )
    both = shapely.MultiPolygon([shapely.box(200, 0, 300, 10), ring])
    paths = rings_of(array([in_world(both)]), WORLD)
    [found] = shapes(decoded(encode("a", "area", paths, {}), "a"))
    assert found.equals(both)
    rings = [paths.points[a:b] for a, b in zip(paths.starts, paths.starts[1:], strict=False)]
    turns = [shapely.LinearRing(ring).is_ccw for ring in rings]
    # y grows downwards, so what looks clockwise on screen is counter-clockwise in the numbers
    assert sorted(turns) == [False, True, True]


@pytest.mark.parametrize("missing", [None, shapely.Polygon(), shapely.MultiPolygon()])
def test_nothing_is_drawn_of_missing_and_empty_areas(missing):
    paths = rings_of(array([missing, in_world(shapely.box(0, 0, 9, 9))]), WORLD)
    features = decoded(encode("a", "area", paths, columns_of({"n": [0, 1]})), "a")
    assert [feature["properties"]["n"] for feature in features] == [1]


def test_what_rounds_to_nothing_is_left_out_with_its_holes():
    thin = shapely.Polygon([(0, 0), (9, 0), (9, 0.2), (0, 0.2)])
    assert not len(rings_of(array([in_world(thin)]), WORLD).owners)
    holed = shapely.Polygon(shapely.box(0, 0, 50, 50).exterior, [[(5, 5), (5.2, 5), (5, 5.2)]])
    [found] = shapes(
        decoded(encode("a", "area", rings_of(array([in_world(holed)]), WORLD), {}), "a")
    )
    assert found.equals(shapely.box(0, 0, 50, 50))


@given(st.lists(st.tuples(UNITS, UNITS), min_size=2, max_size=9))
def test_lines_come_back_without_repeated_points(points):
    line = shapely.LineString(points)
    features = decoded(encode("l", "line", lines_of(array([in_world(line)]), WORLD), {}), "l")
    fresh = [a for a, b in zip(points, [None, *points], strict=False) if a != b]
    if len(fresh) == 1:
        assert features == []
        return
    [found] = shapes(features)
    assert list(found.coords) == fresh


def test_lines_are_cut_at_the_buffer_and_keep_their_parts():
    line = shapely.MultiLineString(
        [[(-500, 100), (500, 100)], [(5000, 0), (6000, 0)], [(1, 1), (2, 2)]]
    )
    [found] = shapes(
        decoded(encode("l", "line", lines_of(array([in_world(line)]), WORLD), {}), "l")
    )
    assert found.equals(shapely.MultiLineString([[(-64, 100), (500, 100)], [(1, 1), (2, 2)]]))


@given(st.lists(st.floats(-60, 60), min_size=4, max_size=4))
def test_a_vertex_has_the_same_place_in_every_tile(sides):
    west, east = sorted(sides[:2])
    north, south = sorted(sides[2:])
    corner = shapely.transform(shapely.box(west, north, east, south), lambda xy: xy / 8192 + 0.5)
    seen = []
    for x in (0, 1):
        for y in (0, 1):
            points = rings_of(array([corner]), Tile(1, x, y)).points
            seen.append(np.add(points, (x * 4096, y * 4096)).tolist())
    assert seen == [seen[0]] * 4
