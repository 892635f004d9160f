import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CodeError, CrsError, GeometryError, InputError
from gis_grid.grid.sequence import number_units, sequence_order

COMMUNITY = "320582107234"
whole = st.integers(-1000, 1000)
clouds = st.lists(st.tuples(whole, whole), unique=True, max_size=40)
bands = st.none() | st.integers(0, 500)


def order(points, band_m):
    x_m, y_m = np.array(points, float).reshape(-1, 2).T
    return sequence_order(x_m=x_m, y_m=y_m, band_m=band_m)


@given(clouds, bands)
def test_is_a_permutation(points, band_m):
    assert sorted(order(points, band_m)) == list(range(len(points)))


@given(clouds, bands, st.randoms(use_true_random=False))
def test_does_not_depend_on_the_order_given(points, band_m, shuffle):
    shuffled = list(points)
    shuffle.shuffle(shuffled)
    assert [points[i] for i in order(points, band_m)] == [
        shuffled[i] for i in order(shuffled, band_m)
    ]


@given(clouds, bands, whole, whole)
def test_moving_all_points_changes_nothing(points, band_m, dx, dy):
    moved = [(x + dx, y + dy) for x, y in points]
    assert order(points, band_m).tolist() == order(moved, band_m).tolist()


@given(clouds, st.integers(0, 500))
def test_follows_the_words_of_the_rule(points, band_m):
    """Take the northernmost, then all that are at most a band south of it, from west to east."""
    left = set(points)
    expected = []
    while left:
        north = max(y for _, y in left)
        row = {point for point in left if point[1] >= north - band_m}
        expected += sorted(row, key=lambda point: (point[0], -point[1]))
        left -= row
    assert [points[i] for i in order(points, band_m)] == expected


@given(st.integers(1, 6), st.integers(1, 6), st.randoms(use_true_random=False))
def test_shaken_rows_stay_rows(rows, columns, shake):
    points = [
        (100 * column + shake.uniform(-20, 20), -100 * row + shake.uniform(-20, 20))
        for row in range(rows)
        for column in range(columns)
    ]
    assert order(points, 50).tolist() == list(range(rows * columns))


def test_the_default_band_is_half_a_row_of_evenly_spread_points():
    points = [(10.0 * column, -10.0 * row + column) for row in range(5) for column in range(5)]
    assert order(points, None).tolist() == list(range(25))


def test_points_at_one_place_keep_their_order():
    assert order([(5, 5), (0, 5), (5, 5)], None).tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    ("x_m", "y_m", "band_m", "message"),
    [
        ([0.0], [np.nan], None, "one finite x and one finite y"),
        ([np.inf], [0.0], None, "one finite x and one finite y"),
        ([0.0, 1.0], [0.0], None, "one finite x and one finite y"),
        ([0.0], [0.0], -1, "a band of -1 m is no band"),
        ([0.0], [0.0], np.nan, "a band of nan m is no band"),
    ],
)
def test_refuses_what_has_no_order(x_m, y_m, band_m, message):
    with pytest.raises(InputError, match=message):
        sequence_order(x_m=np.array(x_m), y_m=np.array(y_m), band_m=band_m)


def series(shapes, **options):
    return gpd.GeoSeries(shapes, crs="EPSG:4549", **options)


@given(clouds)
def test_numbers_every_unit_once_in_sequence(points):
    shapes = series(shapely.points(np.array(points, float).reshape(-1, 2)))
    codes = number_units(COMMUNITY, shapes)
    in_order = codes.to_numpy()[order(points, None)]
    assert in_order.tolist() == [f"{COMMUNITY}{n:03d}" for n in range(1, len(points) + 1)]


def test_numbers_polygons_by_row_and_keeps_the_index():
    tall = shapely.box(0, 0, 90, 130)  # its centroid lies 15 m further north than its neighbour's
    shapes = series(
        [shapely.box(90, 0, 180, 100), tall, shapely.box(0, 200, 90, 300)], index=[7, 3, 5]
    )
    codes = number_units(COMMUNITY, shapes)
    assert codes.to_dict() == {7: COMMUNITY + "003", 3: COMMUNITY + "002", 5: COMMUNITY + "001"}


def test_a_band_may_be_given():
    shapes = series(shapely.points([[0, 0], [5, 30]]))
    assert number_units(COMMUNITY, shapes, band_m=30).str[-1].tolist() == ["1", "2"]
    assert number_units(COMMUNITY, shapes, band_m=29).str[-1].tolist() == ["2", "1"]


def test_no_units():
    assert number_units(COMMUNITY, series([])).empty


@pytest.mark.parametrize("shape", [None, shapely.Polygon()])
def test_a_unit_without_shape_has_no_place(shape):
    with pytest.raises(GeometryError, match="unit grid 'b' has no shape"):
        number_units(COMMUNITY, series([shapely.box(0, 0, 1, 1), shape], index=["a", "b"]))


def test_refuses_degrees():
    with pytest.raises(CrsError):
        number_units(COMMUNITY, gpd.GeoSeries([shapely.Point(120, 30)], crs="EPSG:4326"))


def test_a_community_has_999_units_at_most():
    shapes = series(shapely.points(np.arange(1000.0), 0))
    assert number_units(COMMUNITY, shapes[:999]).iat[-1] == COMMUNITY + "999"
    with pytest.raises(CodeError, match="must end in 001 to 999"):
        number_units(COMMUNITY, shapes)


@given(st.integers(1, 40))
def test_a_column_of_points_runs_from_north_to_south(count):
    assert order([(0, y) for y in range(count)], None).tolist() == list(range(count))[::-1]
