from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis_grid.errors import FileError, InputError, NotFoundError
from gis_grid.exchange.mapping import ColumnMap
from gis_grid.exchange.prepare import Reading
from gis_grid.services.exporting import export_all, export_layer
from gis_grid.services.importing import ImportOptions, import_layer
from gis_grid.storage.database import sessions
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import LAYERS
from tests import stored

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def city(engine):
    stored.put(engine, fill)
    return engine


def fill(engine):
    """Import a grid and two lamps from files."""
    with TemporaryDirectory() as name:
        imported(engine, Path(name))


def imported(engine, folder):
    grid = gpd.GeoDataFrame(
        {"code": ["s1"], "level": ["subarea"], "name": ["一号网格"]},
        geometry=[shapely.box(118, 32, 118.01, 32.01)],
        crs="EPSG:4326",
    )
    grid.to_file(folder / "grids.gpkg")
    import_layer(engine, "grids", [folder / "grids.gpkg"], ImportOptions(), now=NOW)
    lamps = folder / "lamps.csv"
    lamps.write_text(
        "编号,经度,纬度,权属单位,普查日期\nL1,118.005,32.005,路灯处,2025-03-01\nL2,118.1,32.1,,\n"
    )
    lit = ImportOptions(reading=Reading(stated=ColumnMap(constants={"category": "0118"})))
    import_layer(engine, "facilities", [lamps], lit, now=NOW)


def read(engine, layer):
    with sessions(engine)() as session:
        return LayerStore(session).read(layer, private=True)


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "csv", "xlsx", "parquet", "shp"])
def test_what_goes_out_comes_back_unchanged(city, ending, tmp_path):
    path = tmp_path / f"out.{ending}"
    assert export_layer(city, "facilities", path) == 2
    again = import_layer(city, "facilities", [path], ImportOptions(), now=NOW)
    assert (again.unchanged, again.updated, again.stored, again.rejected) == (2, 0, 0, 0)


def test_writes_every_layer_also_the_empty_ones(city, tmp_path):
    counts = export_all(city, tmp_path / "all")
    assert counts["facilities"] == 2
    assert {path.stem for path in (tmp_path / "all").iterdir()} == set(LAYERS)
    for layer in LAYERS:
        again = import_layer(
            city, layer, [tmp_path / "all" / f"{layer}.gpkg"], ImportOptions(), now=NOW
        )
        assert again.read == again.unchanged == counts[layer]


def test_writes_the_grids_of_a_moment(city, tmp_path):
    assert export_layer(city, "grids", tmp_path / "now.csv", at=NOW) == 1
    before = datetime(2020, 1, 1, tzinfo=UTC)
    assert export_layer(city, "grids", tmp_path / "then.csv", at=before) == 0
    assert list(pd.read_csv(tmp_path / "then.csv").columns)[:2] == ["code", "name"]
    with pytest.raises(InputError, match="no generations"):
        export_layer(city, "facilities", tmp_path / "f.csv", at=NOW)


def test_refuses_what_it_cannot_write(city, tmp_path):
    with pytest.raises(NotFoundError, match="no layer 'lamps'"):
        export_layer(city, "lamps", tmp_path / "a.csv")
    with pytest.raises(FileError, match="unknown kind"):
        export_layer(city, "facilities", tmp_path / "a.dwg")
    with pytest.raises(InputError, match="no places"):
        export_all(city, tmp_path / "all", ending=".shp")
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="cannot make the folder"):
        export_all(city, tmp_path / "file")
    assert not list(tmp_path.glob("a.*"))


def test_tells_how_far_it_is(city, tmp_path):
    told = []
    export_layer(city, "facilities", tmp_path / "a.csv", progress=lambda *got: told.append(got))
    assert told == [(2, 2)]
    assert len(read(city, "facilities")) == 2
