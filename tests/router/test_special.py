"""Special grids against shapely, one by one."""

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CrsError, GeometryError, InputError
from gis_grid.router.special import TOLERANCE_M, SpecialIndex
from tests.router.planes import HERE, flat

WEST, SOUTH, SIZE = 123.0, 41.0, 0.01
SLACK_M = 0.2
"""Scale of a zone at its edge, over the half kilometre that is looked at."""


def corner(draw):
    return WEST + draw(st.integers(0, 40)) * SIZE / 40, SOUTH + draw(st.integers(0, 40)) * SIZE / 40


@st.composite
def layers(draw):
    shapes, ranks, tolerances = [], [], []
    for _ in range(draw(st.integers(0, 6))):
        one, other = corner(draw), corner(draw)
        ranks.append(draw(st.integers(0, 2)))
        tolerances.append(draw(st.sampled_from([0.0, 5.0, 40.0])))
        if one == other:
            shapes.append(None)
        elif draw(st.booleans()) and one[0] != other[0] and one[1] != other[1]:
            shapes.append(shapely.box(*np.minimum(one, other), *np.maximum(one, other)))
        else:
            shapes.append(shapely.LineString([one, other]))
    codes = [f"s{row}" for row in range(len(shapes))]
    rows = {"code": codes, "rank": ranks, "wide": tolerances}
    return gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")


POINTS = st.tuples(st.floats(-0.1, 1.1), st.floats(-0.1, 1.1))


def margins(frame, lon, lat):
    """Return how deep in the reach of each grid a point is, negative outside; None without one."""
    shapes = flat(frame.geometry.to_numpy(), lon, lat)
    for code, tolerance, shape in zip(frame["code"], frame["wide"], shapes, strict=True):
        if shape is None:
            continue
        if shape.geom_type == "LineString":
            yield code, tolerance - shape.distance(HERE)
        elif shape.intersects(HERE):
            yield code, shape.boundary.distance(HERE)
        else:
            yield code, -shape.distance(HERE)


def build(frame):
    return SpecialIndex.build(frame, priority="rank", tolerance_m="wide")


@given(frame=layers(), where=POINTS)
def test_the_highest_rank_that_reaches_the_point_owns_it(frame, where):
    lon, lat = WEST + where[0] * SIZE, SOUTH + where[1] * SIZE
    known = dict(margins(frame, lon, lat))
    if any(abs(margin) < SLACK_M for margin in known.values()):
        return
    index = build(frame)
    rank = frame.set_index("code")["rank"]
    best = max((rank[code] for code, margin in known.items() if margin > 0), default=None)
    found = index.locate_many(lon=[lon], lat=[lat]).code[0]
    if best is None:
        assert found is None
        return
    assert known[found] > 0
    assert rank[found] == best
    row = index.codes.tolist().index(found)
    depth = index.distance_to_border_m(lon=[lon, np.nan], lat=[lat, 0.0], index=np.array([row, -1]))
    assert depth == pytest.approx([known[found], np.nan], abs=SLACK_M, nan_ok=True)
    rivals = [one for one in index.codes[:row] if known.get(one, -1) > 0]
    assert rivals == []


@given(frame=layers(), where=POINTS, radius=st.sampled_from([0.0, 20.0, 200.0]))
def test_near_ones_and_how_near(frame, where, radius):
    lon, lat = WEST + where[0] * SIZE, SOUTH + where[1] * SIZE
    index = build(frame)
    near = index.near(lon=lon, lat=lat, radius_m=radius)
    assert [one.row for one in near] == sorted(one.row for one in near)
    found = {index.codes[one.row]: one.margin_m for one in near}
    for code, margin in margins(frame, lon, lat):
        if margin > SLACK_M or -margin < radius - SLACK_M:
            assert found[code] == pytest.approx(margin, abs=SLACK_M)
        elif -margin > radius + SLACK_M:
            assert code not in found


@given(frame=layers())
def test_rank_is_by_priority_then_area_then_code(frame):
    index = build(frame)
    by_code = frame.set_index("code")
    shapes = by_code.loc[list(index.codes)].to_crs("EPSG:4550").geometry
    wide = 2 * by_code.loc[list(index.codes), "wide"].to_numpy() * shapes.length.to_numpy()
    lines = (shapes.geom_type == "LineString").to_numpy()
    area = np.nan_to_num(np.where(lines, wide, shapes.area.to_numpy()), nan=np.inf)
    ranks = by_code.loc[list(index.codes), "rank"].tolist()
    for (rank, size, code), (next_rank, next_size, next_code) in itertools.pairwise(
        zip(ranks, area.tolist(), index.codes, strict=True)
    ):
        assert rank >= next_rank
        if rank == next_rank:
            assert size <= next_size + 1.0
            assert code < next_code or size < next_size
    assert sorted(index.codes) == sorted(frame["code"])


def test_one_tolerance_and_no_priority():
    line = shapely.LineString([(123.0, 41.0), (123.01, 41.0)])
    frame = gpd.GeoDataFrame({"code": ["r"], "name": ["画街"]}, geometry=[line], crs="EPSG:4326")
    index = SpecialIndex.build(frame)
    metres = np.array([0.0, TOLERANCE_M - 0.1, TOLERANCE_M + 0.1])
    found = index.locate_many(lon=np.full(3, 123.005), lat=41.0 + metres / 111_058)
    assert found.code.tolist() == ["r", "r", None]
    assert (index.name_of("r"), index.name_of("x")) == ("画街", None)
    on_it = SpecialIndex.build(frame, tolerance_m=0.0).near(lon=123.0, lat=41.0, radius_m=0.0)
    assert [one.row for one in on_it] == [0]
    assert on_it[0].margin_m == pytest.approx(0, abs=1e-6)


def test_points_that_are_none_belong_to_nobody():
    box = shapely.box(-180, -90, 180, 90)
    frame = gpd.GeoDataFrame({"code": ["all"]}, geometry=[box], crs="EPSG:4326")
    index = SpecialIndex.build(frame)
    found = index.locate_many(lon=[np.nan, np.inf, 10.0], lat=[0.0, 0.0, np.nan])
    assert found.index.tolist() == [-1, -1, -1]
    assert index.locate_many(lon=[], lat=[]).code.tolist() == []


SQUARE = shapely.box(0, 0, 1, 1)
BOW = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


@pytest.mark.parametrize(
    ("shape", "crs", "columns", "options", "error", "says"),
    [
        (SQUARE, "EPSG:4549", {}, {}, CrsError, "EPSG:4549"),
        (shapely.Point(0, 0), 4326, {}, {}, GeometryError, "row 0 .* Point"),
        (BOW, 4326, {}, {}, GeometryError, "row 0 .* invalid"),
        (SQUARE, 4326, {}, {"priority": "rank"}, InputError, "no column 'rank'"),
        (SQUARE, 4326, {"rank": ["x"]}, {"priority": "rank"}, InputError, "not a number"),
        (SQUARE, 4326, {}, {"tolerance_m": -1.0}, InputError, "tolerance -1"),
        (SQUARE, 4326, {"code": [None]}, {}, InputError, "no code"),
    ],
)
def test_refuses(shape, crs, columns, options, error, says):
    frame = gpd.GeoDataFrame({"code": ["a"]} | columns, geometry=[shape], crs=crs)
    with pytest.raises(error, match=says):
        SpecialIndex.build(frame, **options)


def test_what_decides_changes_the_digest():
    line = shapely.LineString([(123.0, 41.0), (123.01, 41.0)])
    frame = gpd.GeoDataFrame({"code": ["r"], "rank": [1]}, geometry=[line], crs="EPSG:4326")
    longer = frame.set_geometry([shapely.LineString([(123.0, 41.0), (123.02, 41.0)])], crs=4326)
    digests = {
        SpecialIndex.build(frame).digest,
        SpecialIndex.build(frame, tolerance_m=16.0).digest,
        SpecialIndex.build(frame.assign(code="s")).digest,
        SpecialIndex.build(longer).digest,
    }
    assert len(digests) == 4
    assert SpecialIndex.build(frame).digest in digests
