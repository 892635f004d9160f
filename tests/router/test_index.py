"""The router: equal to brute force in rational arithmetic, on borders too."""

import geopandas as gpd
import h3.api.numpy_int as h3
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CrsError, GeometryError, InputError
from gis_grid.router.cells import encode, points
from gis_grid.router.index import Router
from tests.router.coverages import INNER, coverages
from tests.router.oracle import holds, owners

SQUARE, OVER = shapely.box(0, 0, 1, 1), shapely.box(0.5, 0.25, 1.5, 0.75)
FAR = shapely.box(0, -90, 10, -80)  # with it there is no table of cells
ONE_OF = st.sampled_from([-0.0, 0.25, 0.5, 0.75, 1.0, 1.5, -85.0, np.nan]) | st.floats(-0.1, 1.6)


def grids_of(*shapes, codes=None):
    names = codes or [f"g{row}" for row in range(len(shapes))]
    return gpd.GeoDataFrame({"code": names}, geometry=list(shapes), crs="EPSG:4326")


@given(case=coverages())
def test_equals_brute_force_on_any_coverage(case):
    found = Router.build(case.grids).locate_many(lon=case.lon, lat=case.lat)
    assert found.index.tolist() == owners(case.shapes, case.lon, case.lat)
    assert found.index.dtype == np.int32


@given(case=coverages())
def test_each_point_of_a_coverage_has_exactly_one_owner(case):
    router = Router.build(case.grids)
    index = router.locate_many(lon=case.lon, lat=case.lat).index
    for x, y, row in zip(case.lon[:40], case.lat[:40], index, strict=False):
        holders = [at for at, shape in enumerate(case.shapes) if holds(shape, x, y)]
        assert holders == ([] if row < 0 else [row])


@given(case=coverages(places=INNER), seed=st.integers(0, 2**32))
def test_the_lowest_row_owns_where_grids_overlap(case, seed):
    rng = np.random.default_rng(seed)
    moved = shapely.transform(case.shapes, lambda xy: xy + rng.choice([2.0**-14, 2.0**-11]))
    shapes = np.concatenate([moved, case.shapes])
    grids = grids_of(*shapes)
    found = Router.build(grids).locate_many(lon=case.lon, lat=case.lat)
    assert found.index.tolist() == owners(shapes, case.lon, case.lat)


@given(lon=st.floats(-180, 180), lat=st.floats(-90, 90))
def test_any_float_is_judged_exactly(lon, lat):
    # the diagonal runs through the point or misses it by one rounding
    lon, lat = float(np.float32(lon)), float(np.float32(lat))
    shapes = [
        shapely.Polygon([(-180, -90), (180, 90), (-180, 90)]),
        shapely.Polygon([(-180, -90), (180, -90), (180, 90)]),
        shapely.Polygon([(lon / 3, lat / 3), (lon, 91 * lat / 90), (lon / 2 + 9, lat / 7)]),
    ]
    shapes = [shape for shape in shapes if shape.is_valid and abs(shape.bounds[1]) <= 90]
    shapes = [shape for shape in shapes if shape.bounds[3] <= 90 and shape.bounds[2] <= 180]
    lons = [lon, np.nextafter(lon, 9), lon / 3, lat * 2, 0.0]
    lats = [lat, lat, lat / 3, lat, 0.0]
    known = [abs(x) < 180 and abs(y) < 90 for x, y in zip(lons, lats, strict=True)]
    lons, lats = np.array(lons)[known], np.array(lats)[known]
    found = Router.build(grids_of(*shapes)).locate_many(lon=lons, lat=lats)
    assert found.index.tolist() == owners(shapes, lons, lats)


def test_drawn_borders_belong_to_the_eastern_and_northern_neighbour():
    boxes = [shapely.box(x, y, x + 1, y + 1) for y in (0, 1) for x in (0, 1)]
    router = Router.build(grids_of(*boxes, codes=["sw", "se", "nw", "ne"]))
    drawn = """
        nw nw ne ne -
        nw nw ne ne -
        nw nw ne ne -
        sw sw se se -
        sw sw se se -
    """
    rows = [line.split() for line in drawn.strip().splitlines()]
    for y, row in zip((1.5, 1.25, 1.0, 0.5, 0.0), rows, strict=True):
        found = router.locate_many(lon=[0.0, 0.5, 1.0, 1.5, 2.0], lat=[y] * 5).code
        assert [code or "-" for code in found] == row


def test_points_that_are_none_are_outside():
    router = Router.build(grids_of(SQUARE))
    lon = [np.nan, 0.5, np.inf, -np.inf, 1e308, 181.0, 0.5]
    lat = [0.5, np.nan, 0.5, 0.5, 1e308, 0.5, 0.5]
    found = router.locate_many(lon=lon, lat=lat)
    assert found.index.tolist() == [-1] * 6 + [0]
    assert found.code.tolist() == [None] * 6 + ["g0"]
    assert [router.locate(lon=x, lat=y) for x, y in zip(lon, lat, strict=True)] == [
        *[None] * 6,
        "g0",
    ]


@given(st.lists(st.tuples(ONE_OF, ONE_OF), min_size=1, max_size=20))
def test_one_point_is_answered_as_many_are(places):
    lon, lat = np.array(places).T
    for router in (Router.build(grids_of(SQUARE, OVER)), Router.build(grids_of(SQUARE, FAR))):
        codes = router.locate_many(lon=lon, lat=lat).code.tolist()
        assert [router.locate(lon=x, lat=y) for x, y in places] == codes


def test_takes_arrays_series_lists_and_arrow_columns():
    router = Router.build(grids_of(SQUARE))
    lon, lat = [0.5, 1.5, None], [0.5, 0.5, 0.5]
    expected = [0, -1, -1]
    for kind in (list, pd.Series, pa.array, lambda v: pa.chunked_array([v[:1], v[1:]])):
        found = router.locate_many(lon=kind(lon), lat=kind(lat))
        assert found.index.tolist() == expected
    assert router.locate_many(lon=[], lat=[]).index.tolist() == []
    assert router.locate(lon=0.5, lat=0.5) == "g0"
    assert router.locate(lon=float("nan"), lat=0.5) is None
    with pytest.raises(InputError, match="'east'"):
        router.locate(lon="east", lat=0.5)


def test_columns_of_floats_are_not_copied():
    numbers = np.array([0.5, 1.5])
    for column in (pa.array(numbers), pa.chunked_array([numbers]), pd.Series(numbers)):
        taken, _ = points(lon=column, lat=column)
        assert np.shares_memory(
            taken, np.asarray(column if isinstance(column, pd.Series) else numbers)
        )


@given(case=coverages())
def test_cells_come_in_the_same_pass(case):
    router = Router.build(case.grids)
    found = router.locate_many(lon=case.lon, lat=case.lat, cells=True)
    assert found.index.tolist() == router.rows_of(lon=case.lon, lat=case.lat).tolist()
    assert found.cell.tolist() == encode(lon=case.lon, lat=case.lat).tolist()
    assert router.locate_many(lon=case.lon, lat=case.lat).cell is None


def test_many_points_come_back_in_order():
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(-1, 3, 70_001), rng.uniform(-1, 2, 70_001)
    boxes = [shapely.box(x, 0, x + 1, 1) for x in (0, 1)]
    found = Router.build(grids_of(*boxes)).locate_many(lon=lon, lat=lat, cells=True)
    inside = (lat >= 0) & (lat < 1) & (lon >= 0) & (lon < 2)
    assert found.index.tolist() == np.where(inside, np.floor(lon), -1).astype(int).tolist()
    rows = rng.integers(0, len(lon), 500)
    truth = [h3.latlng_to_cell(lat[row], lon[row], 12) for row in rows]
    assert found.cell[rows].tolist() == truth


def test_nothing_owns_without_grids_or_geometry():
    for grids in (grids_of(), grids_of(None, shapely.Polygon()), grids_of(SQUARE).iloc[:0]):
        router = Router.build(grids)
        assert router.locate_many(lon=[0.5], lat=[0.5]).code.tolist() == [None]
        assert router.distance_to_border_m(lon=[0.5], lat=[0.5]).tolist() == [np.inf]


def test_codes_may_be_numbers_and_any_column():
    grids = grids_of(SQUARE, codes=[7]).rename(columns={"code": "number"})
    assert Router.build(grids, code="number").locate(lon=0.5, lat=0.5) == "7"


@pytest.mark.parametrize(
    ("grids", "error", "message"),
    [
        (grids_of(SQUARE).to_crs("EPSG:3857"), CrsError, "EPSG:3857"),
        (grids_of(SQUARE).set_crs(None, allow_override=True), CrsError, "no CRS"),
        (grids_of(shapely.box(4e5, 4e6, 5e5, 5e6)), CrsError, "in metres or swapped"),
        (grids_of(shapely.box(30, 100, 31, 101)), CrsError, "swapped"),
        (grids_of(SQUARE, shapely.Point(1, 1)), GeometryError, "row 1 .* Point"),
        (
            grids_of(SQUARE, shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])),
            GeometryError,
            "row 1 .*Self-intersection",
        ),
        (grids_of(SQUARE, SQUARE, codes=["a", "a"]), InputError, "'a' names two grids"),
        (grids_of(SQUARE, SQUARE, codes=["a", None]), InputError, "row 1 .* no code"),
        (grids_of(SQUARE, SQUARE, codes=["a", " "]), InputError, "row 1 .* no code"),
        (grids_of(SQUARE).rename(columns={"code": "id"}), InputError, "name one of: id"),
    ],
)
def test_refuses_what_it_cannot_route(grids, error, message):
    with pytest.raises(error, match=message):
        Router.build(grids)
