from datetime import timedelta

import mercantile
import numpy as np
import pytest

from gis_grid.accounts.areas import Area
from gis_grid.errors import NotFoundError
from gis_grid.services.tiling import Tiling, area_token, tile_layer
from gis_grid.storage.database import opened, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.tiles.mercator import EQUATOR_M, Tile
from gis_grid.values.tiles import TILE_LAYERS
from tests import drawn
from tests.databases import sqlite_database
from tests.redrawn import merged
from tests.storage.features import points
from tests.tiled import by_code, decoded, shapes

LON, LAT = drawn.middle("E")


@pytest.fixture
def tiling(engine):
    drawn.store(engine)
    tiling = Tiling(engine, poll_s=0)
    yield tiling
    tiling.close()


def square(zoom, lon=LON, lat=LAT):
    return Tile(zoom, *mercantile.tile(lon, lat, zoom)[:2])


def codes(tiling, name, tile, **options):
    return set(by_code(decoded(tiling.draw(TILE_LAYERS[name], tile, **options), name)))


def test_refuses_what_nobody_draws():
    assert tile_layer("grids").source == "grids"
    with pytest.raises(NotFoundError, match="no tiles of 'officers'; choose one of grids, "):
        tile_layer("officers")


def test_a_change_changes_the_token_of_its_layer(engine, tiling):
    before = tiling.tokens()
    with sessions(engine).begin() as session:
        LayerStore(session).upsert("places", drawn.frames()["places"].assign(name="新"))
    after = tiling.tokens()
    assert {name for name in before if before[name] != after[name]} - {"incidents"} == {"places"}
    assert [one["name"] for one in _places(tiling)] == ["新"]


def _places(tiling):
    tile = square(14, *drawn.middle("I"))
    return [f["properties"] for f in decoded(tiling.draw(TILE_LAYERS["places"], tile), "places")]


def test_a_new_generation_changes_every_token_and_the_grids(engine, tiling):
    before, tile = tiling.tokens(), square(14)
    assert "B" in codes(tiling, "grids", tile)
    with sessions(engine).begin() as session:
        later = drawn.START + timedelta(days=1)
        GenerationStore(session).publish(merged(), name="合并", valid_from=later)
    assert "B" not in codes(tiling, "grids", tile)
    after = tiling.tokens()
    assert all(before[name] != after[name] for name in before)
    assert tiling.generation() == 2


def test_the_same_city_made_anew_has_other_tokens(engine, tiling, tmp_path, sqlite_template):
    before, folder = tiling.tokens(), tmp_path / "other"
    folder.mkdir()
    with opened(sqlite_database(folder, sqlite_template)) as other:
        drawn.fill(other)
        again = Tiling(other)
        assert all(before[name] != token for name, token in again.tokens().items())
        again.close()


def test_an_area_has_a_word_of_its_own():
    one, other = Area(frozenset({"ab"})), Area(frozenset({"a", "b"}))
    assert area_token(one) == area_token(Area(frozenset({"ab"})))
    assert len({area_token(one), area_token(other), area_token(Area(None))}) == 3


WEST, SOUTH, EAST, NORTH = square(16).bounds_deg
CENTRE = ((WEST + EAST) / 2, (SOUTH + NORTH) / 2)
CAMERAS = {
    "azimuth_deg": [90.0, np.nan, np.nan, 0.0],
    "fov_deg": [60.0, 60.0, 360.0, np.nan],
    "range_m": [80.0, 80.0, 50.0, 80.0],
    "grid_code": ["E", "E", "A", "E"],
}


def test_a_camera_without_a_known_direction_has_no_view(engine, tiling):
    assert tiling.draw(TILE_LAYERS["views"], square(16)) == b""
    with sessions(engine).begin() as session:
        LayerStore(session).upsert("cameras", points("cameras", [CENTRE] * 4, **CAMERAS))
    features = by_code(decoded(tiling.draw(TILE_LAYERS["views"], square(16)), "views"))
    assert set(features) == {"p0", "p2"}
    assert codes(tiling, "views", square(16), area=Area(frozenset({"A"}))) == {"p2"}
    metres = EQUATOR_M / (4096 << 16) * np.cos(np.radians(LAT))
    sector, circle = (shapes([features[code]])[0].area * metres**2 for code in ("p0", "p2"))
    assert sector == pytest.approx(np.pi * 80**2 / 6, rel=0.02)
    assert circle == pytest.approx(np.pi * 50**2, rel=0.02)
    east = shapes([features["p0"]])[0].centroid
    assert east.x > 2048 + 20 / metres
    assert east.y == pytest.approx(2048, abs=2)


def test_levels_say_from_where_they_are_drawn(tiling):
    levels = tiling.levels()
    assert set(levels) == {"city", "district", "subdistrict", "community", "subarea"}
    assert levels["city"][0] <= levels["community"][0] < levels["subarea"][0]
    assert all(drawn_from <= named_from for drawn_from, named_from in levels.values())
    zoom = levels["subarea"][0]
    assert "E" in codes(tiling, "grids", square(zoom))
    assert "E" not in codes(tiling, "grids", square(zoom - 1))
