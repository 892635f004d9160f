"""The block under a point, against the predicate of shapely, on borders and corners too."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.plan.underfoot import blocks_under
from tests.plan.voronoi import cells

RING = shapely.box(20_000, 0, 20_009, 9).difference(shapely.box(20_003, 3, 20_006, 6))
ISLANDS = shapely.MultiPolygon(
    [shapely.box(20_003, 3, 20_004, 6), shapely.box(20_005, 3, 20_006, 6)]
)


def by_predicate(shapes, xy):
    point, block = shapely.STRtree(shapes).query(shapely.points(xy), predicate="intersects")
    return [min(block[point == at], default=-1) for at in range(len(xy))]


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_is_the_lowest_block_that_intersects(seed, count):
    rng = np.random.default_rng(seed)
    shapes = np.array([*cells(count, rng), RING, ISLANDS], object)
    corners = shapely.get_coordinates(shapes)
    middles = (corners[1:] + corners[:-1]) / 2
    inside = rng.uniform([-500, -500], [10_500, 8_500], (80, 2))
    hair = rng.choice(middles, 20) + rng.normal(0, 1e-6, (20, 2))
    holes = rng.uniform([20_000, 0], [20_009, 9], (20, 2))
    xy = np.concatenate([inside, rng.choice(corners, 20), rng.choice(middles, 20), hair, holes])
    assert blocks_under(shapes, xy).tolist() == by_predicate(shapes, xy)
