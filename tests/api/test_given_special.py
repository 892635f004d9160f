"""Special grids of the setting `special_file`: routed to, listed, found and drawn over HTTP."""

import geopandas as gpd
import mercantile
import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.special import SpecialStore
from tests import drawn
from tests.api.conftest import BOTH, new_database
from tests.services.test_special_sets import both
from tests.signed import signed_in
from tests.tiled import decoded

MARKET = shapely.box(123.0022, 41.0022, 123.0038, 41.0038)


@pytest.fixture(scope="module", params=BOTH)
def client(request, tmp_path_factory):
    """Give a client of a city with a set in the database and a market in a file before it."""
    folder = tmp_path_factory.mktemp("given")
    rows = {"code": ["market"], "name": ["早市"]}
    gpd.GeoDataFrame(rows, geometry=[MARKET], crs="EPSG:4326").to_file(folder / "special.gpkg")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        drawn.store(engine)
        with sessions(engine).begin() as session:
            SpecialStore(session).put(both(), valid_from=drawn.START)
        engine.dispose()
        settings = {"cache_dir": folder / "cache", "special_file": folder / "special.gpkg"}
        app = create_app(Settings(database_url=url, **settings))
        with TestClient(app, raise_server_exceptions=False) as found:
            yield signed_in(found, url)


def test_all_faces_tell_of_the_file(client):
    listed = client.get("/api/v1/special")
    assert listed.json()["set"] == 0
    assert [one["id"] for one in listed.json()["features"]] == ["market"]
    one = client.get("/api/v1/special/market")
    assert shapely.geometry.shape(one.json()["geometry"]).equals(MARKET)
    assert client.get("/api/v1/special/campus").status_code == 404
    found = client.get("/api/v1/search", params={"q": "早市"}).json()["results"]
    assert [(one["layer"], one["code"]) for one in found] == [("special", "market")]
    routed = client.get("/api/v1/route", params={"lon": 123.003, "lat": 41.003}).json()
    assert (routed["grid_code"], routed["method"]) == ("market", "special")


def test_who_holds_the_answer_is_not_sent_it_again(client):
    tag = client.get("/api/v1/special").headers["etag"]
    held = client.get("/api/v1/special", headers={"If-None-Match": tag})
    assert held.status_code == 304


def test_a_tile_shows_the_file(client):
    x, y, z = mercantile.tile(123.003, 41.003, 15)
    body = client.get(f"/tiles/special/{z}/{x}/{y}.mvt").content
    assert {one["properties"]["code"] for one in decoded(body, "special")} == {"market"}
