"""A file that lies about its datum, found out from the command line."""

import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest

from gis_grid.storage.database import opened, upgrade

COAST = Path(__file__).resolve().parents[2] / "data" / "datum" / "liaoning_coast.topojson"


@pytest.mark.slow
@pytest.mark.shared
def test_districts_that_claim_wgs84_are_found_to_be_gcj02(shared, tmp_path):
    url = f"sqlite:///{tmp_path / 'city.db'}"
    with opened(url) as engine:
        upgrade(engine)
    coast = gpd.read_file(COAST).set_crs("EPSG:4326").assign(code="coast", category="path")
    coast[["code", "category", "geometry"]].to_file(tmp_path / "coast.geojson")

    def run(*words):
        done = subprocess.run(
            [Path(sys.executable).with_name("gis-grid"), "import", *words, "--json"],
            env={"GIS_GRID_DATABASE_URL": url}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    run("streets", str(tmp_path / "coast.geojson"))
    districts = str(shared / "china" / "districts_gcj02.geojson")
    told = run("grids", districts, "--datum", "auto", "--set", "level=district", "--keep-going")
    assert told["datum"] == "gcj02"
    assert told["read"] == told["stored"] == 111
