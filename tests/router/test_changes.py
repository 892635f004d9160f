"""Where owners may have changed: no point whose owner differs is ever left out."""

import geopandas as gpd
import h3.api.numpy_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import GeometryError, InputError
from gis_grid.router import cells, touched
from gis_grid.router.changes import (
    MOST_GRIDS,
    MOST_RANGES,
    changes_between,
    merged,
    ordinals,
    router_around,
)
from gis_grid.router.index import Router
from tests.router.coverages import PLACES, STEPS_DEG, triangles
from tests.router.oracle import owners

FACE_EDGE = [(-30.0, -47.0), (124.9, 31.7), (115.4, 44.6)]
"""Near borders of the icosahedron's faces."""

KINDS = ["flip", "merge", "split", "renumber", "vertex", "gone", "came", "order", "scatter"]


def grids(shapes, codes):
    return gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs="EPSG:4326")


def changed(rng, owner, kind):
    """Return who owns each triangle after a change of some kind."""
    new = owner.copy()
    one, other = rng.choice(owner, 2)
    match kind:
        case "flip":
            new[rng.integers(len(owner))] = other
        case "merge":
            new[new == one] = other
        case "split":
            new[(owner == one) & (rng.random(len(owner)) < 0.5)] = owner.max() + 1
        case "renumber":
            new[owner == one] = owner.max() + 1
        case "gone" | "came":
            new[owner == one] = -1
        case "scatter":
            new = rng.permutation(new)
    return new


def joined(corners, owner):
    parts = shapely.polygons(corners)
    names = sorted({*owner.tolist()} - {-1})
    return np.array([shapely.coverage_union_all(parts[owner == n]) for n in names]), names


@st.composite
def plans(draw, places=PLACES):
    """Old and new grids of a square, and points on its lattice and anywhere."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    size, count = draw(st.integers(2, 24)), draw(st.integers(1, 40))
    x0, y0 = draw(st.sampled_from(places))
    step = draw(st.sampled_from(STEPS_DEG))
    x0, y0 = np.clip(round(x0 / step) * step, -180, 180 - size * step), round(y0 / step) * step
    y0 = np.clip(y0, -90, 90 - size * step)
    kind = draw(st.sampled_from(KINDS))
    corners = triangles(rng, size, count).astype(float)
    owner = rng.integers(0, draw(st.integers(1, 9)), len(corners))
    pair = [joined(corners, owner), joined(corners, changed(rng, owner, kind))]
    if kind == "came":
        pair.reverse()
    frames = []
    for shapes, names in pair:
        lain = shapely.transform(shapes, lambda xy: xy * step + (x0, y0))
        frames.append(grids(lain, [f"g{name}" for name in names]))
    if kind == "vertex":
        frames[1].geometry = shapely.simplify(frames[1].geometry.to_numpy(), 0)
    if kind == "order":
        frames[1] = frames[1].iloc[rng.permutation(len(frames[1]))].reset_index(drop=True)
    lattice = rng.integers(-2, 2 * size + 3, (40, 2)) / 2
    xy = np.vstack([lattice, rng.uniform(-1, size + 1, (60, 2))]) * step + (x0, y0)
    return (*frames, xy[:, 0], xy[:, 1])


def names_of(frame, lon, lat):
    rows = owners(frame.geometry.to_numpy(), lon, lat)
    return np.append(frame["code"].to_numpy(object), [None])[rows]


def in_ranges(changes, cell):
    return [any(low <= one <= high for low, high in changes.ranges) for one in cell.tolist()]


def in_boxes(changes, lon, lat):
    return [
        any(w <= x <= e and s <= y <= n for w, s, e, n in changes.boxes)
        for x, y in zip(lon.tolist(), lat.tolist(), strict=True)
    ]


def require_complete(old, new, lon, lat):
    changes = changes_between(old, new)
    before, after = names_of(old, lon, lat), names_of(new, lon, lat)
    differs = np.array([a != b for a, b in zip(before, after, strict=True)], bool)
    on_earth = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    differs &= on_earth
    lon, lat = lon[differs], lat[differs]
    cell = np.array([h3.latlng_to_cell(y, x, 12) for x, y in zip(lon, lat, strict=True)], np.int64)
    assert all(in_ranges(changes, cell))
    assert all(in_boxes(changes, lon, lat))
    return int(differs.sum())


@given(plan=plans())
def test_no_changed_point_is_left_out_anywhere_on_earth(plan):
    require_complete(*plan)


@given(plan=plans(places=[(123.0, 41.1), (-71.0, 42.3), *FACE_EDGE]))
def test_no_changed_point_is_left_out_in_cities_and_on_the_borders_of_faces(plan):
    require_complete(*plan)


@given(plan=plans(places=[(123.0, 41.1)]))
def test_a_rough_cover_holds_all_that_an_exact_one_does(plan):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(touched, "MOST_CELLS", 0)
        require_complete(*plan)


@given(plan=plans(places=[(123.0, 41.1), (104.0, 30.6)]))
def test_overlapping_grids_that_change_their_rank_are_looked_at(plan):
    old, _, lon, lat = plan
    grown = shapely.buffer(old.geometry.to_numpy()[:3], np.ptp(lon) / 8, quad_segs=1)
    wider = grids(grown, old["code"][:3])
    require_complete(wider, wider.iloc[::-1].reset_index(drop=True), lon, lat)


def test_the_property_above_meets_points_that_differ():
    """An empty test would pass as well: whole grids change here, and most points with them."""
    old = grids([shapely.box(123, 41, 123.1, 41.1)], ["a"])
    new = grids([shapely.box(123, 41, 123.1, 41.1)], ["b"])
    rng = np.random.default_rng(7)
    assert (
        require_complete(old, new, rng.uniform(123, 123.1, 500), rng.uniform(41, 41.1, 500)) > 490
    )


def test_only_cells_near_the_moved_border_are_looked_at():
    west, east = shapely.box(123, 41, 123.004, 41.003), shapely.box(123.004, 41, 123.008, 41.003)
    rest = shapely.box(123.008, 41, 123.1, 41.1)
    old = grids([west, east, rest], ["a", "b", "c"])
    bent = [(123.004, 41), (123.0045, 41.0015), (123.004, 41.003)]
    new_west = shapely.Polygon([(123, 41), *bent, (123, 41.003)])
    new_east = shapely.Polygon([bent[0], (123.008, 41), (123.008, 41.003), *bent[:0:-1]])
    changes = changes_between(old, grids([new_west, new_east, rest], ["a", "b", "c"]))
    assert changes.codes == ("a", "b")
    assert changes.boxes == ((123.004, 41.0, 123.0045, 41.003),)
    lon, lat = np.meshgrid(np.linspace(123, 123.1, 300), np.linspace(41, 41.1, 300))
    hit = np.array(in_ranges(changes, cells.encode(lon=lon.ravel(), lat=lat.ravel())))
    far = shapely.distance(shapely.Point(123.004, 41.0015), shapely.points(lon, lat)).ravel()
    assert hit.any()
    assert far[hit].max() < 0.0025
    assert len(changes.ranges) < 60


def test_the_same_grids_in_any_datatype_change_nothing():
    frame = grids([shapely.box(0, 0, 1, 1), None, shapely.Polygon()], [1, 2, 3])
    assert changes_between(frame, frame.assign(code=["1", "2", "3"])).ranges == ()
    assert changes_between(frame, frame.iloc[:1]).ranges == ()  # the others owned nothing


def test_everything_is_looked_at_when_too_much_changed():
    shapes = [shapely.box(x, 0, x + 0.001, 0.001) for x in np.arange(MOST_GRIDS + 1) / 1000]
    old = grids(shapes, [f"a{n}" for n in range(len(shapes))])
    changes = changes_between(old, old.assign(code=[f"b{n}" for n in range(len(shapes))]))
    assert in_ranges(changes, cells.encode(lon=[77.0, -77.0], lat=[1.0, -80.0])) == [True, True]
    assert in_boxes(changes, np.array([180.0]), np.array([-90.0])) == [True]


def test_refuses_what_a_router_refuses():
    fine = grids([shapely.box(0, 0, 1, 1)], ["a"])
    bow = grids([shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])], ["a"])
    with pytest.raises(GeometryError, match="row 0"):
        changes_between(fine, bow)
    with pytest.raises(InputError, match="names two grids"):
        changes_between(fine, grids([None, None], ["a", "a"]))


@given(st.lists(st.integers(0, 7**5), max_size=60), st.integers(0, 121))
def test_merged_ranges_hold_the_same_cells_and_few_more(places, base):
    digits = np.array([[p // 7**k % 7 for k in range(4, -1, -1)] for p in places])
    digits = digits.reshape(-1, 5).astype(np.int64)
    code = np.full(len(places), 1 << 59 | 12 << 52 | base << 45 | 0o777, np.int64)
    for level in range(5):
        code |= digits[:, level] << 3 * (15 - 8 - level)
    low, high = merged([(code[::2], code[::2]), (code[1::2], code[1::2])])
    assert (ordinals(low[1:]) - ordinals(high[:-1]) > 7).all()
    inside = [(low <= one) & (one <= high) for one in code]
    assert all(hit.sum() == 1 for hit in inside)
    assert set(low.tolist()) | set(high.tolist()) <= set(code.tolist())


def test_there_are_never_too_many_ranges():
    rng = np.random.default_rng(3)
    lonely = cells.encode(lon=rng.uniform(100, 120, 9_000), lat=rng.uniform(20, 40, 9_000))
    low, high = merged([(lonely, lonely)])
    assert len(low) <= MOST_RANGES
    place = np.searchsorted(low, lonely, side="right") - 1
    assert (lonely <= high[place]).all()


@given(plan=plans(places=[(123.0, 41.1), (-71.0, 42.3)]))
def test_a_router_around_points_answers_as_one_over_everything(plan):
    frame, _, lon, lat = plan
    around = router_around(frame, lon=lon, lat=lat).locate_many(lon=lon, lat=lat)
    assert around.code.tolist() == Router.build(frame).locate_many(lon=lon, lat=lat).code.tolist()


@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=3),
    st.integers(0, 2),
)
def test_disks_are_those_of_h3(places, rings):
    lon, lat = np.array(places).T
    around = cells.encode(lon=lon, lat=lat, resolution=9)
    truth = {int(one) for cell in around.tolist() for one in h3.grid_disk(cell, rings)}
    assert cells.disks(around, rings=rings).tolist() == sorted(truth)
