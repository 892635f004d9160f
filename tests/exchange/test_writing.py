import io

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from gis_grid.errors import FileError
from gis_grid.exchange.checks import Plan, check
from gis_grid.exchange.mapping import ColumnMap, guess_map
from gis_grid.exchange.placing import Frame
from gis_grid.exchange.shapefile_names import SHORT, short_name
from gis_grid.exchange.sources import open_source
from gis_grid.exchange.writing import write_layer
from gis_grid.geo.datum import Datum
from gis_grid.storage.frames import conform
from gis_grid.values.layers import LAYERS
from tests.exchange.features import frames

WHOLE = [".gpkg", ".geojson", ".csv", ".csv.gz", ".parquet"]
FEW = settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.generate],  # files are slow to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def read_back(path, layer, datum=Datum.WGS84):
    source = open_source(path)
    mapping = guess_map(layer, source.columns, stated=ColumnMap(), has_geometry=source.has_geometry)
    plan = Plan(layer=layer, mapping=mapping, frame=Frame(datum=datum))
    checked = [check(batch, plan) for batch in source.read(3)]
    assert [problem for part in checked for problem in part.problems] == []
    if not checked:
        return conform(layer, empty(layer))
    frame = pd.concat([part.frame for part in checked], ignore_index=True)
    if layer.geometry is None:
        return conform(layer, pd.DataFrame(frame.drop(columns="geometry")))
    return conform(layer, gpd.GeoDataFrame(frame, crs="EPSG:4326"))


def empty(layer):
    table = pd.DataFrame(columns=pd.Index(layer.field_names), dtype=object)
    if layer.geometry is None:
        return table
    return gpd.GeoDataFrame(table, geometry=np.empty(0, dtype=object), crs="EPSG:4326")


def same(one, other):
    names = [name for name in one.columns if name != "geometry"]
    pd.testing.assert_frame_equal(pd.DataFrame(one[names]), pd.DataFrame(other[names]))
    if "geometry" in one.columns:
        assert (
            shapely.equals_identical(one.geometry.to_numpy(), other.geometry.to_numpy()).all()
            or (one.geometry.to_wkb() == other.geometry.to_wkb()).all()
        )


def nearly_same(frame, back, layer):
    """Compare with reals of fifteen digits and rings in any order."""
    reals = [field.name for field in layer.fields if field.kind == "real"]
    for real in reals:
        np.testing.assert_allclose(
            back[real].to_numpy(), frame[real].to_numpy(), rtol=1e-14, atol=1e-15
        )
    rest = [field.name for field in layer.fields if field.kind != "real"]
    pd.testing.assert_frame_equal(pd.DataFrame(frame[rest]), pd.DataFrame(back[rest]))
    if layer.geometry is not None:
        mine, yours = (shapely.normalize(each.geometry.to_numpy()) for each in (frame, back))
        assert shapely.equals_exact(mine, yours, tolerance=1e-12).all()


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("name", LAYERS)
def test_reads_back_what_it_wrote(name, ending, tmp_path):
    layer = LAYERS[name]

    @FEW
    @given(frame=frames(name))
    def identity(frame):
        path = tmp_path / f"out{ending}"
        assert write_layer([frame], layer, path, private=True) == len(frame)
        same(frame, read_back(path, layer))

    identity()


@pytest.mark.parametrize("name", LAYERS)
def test_reads_back_a_workbook_with_the_digits_that_excel_keeps(name, tmp_path):
    layer = LAYERS[name]

    @FEW
    @given(frame=frames(name))
    def nearly(frame):
        path = tmp_path / "out.xlsx"
        write_layer([frame], layer, path, private=True)
        nearly_same(frame, read_back(path, layer), layer)

    nearly()


@pytest.mark.parametrize("name", [name for name in LAYERS if LAYERS[name].geometry])
def test_reads_back_a_shapefile_but_for_what_the_format_cannot_hold(name, tmp_path):
    layer = LAYERS[name]

    @FEW
    @given(frame=frames(name))
    def nearly(frame):
        texts = [field.name for field in layer.fields if field.kind == "text"]
        assume(all(len(str(text).encode()) < 255 for text in frame[texts].to_numpy().ravel()))
        path = tmp_path / "out.shp"
        write_layer([frame], layer, path)
        assert (tmp_path / "out.cpg").read_text() == "UTF-8"
        back = read_back(path, layer)
        nearly_same(frame, back, layer)

    nearly()


def test_names_in_a_shapefile_are_short_and_different():
    for layer in LAYERS.values():
        names = [short_name(field.name) for field in layer.fields]
        assert all(len(name) <= 10 for name in names)
        assert len(set(names)) == len(names)
    assert set(SHORT) <= {field.name for layer in LAYERS.values() for field in layer.fields}


@FEW
@given(frame=frames("gates"), datum=st.sampled_from([Datum.GCJ02, Datum.BD09]))
def test_comes_back_within_a_centimetre_through_another_datum(frame, datum, tmp_path):
    path = tmp_path / "out.csv"
    write_layer([frame], LAYERS["gates"], path, datum=datum)
    back = read_back(path, LAYERS["gates"], datum)
    assert (
        shapely.distance(back.geometry.to_numpy(), frame.geometry.to_numpy()).max(initial=0) < 1e-7
    )
    if len(frame):
        assert set(pd.read_csv(path)["datum"]) == {datum.value}


def test_names_a_shifted_datum_and_claims_no_crs(tmp_path):
    gate = gpd.GeoDataFrame({"code": ["g"]}, geometry=[shapely.Point(118.8, 32.1)], crs="EPSG:4326")
    frame = conform(LAYERS["gates"], gate)
    write_layer([frame], LAYERS["gates"], tmp_path / "out.gpkg", datum=Datum.GCJ02)
    info = pyogrio.read_info(tmp_path / "out.gpkg")
    assert info["crs"] is None or "4326" not in info["crs"]
    assert "datum" in info["fields"]


def test_leaves_personal_data_out_unless_told(tmp_path):
    officer = pd.DataFrame(
        {"code": ["o1"], "name": ["王某"], "area_code": ["1"], "duty_phone": ["110"]}
    )
    frame = conform(LAYERS["officers"], officer)
    write_layer([frame], LAYERS["officers"], tmp_path / "plain.csv")
    write_layer([frame], LAYERS["officers"], tmp_path / "full.csv", private=True)
    assert "王某" not in (tmp_path / "plain.csv").read_text()
    assert "王某" in (tmp_path / "full.csv").read_text()


def test_leaves_the_old_file_when_it_fails(tmp_path):
    path = tmp_path / "gates.csv"
    path.write_text("as it was")

    def breaks():
        yield conform(LAYERS["gates"], empty(LAYERS["gates"]))
        message = "the database went away"
        raise FileError(message)

    with pytest.raises(FileError, match="went away"):
        write_layer(breaks(), LAYERS["gates"], path)
    assert path.read_text() == "as it was"
    assert [found.name for found in tmp_path.iterdir()] == ["gates.csv"]


def test_refuses_what_a_format_cannot_hold(tmp_path):
    long = gpd.GeoDataFrame(
        {"code": ["g"], "name": ["长" * 100]}, geometry=[shapely.Point(118, 32)], crs="EPSG:4326"
    )
    frame = conform(LAYERS["gates"], long)
    with pytest.raises(FileError, match="longer than a Shapefile"):
        write_layer([frame], LAYERS["gates"], tmp_path / "out.shp")
    odd = conform(LAYERS["gates"], long.assign(name="\x07bell"))
    with pytest.raises(FileError, match="a sheet cannot hold"):
        write_layer([odd], LAYERS["gates"], tmp_path / "out.xlsx")
    officers = conform(LAYERS["officers"], empty(LAYERS["officers"]))
    with pytest.raises(FileError, match="no Shapefile"):
        write_layer([officers], LAYERS["officers"], tmp_path / "out.shp")
    for name in ("out.dxf", "out.txt.gz", "out"):
        with pytest.raises(FileError, match="unknown kind"):
            write_layer([frame], LAYERS["gates"], tmp_path / name)
    with pytest.raises(FileError, match="cannot write"):
        write_layer([frame], LAYERS["gates"], tmp_path / "nowhere" / "out.csv")


def test_keeps_texts_that_look_like_formulas_as_texts(tmp_path):
    import openpyxl  # noqa: PLC0415 - only this test looks inside

    gate = gpd.GeoDataFrame({"code": ["=1+1"]}, geometry=[shapely.Point(118, 32)], crs="EPSG:4326")
    write_layer([conform(LAYERS["gates"], gate)], LAYERS["gates"], tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "out.xlsx").read_bytes()))
    cell = book.active["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    book.close()
