"""Every rule on a drawn map, and the doubts against shapely."""

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import InputError
from gis_grid.router.explaining.atlas import Atlas
from gis_grid.router.explaining.decision import Method, Place
from gis_grid.router.explaining.rules import decide, for_facility
from gis_grid.router.index import Router
from gis_grid.router.special import SpecialIndex
from tests.router.planes import HERE, flat

WEST, SOUTH, SIDE = 123.0, 41.0, 0.002
"""Squares of 168 m by 222 m. E is a gap, inside community w; the city has a village besides."""
ROWS = ("ABC", "D.F", "GHI")


def square(column, row, wide=1.0, high=1.0):
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return shapely.box(west, south, west + wide * SIDE, south + high * SIDE)


GROUND = {
    letter: square(column, 2 - row)
    for row, line in enumerate(ROWS)
    for column, letter in enumerate(line)
    if letter != "."
}
ABOVE = {"w": square(0, 0, 2, 3), "e": square(2, 0, 1, 3), "c": square(-2, 0, 5, 3)}
SPECIAL = {
    "campus": (square(1.5, 2.25, 1, 0.5), 5),
    "lab": (square(1.75, 2.4, 0.2, 0.2), 5),
    "pond": (square(1.2, 2.25, 1, 0.5), 1),
    "road": (shapely.LineString([(WEST, SOUTH + SIDE), (WEST + 3 * SIDE, SOUTH + SIDE)]), 9),
}
SHAPES = np.array(list(GROUND.values()), object)


def layer(shapes, **columns):
    rows = {"code": list(shapes), **columns}
    return gpd.GeoDataFrame(rows, geometry=list(shapes.values()), crs="EPSG:4326")


def make(with_special):
    special = None
    if with_special:
        shapes = {code: shape for code, (shape, _) in SPECIAL.items()}
        ranks = [rank for _, rank in SPECIAL.values()]
        special = SpecialIndex.build(layer(shapes, rank=ranks), priority="rank", tolerance_m=10)
    return Atlas.build(Router.build(layer(GROUND)), layer(ABOVE), special)


PLAIN, FULL = make(with_special=False), make(with_special=True)


def at(column, row, accuracy_m=None):
    return Place(lon=WEST + column * SIDE, lat=SOUTH + row * SIDE, accuracy_m=accuracy_m)


def test_the_ground_grid_that_holds_the_point():
    found = decide(PLAIN, at(0.5, 2.5))
    assert (found.method, found.code, found.ground_code) == (Method.POLYGON, "A", "A")
    assert found.distance_m == pytest.approx(84, abs=1)
    assert (found.confidence, found.is_ambiguous, found.candidates) == (None, False, ())


def test_a_gap_goes_to_the_nearest_grid_within_the_limit_else_to_its_community():
    place = at(1.25, 1.5)  # 42 m from D
    near = decide(PLAIN, place, nearest_limit_m=50)
    wide = decide(PLAIN, place, nearest_limit_m=40)
    assert (near.method, near.code, near.ground_code) == (Method.NEAREST, "D", None)
    assert near.distance_m == pytest.approx(42, abs=1)
    assert (wide.method, wide.code, wide.ground_code) == (Method.TERRITORIAL, "w", None)
    assert decide(PLAIN, place, nearest_limit_m=0).method is Method.TERRITORIAL


def test_the_deepest_wider_grid_answers():
    assert decide(PLAIN, at(-1, 1.5)).code == "c"


def test_beyond_everything_is_outside():
    found = decide(PLAIN, at(4.5, 1.5, 10.0))
    assert (found.method, found.code, found.ground_code) == (Method.OUTSIDE, None, None)
    assert found.distance_m == pytest.approx(1.5 * 168, abs=2)
    assert found.confidence > 0.999
    assert for_facility(found) == found


@pytest.mark.parametrize("lon", [math.nan, math.inf, 181.0])
def test_a_point_that_is_none_is_outside(lon):
    found = decide(FULL, Place(lon=lon, lat=41.0, accuracy_m=10.0))
    assert (found.method, found.distance_m, found.confidence) == (Method.OUTSIDE, None, None)


def test_without_any_grid_everything_is_outside():
    nothing = layer({})
    found = decide(Atlas.build(Router.build(nothing), nothing), at(0, 0, 10.0))
    assert (found.method, found.distance_m, found.confidence) == (Method.OUTSIDE, None, 1.0)


def test_a_special_grid_goes_before_the_ground():
    found = decide(FULL, at(2.25, 2.5, 5.0))
    assert (found.method, found.code, found.is_special) == (Method.SPECIAL, "campus", True)
    assert found.ground_code == "C"
    assert not found.is_ambiguous  # its border with C is no doubt inside the campus
    assert found.candidates == ()


def test_of_equal_priority_the_smaller_special_grid_wins_and_a_lower_one_never():
    assert decide(FULL, at(1.85, 2.5)).code == "lab"
    assert decide(FULL, at(1.6, 2.5)).code == "campus"
    assert decide(FULL, at(1.3, 2.5)).code == "pond"


def test_a_street_section_reaches_its_tolerance():
    assert decide(FULL, at(0.5, 1 + 9 / 222)).code == "road"
    beyond = decide(FULL, at(0.5, 1 + 15 / 222, 8.0))
    assert (beyond.method, beyond.code, beyond.is_ambiguous) == (Method.POLYGON, "D", True)
    assert [(one.code, one.is_special) for one in beyond.candidates] == [("road", True)]
    assert beyond.distance_m == pytest.approx(5, abs=0.2)


def test_a_special_grid_in_doubt_names_the_ground_below_it():
    found = decide(FULL, at(1.35, 2.5, 30.0))
    assert (found.code, found.is_ambiguous) == ("pond", True)
    assert [one.code for one in found.candidates] == ["B", "campus"]
    assert [one.distance_m for one in found.candidates] == pytest.approx([0, 25.2], abs=0.2)


def test_the_nearest_grid_is_never_surer_than_a_coin():
    unsure = decide(PLAIN, at(1.1, 1.5, 60.0))
    exact = decide(PLAIN, at(1.1, 1.5, 0.0))
    assert unsure.method is exact.method is Method.NEAREST
    assert 0.0 < unsure.confidence < 0.5
    assert exact.confidence == 0.0


def test_a_facility_answers_by_its_own_grid():
    found = for_facility(decide(PLAIN, at(0.5, 2.5)))
    assert (found.method, found.code) == (Method.FACILITY, "A")


@pytest.mark.parametrize("limit", [-1.0, math.nan, math.inf])
def test_refuses_a_limit_that_is_no_length(limit):
    with pytest.raises(InputError, match="nearest limit"):
        decide(PLAIN, at(0, 0), nearest_limit_m=limit)


def test_refuses_an_accuracy_that_is_no_length():
    with pytest.raises(InputError, match="accuracy"):
        at(0, 0, -1.0)


PLACES = st.tuples(st.floats(-0.5, 3.5), st.floats(-0.5, 3.5))


@given(where=PLACES, accuracy=st.floats(0.01, 400))
def test_is_ambiguous_where_the_circle_crosses_a_border(where, accuracy):
    place = at(*where, accuracy)
    found = decide(PLAIN, place)
    shapes = flat(SHAPES, place.lon, place.lat)
    if found.method is Method.POLYGON:
        own = shapes[list(GROUND).index(found.code)]
        crossed_m = shapely.distance(own.boundary, HERE)
    elif found.method is Method.NEAREST:
        crossed_m = shapely.distance(shapes, HERE).min()
    else:
        return
    assert found.distance_m == pytest.approx(crossed_m, rel=1e-3, abs=1e-6)
    if abs(crossed_m - accuracy) > 1e-3 * accuracy:
        assert found.is_ambiguous == (crossed_m < accuracy)


@given(where=PLACES, accuracy=st.floats(0.01, 400))
def test_candidates_are_all_other_grids_in_the_circle(where, accuracy):
    place = at(*where, accuracy)
    found = decide(PLAIN, place)
    distances = shapely.distance(flat(SHAPES, place.lon, place.lat), HERE)
    if (np.abs(distances - accuracy) <= 1e-3 * accuracy).any():
        return
    pairs = zip(GROUND, distances.tolist(), strict=True)
    expected = {code: metres for code, metres in pairs if metres < accuracy and code != found.code}
    got = {one.code: one.distance_m for one in found.candidates}
    assert got == pytest.approx(expected, rel=1e-3, abs=1e-6)
    assert not got or found.is_ambiguous


@given(where=PLACES, accuracy=st.floats(0, 400))
def test_says_the_same_owner_however_accurate(where, accuracy):
    sure, unsure = decide(FULL, at(*where)), decide(FULL, at(*where, accuracy))
    assert (sure.code, sure.method) == (unsure.code, unsure.method)
    assert unsure.confidence is not None
    assert 0.0 <= unsure.confidence <= 1.0


def test_equals_samples_far_from_corners():
    """Move the true place about as its accuracy says, and ask the router each time."""
    place = at(0.9, 2.5, 25.0)
    rng = np.random.default_rng(11)
    sigma_m = place.accuracy_m / math.sqrt(-2 * math.log(0.05))
    shift = rng.normal(0.0, sigma_m, (200_000, 2)) / flat_scale(place)
    codes = PLAIN.ground.locate_many(lon=place.lon + shift[:, 0], lat=place.lat + shift[:, 1]).code
    assert decide(PLAIN, place).confidence == pytest.approx((codes == "A").mean(), abs=4e-3)


def flat_scale(place):
    corner = flat(shapely.Point(place.lon + 1e-3, place.lat + 1e-3), place.lon, place.lat)
    return np.array([corner.x, corner.y]) / 1e-3
