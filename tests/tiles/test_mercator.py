import mercantile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from gis_grid.errors import NotFoundError
from gis_grid.tiles.mercator import EQUATOR_M, Tile, to_world

TILES = st.integers(0, 22).flatmap(
    lambda z: st.builds(Tile, st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))
)


@given(TILES)
def test_bounds_are_those_of_mercantile(tile):
    west, south, east, north = mercantile.bounds(tile.x, tile.y, tile.z)
    assert tile.bounds_deg == pytest.approx((west, south, east, north), abs=1e-9)


@given(TILES, st.sampled_from([(1, 0), (0, 1)]))
def test_neighbours_share_their_border_to_the_last_bit(tile, step):
    try:
        other = Tile(tile.z, tile.x + step[0], tile.y + step[1])
    except NotFoundError:
        return
    if step[0]:
        assert tile.bounds_deg[2] == other.bounds_deg[0]
        assert tile.lons_deg(8)[-1] == other.lons_deg(8)[0]
    else:
        assert tile.bounds_deg[1] == other.bounds_deg[3]
        assert tile.lats_deg(8)[0] == other.lats_deg(8)[-1]


@given(TILES)
def test_cells_divide_a_tile(tile):
    assert tile.lons_deg(8) == sorted(set(tile.lons_deg(8)))
    assert tile.lats_deg(8) == sorted(set(tile.lats_deg(8)))
    assert (tile.lons_deg(8)[0], tile.lons_deg(8)[-1]) == (tile.bounds_deg[0], tile.bounds_deg[2])
    assert (tile.lats_deg(8)[0], tile.lats_deg(8)[-1]) == (tile.bounds_deg[1], tile.bounds_deg[3])


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_the_world_is_that_of_proj(lon, lat):
    x_m, y_m = Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)
    x, y = to_world(np.array([[lon, lat]]))[0]
    assert (x - 0.5) * EQUATOR_M == pytest.approx(x_m, abs=1e-6)
    assert (0.5 - y) * EQUATOR_M == pytest.approx(y_m, abs=1e-6)


@pytest.mark.parametrize("where", [(3, 8, 0), (3, 0, -1), (23, 0, 0), (-1, 0, 0), (0, 10**40, 0)])
def test_refuses_what_is_not_on_the_map(where):
    with pytest.raises(NotFoundError, match=r"use 0 to 22|x and y are 0 to"):
        Tile(*where)
