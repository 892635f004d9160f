"""Special grids of a file go before those of the database: listed, found, drawn."""

from datetime import datetime

import geopandas as gpd
import pytest
import shapely
from mercantile import tile as tile_at
from sqlalchemy.orm import Session

from gis_grid.errors import InputError, NotFoundError
from gis_grid.services.searching.find import find
from gis_grid.services.special_file import given_special
from gis_grid.services.special_sets import find_special, list_special
from gis_grid.services.tiling import Tiling
from gis_grid.tiles.mercator import Tile
from gis_grid.values.tiles import TILE_LAYERS
from tests.services.test_special_sets import kept  # noqa: F401 - a fixture, on both databases
from tests.tiled import decoded

MARKET = shapely.box(123.001, 41.001, 123.003, 41.003)


@pytest.fixture
def given(tmp_path):
    rows = {"code": ["market", "lane"], "name": ["早市", None], "priority": [2, 1]}
    lane = shapely.LineString([(123.0, 41.005), (123.002, 41.005)])
    frame = gpd.GeoDataFrame(rows, geometry=[MARKET, lane], crs="EPSG:4326")
    frame.to_file(tmp_path / "given.gpkg")
    return given_special(tmp_path / "given.gpkg")


def test_no_file_gives_none():
    assert given_special(None) is None


def test_they_are_listed_instead_of_those_of_the_database(kept, given):  # noqa: F811
    with Session(kept) as session:
        assert "campus" in set(list_special(session)["code"])
        assert list_special(session, given=given)["code"].tolist() == ["lane", "market"]
        beside = (122.9, 41.0049, 123.0005, 41.0051)
        assert list_special(session, bbox=beside, given=given)["code"].tolist() == ["lane"]
        found = find_special(session, "market", given=given)
        assert found.geometry.iloc[0].equals(MARKET)
        with pytest.raises(NotFoundError, match="campus"):
            find_special(session, "campus", given=given)
        with pytest.raises(InputError, match="time zone"):
            list_special(session, at=datetime(2026, 1, 1), given=given)  # noqa: DTZ001 - the point


@pytest.mark.parametrize(
    ("text", "codes"), [("早市", ["market"]), ("LAN", ["lane"]), ("画大学", []), ("campus", [])]
)
def test_they_are_found_instead(kept, given, text, codes):  # noqa: F811
    with Session(kept) as session:
        found = [one for one in find(session, text, special=given) if one.kind == "special_grid"]
    assert [one.code for one in found] == codes
    for one in found:
        assert shapely.box(*one.bbox).covers(shapely.Point(one.lon, one.lat))


def test_they_are_drawn_instead(kept, given):  # noqa: F811
    at = Tile(14, *tile_at(123.002, 41.002, 14)[:2])
    layer = TILE_LAYERS["special"]
    tokens = []
    for special, codes in ((None, {"campus", "road"}), (given, {"lane", "market"})):
        tiling = Tiling(kept, poll_s=0, special=special)
        tokens.append(tiling.tokens()["special"])
        drawn = decoded(tiling.draw(layer, at), "special")
        assert {one["properties"]["code"] for one in drawn} <= codes
        assert drawn
        assert tiling.tokens()["special"] == tokens[-1]
        tiling.close()
    assert tokens[0] != tokens[1]
