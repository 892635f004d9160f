"""Special grids of the database: listed, exported, found and drawn, on both databases."""

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import mercantile
import pytest
import shapely
from sqlalchemy.orm import Session

from gis_grid.errors import FileError, InputError, NotFoundError
from gis_grid.geo.datum import Datum
from gis_grid.services.searching.find import find
from gis_grid.services.special_sets import export_special, find_special, keep_special, list_special
from gis_grid.services.tiling import Tiling
from gis_grid.storage.database import opened, sessions
from gis_grid.storage.special import SpecialStore
from gis_grid.tiles.mercator import EQUATOR_M, Tile
from gis_grid.values.tiles import TILE_LAYERS
from tests import drawn
from tests.databases import sqlite_database
from tests.tiled import by_code, decoded, shapes

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = FIRST + timedelta(days=100)
CAMPUS = drawn.BOXES["A"]
ROAD = shapely.LineString([(123.002, 41.001), (123.004, 41.001)])
ROWS = {
    "code": ["campus", "road", "thread"],
    "name": ["画大学", "望溪路步行街", None],
    "priority": [0.0, 2.0, 0.0],
    "tolerance_m": [0.0, 15.0, 0.0],
}


def both():
    return gpd.GeoDataFrame(ROWS, geometry=[CAMPUS, ROAD, ROAD], crs="EPSG:4326")


@pytest.fixture
def kept(engine):
    """Give a drawn city with two sets: first three special grids, then the campus alone."""
    drawn.store(engine)
    put(engine, both(), FIRST)
    return engine


def put(engine, frame, valid_from):
    with sessions(engine).begin() as session:
        SpecialStore(session).put(frame, valid_from=valid_from)


def test_lists_those_of_a_moment_that_meet_a_box(kept):
    put(kept, both().iloc[:1], SECOND)
    with Session(kept) as session:
        assert list_special(session)["code"].tolist() == ["campus"]
        assert list_special(session, at=FIRST)["code"].tolist() == ["campus", "road", "thread"]
        assert list_special(session, at=FIRST - timedelta(seconds=1)).empty
        beside = (123.003, 41.0005, 123.0031, 41.002)
        assert list_special(session, at=FIRST, bbox=beside)["code"].tolist() == ["road", "thread"]
        assert find_special(session, "road", at=FIRST)["name"].tolist() == ["望溪路步行街"]
        with pytest.raises(NotFoundError, match="no special grid 'road'"):
            find_special(session, "road")
        with pytest.raises(InputError, match="without a time zone"):
            list_special(session, at=datetime(2026, 1, 1))  # noqa: DTZ001 - the point of it


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".parquet"])
def test_what_is_exported_can_be_imported_again(kept, tmp_path, ending):
    path = tmp_path / f"special{ending}"
    assert export_special(kept, path) == 3
    assert keep_special(kept, path, now=SECOND) == (1, 3)  # the same set
    put(kept, both().iloc[:1], SECOND)
    assert export_special(kept, path, at=FIRST) == 3
    assert keep_special(kept, path, now=SECOND + timedelta(days=1)) == (3, 3)


def test_a_shifted_datum_is_shifted_back(kept, tmp_path):
    path = tmp_path / "shifted.geojson"
    export_special(kept, path, datum=Datum.GCJ02)
    assert not gpd.read_file(path).geometry.iloc[0].equals_exact(CAMPUS, 1e-4)
    keep_special(kept, path, datum=Datum.GCJ02, now=SECOND)
    with Session(kept) as session:
        back = list_special(session).geometry.iloc[0]
    assert back.hausdorff_distance(CAMPUS) < 1e-9


def test_tables_hold_them_as_text_and_a_shapefile_cannot(kept, tmp_path):
    assert export_special(kept, tmp_path / "s.csv") == 3
    text = (tmp_path / "s.csv").read_text("utf-8")
    assert text.startswith("code,name,priority,tolerance_m,wkt\n")
    assert "road,望溪路步行街,2.0,15.0,LINESTRING (" in text.replace('"', "")
    with pytest.raises(FileError, match="a Shapefile holds one of them"):
        export_special(kept, tmp_path / "s.shp")
    with pytest.raises(FileError, match="of an unknown kind"):
        export_special(kept, tmp_path / "s.doc")


def test_a_city_without_any_has_a_file_without_rows(engine, tmp_path):
    assert export_special(engine, tmp_path / "none.geojson") == 0
    assert gpd.read_file(tmp_path / "none.geojson").empty


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("画大学", ["campus"]),
        ("大学", ["campus"]),
        ("步行街", ["road"]),
        ("campus", ["campus"]),
        ("CAMP", ["campus"]),
        ("thr", ["thread"]),
        ("没有的", []),
    ],
)
def test_they_are_found_by_name_and_code(kept, text, codes):
    with Session(kept) as session:
        found = [one for one in find(session, text) if one.kind == "special_grid"]
    assert [one.code for one in found] == codes
    for one in found:
        assert (one.layer, one.bbox is None) == ("special", False)
        assert shapely.box(*one.bbox).covers(shapely.Point(one.lon, one.lat))


def drawn_at(engine, zoom):
    """Return what the tiles of the drawn city show, one feature a code."""
    tiling = Tiling(engine, poll_s=0)
    found = {}
    for tile in mercantile.tiles(*ROAD.buffer(1e-3).bounds, zoom):
        body = tiling.draw(TILE_LAYERS["special"], Tile(zoom, tile.x, tile.y))
        for code, feature in by_code(decoded(body, "special")).items():
            found.setdefault(code, []).append(feature)
    tiling.close()
    return found


def test_a_tile_shows_how_far_each_reaches(kept):
    found = drawn_at(kept, 14)
    assert set(found) == {"campus", "road"}  # a line without tolerance reaches nothing
    said = {"code": "road", "name": "望溪路步行街", "priority": 2.0, "tolerance_m": 15.0}
    assert all(part["properties"] == said for part in found["road"])
    metre = EQUATOR_M / (4096 << 14) * 0.7549  # a unit on the ground, at 41 degrees
    length = gpd.GeoSeries([ROAD], crs=4326).to_crs(4550).length.iloc[0]
    inside = shapely.intersection(shapes(found["road"]), shapely.box(0, 0, 4096, 4096))
    area = shapely.area(inside).sum() * metre**2
    assert area == pytest.approx(length * 30 + 3.1416 * 15**2, rel=0.05)


def test_both_databases_draw_the_same_special_grids(kept, sqlite_template, tmp_path):
    """`kept` is once on SQLite and once on PostGIS; the other one is on SQLite always."""

    folder = tmp_path / "other"
    folder.mkdir()
    with opened(sqlite_database(folder, sqlite_template)) as other:
        drawn.fill(other)
        put(other, both(), FIRST)
        for zoom in (10, 14, 16):
            assert drawn_at(kept, zoom) == drawn_at(other, zoom)


def test_a_new_set_has_another_token(kept):
    tiling = Tiling(kept, poll_s=0)
    before = tiling.tokens()
    assert tiling.draw(TILE_LAYERS["special"], tile_of_the_road())
    put(kept, both().iloc[:0], SECOND)
    after = tiling.tokens()
    assert {name for name in before if before[name] != after[name]} - {"incidents"} == {"special"}
    assert tiling.draw(TILE_LAYERS["special"], tile_of_the_road()) == b""
    tiling.close()


def tile_of_the_road():
    return Tile(14, *mercantile.tile(123.003, 41.001, 14)[:2])
