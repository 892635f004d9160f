"""The table of cells: used where it can be, at every resolution, equal to the tree and to GEOS."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.router.edges import edges_of, frozen
from gis_grid.router.lookup import fill_by_table
from gis_grid.router.owners import fill_owners
from gis_grid.router.table import COARSEST, FINEST, OVERLAP, no_table, table_of
from gis_grid.router.tree import tree_of
from tests.benchmarks import made_up
from tests.router.coverages import coverages
from tests.router.oracle import owners

CITIES = [(123.0, 41.1), (104.0, 30.6), (-71.0, 42.3), (25.0, 74.0), (0.0, 0.0)]


def by_table(table, lon, lat):
    out = np.empty(len(lon), np.int32)
    fill_by_table(table, (frozen(np.asarray(lon, float)), frozen(np.asarray(lat, float))), out)
    return out


@given(case=coverages(places=CITIES), resolution=st.integers(COARSEST, FINEST))
def test_every_resolution_gives_the_exact_owner(case, resolution):
    table = table_of(edges_of(case.shapes), resolution)
    if any(shape is not None and not shape.is_empty for shape in case.shapes):
        assert table.frame[3] > 0
        found = by_table(table, case.lon, case.lat)
        assert found.tolist() == owners(case.shapes, case.lon, case.lat)


def test_regions_that_one_plane_cannot_serve_have_no_table():
    for far in ([-170, -10, 170, 10], [0, 70, 1, 80], [0, -90, 10, -80]):
        assert table_of(edges_of(np.array([shapely.box(*far)]))).frame[3] == 0
    assert table_of(edges_of(np.array([None]))).frame[3] == 0
    assert no_table().frame[3] == 0


def test_points_on_the_other_side_of_the_earth_are_outside():
    table = table_of(edges_of(np.array([shapely.box(123, 41, 123.1, 41.1)])))
    assert by_table(table, [-57.0, -56.95, 123.05], [-41.05, -41.0, 41.05]).tolist() == [-1, -1, 0]


def test_overlaps_are_told_not_guessed():
    boxes = [(0, 0, 0.1, 0.1), (0.05, 0, 0.15, 0.1), (0, 0, 0.9, 0.9)]
    table = table_of(edges_of(np.array([shapely.box(*box) for box in boxes])), 8)
    found = by_table(table, [0.025, 0.075, 0.125, 0.5], [0.05] * 4)
    assert found.tolist() == [OVERLAP, OVERLAP, OVERLAP, 2]


@pytest.mark.slow
def test_a_large_city_equals_the_strtree_and_the_tree_of_boxes():
    shapes = made_up.coverage(3_000).geometry.to_numpy()
    lon, lat = made_up.clustered_points(500_000)
    edges = edges_of(shapes)
    found = by_table(table_of(edges), lon, lat)
    points, rows = shapely.STRtree(shapes).query(shapely.points(lon, lat), predicate="within")
    truth = np.full(len(lon), -1)
    truth[points] = rows
    assert (found == truth).all()
    out = np.empty(len(lon), np.int32)
    where = (frozen(lon), frozen(lat))
    fill_owners(no_table(), tree_of(edges), edges, where, out)
    assert (out == found).all()
