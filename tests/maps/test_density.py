import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gis_grid.errors import InputError
from gis_grid.geo.crs import project, to_metric
from gis_grid.maps.density import density_of, raster_of
from gis_grid.maps.heat import LEAST
from gis_grid.router.cells import centres, encode

LON, LAT = 123.0, 41.1
SEEDS = st.integers(0, 2**32 - 1)


def reports(seed, count=120, wide_deg=0.02):
    """Return the cells of some points and how many lie in each."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.normal(LON, wide_deg, count), rng.normal(LAT, wide_deg, count)
    return np.unique(encode(lon=lon, lat=lat), return_counts=True)


def places(cells, epsg):
    lon, lat = centres(cells)
    return np.column_stack(project(lon=lon, lat=lat, epsg=epsg))


@settings(max_examples=10)
@given(SEEDS, st.sampled_from([200.0, 400.0, 800.0]))
def test_agrees_with_a_sum_of_normal_distributions(seed, bandwidth_m):
    cells, counts = reports(seed)
    raster = raster_of(cells, counts, bandwidth_m=bandwidth_m)
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, raster.y_m.size, 40)
    columns = rng.integers(0, raster.x_m.size, 40)
    spots = np.column_stack([raster.x_m[columns], raster.y_m[rows]])
    wanted = sum(
        many * stats.multivariate_normal(place, bandwidth_m**2).pdf(spots)
        for place, many in zip(places(cells, raster.epsg), counts, strict=True)
    )
    one_km2 = 1 / (2 * math.pi * bandwidth_m**2)
    np.testing.assert_allclose(
        raster.per_km2[rows, columns] / 1e6, wanted, rtol=0.03, atol=counts.sum() * one_km2 * 2e-3
    )


@settings(max_examples=10)
@given(SEEDS)
def test_the_whole_plane_holds_every_incident(seed):
    cells, counts = reports(seed)
    raster = raster_of(cells, counts, bandwidth_m=400)
    pixel_km2 = (raster.x_m[1] - raster.x_m[0]) * (raster.y_m[1] - raster.y_m[0]) / 1e6
    assert raster.per_km2.sum() * pixel_km2 == pytest.approx(counts.sum(), rel=2e-3)


@settings(max_examples=10)
@given(SEEDS)
def test_no_place_is_coloured_with_fewer_than_three_around_it(seed):
    cells, counts = reports(seed, count=40)
    found = density_of(cells, counts, bandwidth_m=400)
    raster = raster_of(cells, counts, bandwidth_m=400)
    at = places(cells, raster.epsg)
    rough_m = 400 / 4  # things are counted in the nearest pixel
    for band in to_metric(found.bands, epsg=raster.epsg).geometry:
        for x, y in shapely.get_coordinates(band)[::7]:
            near = counts[np.hypot(at[:, 0] - x, at[:, 1] - y) <= 400 + rough_m].sum()
            assert near >= LEAST
    seen = [counts[np.hypot(*(at - one).T) <= 400 - rough_m].sum() >= LEAST for one in at]
    assert any(seen) <= (not found.bands.empty)


def test_bands_are_in_order_and_do_not_overlap():
    found = density_of(*reports(5, count=600), bandwidth_m=400)
    bands = to_metric(found.bands, epsg=4529).geometry
    assert len(bands) == len(found.breaks) == 7
    assert found.bands["low"].tolist() == list(found.breaks) == sorted(found.breaks)
    assert shapely.is_valid(bands.to_numpy()).all()
    assert bands.area.sum() == pytest.approx(shapely.union_all(bands).area, rel=1e-3)


def test_given_limits_are_kept_from_frame_to_frame():
    cells, counts = reports(6)
    usual = density_of(cells, counts)
    half = density_of(cells, counts // 2 + 1, breaks=usual.breaks)
    assert half.breaks == usual.breaks
    assert set(half.bands["heat_class"]) <= set(range(len(usual.breaks)))


def test_one_or_two_incidents_are_not_shown():
    assert density_of(encode(lon=[LON], lat=[LAT]), np.array([2])).bands.empty
    shown = density_of(encode(lon=[LON], lat=[LAT]), np.array([3]))
    assert not shown.bands.empty
    assert shown.total == 3
    missing = np.append(encode(lon=[LON], lat=[LAT]), 0)
    assert density_of(missing, np.array([2, 7])).total == 2


@pytest.mark.parametrize("bandwidth_m", [0, 99, 5001, math.nan])
def test_refuses_a_bandwidth_that_says_nothing(bandwidth_m):
    with pytest.raises(InputError, match="is not 100 to 5000 m"):
        density_of(*reports(1), bandwidth_m=bandwidth_m)


def test_refuses_a_bandwidth_too_narrow_for_a_whole_country():
    far = encode(lon=[LON, LON + 3], lat=[LAT, LAT])
    with pytest.raises(InputError, match="use 600 m or more"):
        density_of(far, np.array([5, 5]), bandwidth_m=200)
    assert density_of(far, np.array([5, 5]), bandwidth_m=600).total == 10
