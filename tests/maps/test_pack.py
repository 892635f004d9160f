import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.maps.pack import STEP_DEG, pack, unpack

ORIGIN = (123.0, 41.0)
POINTS = st.tuples(st.floats(122, 124), st.floats(40, 42))


@given(st.lists(POINTS, min_size=2, max_size=30))
def test_unpack_is_its_inverse_to_half_a_unit(points):
    (rings,) = pack(np.array([shapely.LineString(points)]), origin=ORIGIN)
    (back,) = unpack(rings, origin=ORIGIN)
    assert np.abs(back - np.array(points)).max() <= STEP_DEG * 0.51


def test_vertices_that_two_areas_share_stay_shared():
    boxes = np.array(
        [shapely.box(123, 41, 123.0000004, 41.1), shapely.box(123.0000004, 41, 124, 42)]
    )
    one, other = (unpack(rings, origin=ORIGIN)[0] for rings in pack(boxes, origin=ORIGIN))
    assert one[:, 0].max() == other[:, 0].min()


HOLED = shapely.Polygon(
    shapely.box(0, 0, 9, 9).exterior.coords, [shapely.box(3, 3, 6, 6).exterior.coords]
)


@pytest.mark.parametrize(
    ("shape", "vertices"),
    [
        (None, []),
        (shapely.Point(), []),
        (shapely.Polygon(), []),
        (shapely.Point(1, 1), [1]),
        (shapely.LineString([(0, 0), (1, 1), (0, 0)]), [3]),
        (HOLED, [4, 4]),
        (shapely.MultiPolygon([HOLED, shapely.box(20, 20, 21, 21)]), [4, 4, 4]),
        (shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3), (4, 4)]]), [2, 3]),
    ],
)
def test_parts_and_holes_are_rings(shape, vertices):
    (rings,) = pack(np.array([shape], dtype=object), origin=(0, 0))
    assert [len(ring) // 2 for ring in rings] == vertices


def test_rows_keep_their_order():
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.Point(5, 5), None, shapely.Point(6, 6)])
    packed = pack(shapes, origin=(0, 0))
    assert [len(rings) for rings in packed] == [1, 1, 0, 1]
    assert packed[3] == [[6_000_000, 6_000_000]]
