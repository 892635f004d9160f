"""Special grids from files."""

import geopandas as gpd
import pytest
import shapely

from gis_grid.errors import FileError, GeometryError, InputError
from gis_grid.services.special_file import special_grids


def write(folder, file="s.gpkg", crs="EPSG:4326", shape=None, **columns):
    box = shapely.box(123.0, 41.0, 123.01, 41.01)
    line = shapely.LineString([(123.0, 41.005), (123.02, 41.005)])
    rows = {"code": ["campus", "road"]} | columns
    frame = gpd.GeoDataFrame(rows, geometry=[shape or box, line], crs="EPSG:4326").to_crs(crs)
    frame.to_file(folder / file)
    return folder / file


def owners(index):
    return index.locate_many(lon=[123.005, 123.015, 123.015], lat=[41.005, 41.005, 41.0053]).code


def test_no_file_is_no_special_grids():
    assert special_grids(None) is None


@pytest.mark.parametrize("file", ["s.gpkg", "s.geojson"])
def test_every_format_of_shapes(tmp_path, file):
    path = write(tmp_path, file, priority=[2, 1])
    assert owners(special_grids(path)).tolist() == ["campus", "road", None]


def test_columns_that_are_there_are_used(tmp_path):
    path = write(tmp_path, priority=[1, 2], tolerance_m=[0.0, 50.0], name=["大学", None])
    index = special_grids(path)
    assert owners(index).tolist() == ["road", "road", "road"]
    assert (index.name_of("campus"), index.name_of("road")) == ("大学", None)


def test_another_crs_is_brought_to_degrees(tmp_path):
    index = special_grids(write(tmp_path, crs="EPSG:4550"))
    assert owners(index).tolist() == ["road", "road", None]  # the smaller one wins


def test_refuses_with_the_name_of_the_file(tmp_path):
    with pytest.raises(FileError, match=r"nothing\.gpkg"):
        special_grids(tmp_path / "nothing.gpkg")
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(GeometryError, match=r"bow\.gpkg: row 0 .* invalid"):
        special_grids(write(tmp_path, "bow.gpkg", shape=bow))
    (tmp_path / "plain.csv").write_text("code\na\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"plain\.csv has no geometry"):
        special_grids(tmp_path / "plain.csv")
    with pytest.raises(InputError, match=r"twice\.gpkg: code 'x'"):
        special_grids(write(tmp_path, "twice.gpkg", code=["x", "x"]))
