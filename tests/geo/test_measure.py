import math

import geopandas as gpd
import pytest
import shapely
import shapely.affinity
from hypothesis import assume, given
from hypothesis import strategies as st

from gis_grid.errors import CrsError
from gis_grid.geo.measure import area_m2, bearing_deg, distance_m, length_m, polsby_popper

METRIC = "EPSG:4549"
SQUARE = shapely.box(0, 0, 10, 10)
METRES = st.floats(-1e6, 1e6)


def one(measure, shape):
    return measure(gpd.GeoSeries([shape], crs=METRIC)).iloc[0]


def legs(start, end):
    return {"from_x_m": start[0], "from_y_m": start[1], "to_x_m": end[0], "to_y_m": end[1]}


@given(angle=st.floats(0, 360), factor=st.floats(1e-2, 1e3), shift=st.tuples(METRES, METRES))
def test_moving_turning_scaling_keep_the_score(angle, factor, shift):
    ell = shapely.union(SQUARE, shapely.box(10, 0, 30, 5))
    moved = shapely.affinity.scale(shapely.affinity.rotate(ell, angle), factor, factor)
    moved = shapely.affinity.translate(moved, *shift)
    assert one(polsby_popper, moved) == pytest.approx(one(polsby_popper, ell), rel=1e-3)
    assert one(area_m2, moved) == pytest.approx(200 * factor**2, rel=1e-3)
    assert one(length_m, moved) == pytest.approx(80 * factor, rel=1e-3)


def test_a_disc_scores_one_and_a_hole_costs():
    assert one(polsby_popper, shapely.Point(0, 0).buffer(100, quad_segs=64)) == pytest.approx(
        1, abs=1e-3
    )
    assert one(polsby_popper, SQUARE - shapely.box(4, 4, 6, 6)) < one(polsby_popper, SQUARE)


@pytest.mark.parametrize("measure", [area_m2, length_m, polsby_popper])
@pytest.mark.parametrize("crs", [None, "EPSG:4326", "EPSG:2263"])
def test_refuses_degrees_and_feet(measure, crs):
    with pytest.raises(CrsError):
        measure(gpd.GeoSeries([SQUARE], crs=crs))


@pytest.mark.parametrize("measure", [area_m2, length_m, polsby_popper])
def test_keeps_the_index(measure):
    shapes = gpd.GeoSeries([SQUARE, None], index=["330106001", "330106002"], crs=METRIC)
    assert measure(shapes).index.tolist() == ["330106001", "330106002"]
    assert measure(gpd.GeoSeries([], crs=METRIC)).empty


@given(start=st.tuples(METRES, METRES), turn=st.floats(0, 359.99), far=st.floats(1, 1e5))
def test_walking_along_a_bearing_arrives(start, turn, far):
    end = (
        start[0] + far * math.sin(math.radians(turn)),
        start[1] + far * math.cos(math.radians(turn)),
    )
    assert distance_m(**legs(start, end)) == pytest.approx(far, rel=1e-6)
    gap = abs(float(bearing_deg(**legs(start, end))) - turn)
    assert min(gap, 360 - gap) < 1e-4


@given(start=st.tuples(METRES, METRES), end=st.tuples(METRES, METRES))
def test_the_way_back_points_the_other_way(start, end):
    assume(start != end)
    there, back = (float(bearing_deg(**legs(*way))) for way in ((start, end), (end, start)))
    assert 0 <= there < 360
    assert abs(abs(there - back) - 180) < 1e-6
