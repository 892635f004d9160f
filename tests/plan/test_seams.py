"""What a cut asks of a few polygons, against shapely and against what is asked of a whole city."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.geo.corners import with_corners
from gis_grid.plan import rings, seams
from gis_grid.plan.blocks import outer_of
from gis_grid.plan.borders import edges_of, links_of
from tests.plan.drawn import CRS
from tests.plan.voronoi import cells

SEEDS = st.integers(0, 2**32 - 1)
RING = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
ISLANDS = shapely.MultiPolygon([shapely.box(3, 3, 4, 6), shapely.box(5, 3, 6, 6)])


def tiles(seed, count=30):
    return np.asarray(cells(count, np.random.default_rng(seed)), object)


def pieces(line):
    xy = shapely.get_coordinates(line)
    return np.hstack([xy[:-1], xy[1:]])


def drawn(seed, shapes):
    """Return a line that runs through polygons, for a while along a border of one of them."""
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(shapes)
    free = rng.uniform([west, south], [east, north], (4, 2))
    border = shapely.get_coordinates(shapes[int(rng.integers(len(shapes)))])[:2]
    return shapely.LineString([*free[:2], *border, *free[2:]])


@given(SEEDS)
def test_how_far_a_line_runs_inside_is_what_shapely_measures(seed):
    shapes = tiles(seed)
    line, flat = drawn(seed, shapes), rings.rings_of(shapes)
    found = rings.lengths_inside(flat.xy, flat.ring, flat.owner, pieces(line), 1e-6)
    inside = shapely.length(shapely.intersection(shapes, line))
    along = shapely.length(shapely.intersection(shapely.boundary(shapes), line))
    np.testing.assert_allclose(found, inside - along, atol=1e-4)


def test_a_line_through_a_hole_is_inside_on_both_sides_of_it():
    flat = rings.rings_of(np.array([RING, ISLANDS], object))
    line = pieces(shapely.LineString([(-5, 4), (20, 4)]))
    found = rings.lengths_inside(flat.xy, flat.ring, flat.owner, line, 1e-6)
    assert found.tolist() == pytest.approx([6.0, 2.0])


@given(SEEDS)
def test_who_is_at_a_point_is_who_contains_it(seed):
    shapes = tiles(seed)
    flat = rings.rings_of(shapes)
    points = np.random.default_rng(seed).uniform(-1_000, 11_000, (40, 2))
    found = rings.owners_at(flat.xy, flat.ring, flat.owner, points)
    for (x, y), owner in zip(points, found, strict=True):
        inside = np.flatnonzero(shapely.contains_xy(shapes, x, y))
        assert inside.tolist() == ([owner] if owner >= 0 else [])


@given(SEEDS)
def test_points_near_a_line_are_those_that_shapely_finds(seed):
    rng = np.random.default_rng(seed)
    line, points = shapely.LineString(rng.uniform(0, 9, (4, 2))), rng.uniform(0, 9, (50, 2))
    found = rings.near_line(points, pieces(line), 1.0)
    assert found.tolist() == (shapely.distance(line, shapely.points(points)) <= 1.0).tolist()


@given(SEEDS)
def test_corners_are_set_as_for_one_polygon(seed):
    shapes, rng = np.array([*tiles(seed), RING, ISLANDS], object), np.random.default_rng(seed)
    border = shapely.boundary(shapes[rng.integers(len(shapes), size=6)])
    spots = shapely.line_interpolate_point(border, rng.uniform(0, 1, 6), normalized=True)
    corners = np.vstack([shapely.get_coordinates(spots), shapely.get_coordinates(shapes[:2])])
    found = rings.with_corners_on(shapes, corners, 1e-6)
    for at, shape in enumerate(shapes):
        one = with_corners(shape, corners, near=1e-6)
        if at in found:
            assert shapely.equals_exact(found[at], one)
        else:
            assert shapely.get_num_coordinates(one) == shapely.get_num_coordinates(shape)


def test_nothing_gets_a_corner_where_there_is_nothing():
    assert rings.with_corners_on(np.array([RING], object), np.empty((0, 2)), 1e-6) == {}
    assert rings.with_corners_on(np.empty(0, object), np.zeros((1, 2)), 1e-6) == {}


@given(SEEDS, st.integers(1, 29))
def test_joins_are_the_links_and_borders_of_a_whole_city(seed, parts):
    shapes, rng = tiles(seed), np.random.default_rng(seed)
    flat, edges = rings.rings_of(shapes), edges_of(shapes)
    kind, opened = rng.integers(-1, 3, len(edges.owner)), rng.random(len(edges.owner)) < 0.1
    ends, sides = seams.edges_of_parts(flat.xy, flat.ring, flat.owner, parts)
    place = {(*xy, *who): at for at, (xy, who) in enumerate(zip(*edges_rows(edges), strict=True))}
    at = [place[*xy, *who] for xy, who in zip(ends.tolist(), sides.tolist(), strict=True)]
    assert len(at) == (edges.owner[:, 0] < parts).sum()
    joins = seams.joins_of(ends, sides, kind[at], opened[at], parts)
    links = links_of(edges, kind, opened, np.zeros(len(shapes), bool))
    own = links.pair[:, 0] < parts
    assert joins.pair.tolist() == links.pair[own].tolist()
    np.testing.assert_allclose(joins.border_m, np.c_[links.kinds_m, links.border_m][own])
    free = (joins.free_m >= np.minimum(1.0, joins.border_m[:, -1])) | joins.opened
    assert free.tolist() == links.walkable[own].tolist()
    outer = outer_of(edges.owner, edges.length_m, kind, len(shapes))
    np.testing.assert_allclose(joins.outer_m, outer[:parts], atol=1e-9)


def edges_rows(edges):
    return [tuple(row) for row in edges.ends_m.tolist()], edges.owner.tolist()


def left(new, old):
    """Return what `edges_left` finds of two sets of polygons."""
    now, known = rings.rings_of(np.array(new, object)), rings.rings_of(np.array(old, object))
    ring = np.append(now.ring, known.ring + len(now.part))
    xy = np.concatenate([now.xy, known.xy])
    return seams.edges_left(xy, ring, np.arange(len(xy)) < len(now.xy))


WEST, EAST = shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)
SOUTH = shapely.Polygon([(0, 0), (2, 0), (2, 1), (0, 1)])
NORTH = shapely.Polygon([(0, 1), (2, 1), (2, 2), (0, 2)])
CORNERED = with_corners(EAST, np.array([[2.0, 1.0]]), near=1e-6)


def test_a_clean_cut_leaves_the_same_outline():
    fresh, lost = left([SOUTH, NORTH, CORNERED], [WEST, EAST])
    assert fresh == lost == 2.0  # the outer border in the west got a corner


@pytest.mark.parametrize(
    "new",
    [
        [SOUTH, NORTH, EAST],  # the neighbour did not get the corner
        [SOUTH, shapely.box(0, 0.9, 2, 2), CORNERED],  # they overlap
    ],
)
def test_an_outline_that_does_not_fit_is_seen(new):  # how much ground there is, is asked apart
    fresh, lost = left(new, [WEST, EAST])
    assert abs(fresh - lost) > 0.1


@given(SEEDS)
def test_points_that_settle_are_on_known_ones_or_apart(seed):
    rng = np.random.default_rng(seed)
    known, xy = rng.uniform(0, 1, (5, 2)), rng.uniform(0, 1, (40, 2))
    moved, any_moved = rings.settled(xy, known, 0.1)
    far = np.hypot(*(xy[:, None] - known[None]).transpose(2, 0, 1))
    near = far.min(axis=1) <= 0.1
    np.testing.assert_array_equal(moved[near], known[far.argmin(axis=1)][near])
    for at in np.flatnonzero(~near):
        first = np.flatnonzero(np.hypot(*(xy - xy[at]).T) <= 0.1)[0]
        np.testing.assert_array_equal(moved[at], xy[first])
    assert any_moved == (moved != xy).any()
    assert rings.not_among(moved, xy).tolist() == [(xy != one).any(axis=1).all() for one in moved]


@given(SEEDS)
def test_hairs_are_corners_beside_a_line_that_does_not_end_there(seed):
    rng = np.random.default_rng(seed)
    lines = shapely.linestrings(rng.uniform(0, 1, (4, 2, 2)))
    xy, line = shapely.get_coordinates(lines, return_index=True)
    expected = False
    for at, point in enumerate(xy):
        others = lines[np.arange(4) != line[at]]
        along = shapely.line_locate_point(others, shapely.Point(point), normalized=True)
        apart = shapely.distance(others, shapely.Point(point))
        expected |= bool(((apart <= 0.05) & (along > 0) & (along < 1)).any())
    assert rings.has_hairs(xy, line, 0.05) == expected


def test_blocks_of_a_frame_are_read():
    series = gpd.GeoSeries([RING, ISLANDS], crs=CRS)
    flat = rings.rings_of(np.asarray(series, object))
    assert (len(flat.part), flat.shape.tolist()) == (4, [0, 1, 1])
