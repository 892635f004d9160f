import gzip
import shutil
import zipfile

import geopandas as gpd
import openpyxl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.errors import FileError
from gis_grid.exchange.encodings import detect_encoding, require_encoding
from gis_grid.exchange.sources import OPENERS, Opening, open_source

CHINESE = "编号,名称,经度,纬度\n1,新街口井盖,118.78,32.04\n2,鼓楼灯杆,118.79,32.05\n"


def rows_of(path, size=1, how=None):
    source = open_source(path, how)
    return source, [record for b in source.read(size) for record in b.table.to_dict("records")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_detects_the_encoding_of_chinese_text(encoding, tmp_path):
    path = tmp_path / "covers.csv"
    path.write_text(CHINESE, encoding=encoding)
    source, rows = rows_of(path)
    assert source.columns == ("编号", "名称", "经度", "纬度")
    assert [row["名称"] for row in rows] == ["新街口井盖", "鼓楼灯杆"]


def test_does_not_take_latin_text_for_chinese(tmp_path):
    path = tmp_path / "cafes.csv"
    path.write_bytes("name,lon\nCafé élémentaire où,1\nDéjà vu à Orléans,2\n".encode("cp1252"))
    assert detect_encoding(path).replace("_", "-").lower() not in {"gb18030", "gbk", "utf-8"}


def test_reads_gzip_semicolons_and_quoted_line_breaks(tmp_path):
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write('code;name\n1;"two\nlines"\n2;plain\n')
    source, rows = rows_of(path)
    assert source.columns == ("code", "name")
    assert rows[0] == {"code": "1", "name": "two\nlines"}


def test_counts_rows_as_a_spreadsheet_and_reports_uneven_ones(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3\n4,5\n6,7,8\n9,10\n", encoding="utf-8")
    batches = list(open_source(path).read(1))
    assert [int(row) for batch in batches for row in batch.rows] == [2, 4, 6]
    broken = [problem for batch in batches for problem in batch.unreadable]
    assert [(problem.row, problem.reason) for problem in broken] == [
        (3, "uneven_row"),
        (5, "uneven_row"),
    ]


@settings(max_examples=25)
@given(
    st.lists(
        st.lists(st.text('ab,"\n;', max_size=3), min_size=1, max_size=3), min_size=1, max_size=30
    ),
    st.integers(1, 5),
)
def test_gives_every_row_one_number(tmp_path_factory, rows, size):
    import csv  # noqa: PLC0415 - only this test writes with it

    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["one", "two"])
        writer.writerows(rows)
    batches = list(open_source(path).read(size))
    good = [int(row) for batch in batches for row in batch.rows]
    bad = [problem.row for batch in batches for problem in batch.unreadable]
    assert sorted([*good, *bad]) == list(range(2, len(rows) + 2))
    assert bad == [number for number, row in enumerate(rows, 2) if len(row) != 2]


def test_reads_a_shapefile_in_gbk_with_and_without_cpg_and_zipped(tmp_path):
    folder = tmp_path / "shp"
    folder.mkdir()
    places = gpd.GeoDataFrame(
        {"名称": ["新街口", "鼓楼"], "n": [1, 2]},
        geometry=[shapely.Point(118, 32), shapely.Point(119, 32)],
        crs="EPSG:4490",
    )
    places.to_file(folder / "a.shp", encoding="GBK")
    for path in (folder / "a.shp", tmp_path / "a.zip"):
        if path.suffix == ".zip":
            (folder / "a.cpg").unlink()
            with zipfile.ZipFile(path, "w") as archive:
                for part in folder.iterdir():
                    archive.write(part, part.name)
        source, rows = rows_of(path)
        assert [row["名称"] for row in rows] == ["新街口", "鼓楼"]
        assert source.crs == "EPSG:4490"
    assert rows_of(folder / "a.shp")[1][0]["名称"] == "新街口"
    with pytest.raises(FileError, match="not written in utf-8"):
        open_source(folder / "a.shp", Opening(encoding="utf-8"))


def test_asks_which_layer_of_several(tmp_path):
    path = tmp_path / "two.gpkg"
    spot = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs="EPSG:4326")
    spot.to_file(path, layer="one")
    spot.to_file(path, layer="two")
    with pytest.raises(FileError, match="2 layers"):
        open_source(path)
    assert open_source(path, Opening(layer="two")).rows == 1
    with pytest.raises(FileError, match="no layer 'three'"):
        open_source(path, Opening(layer="three"))


def test_reads_the_named_sheet_and_passes_over_blank_rows(tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["x"])
    sheet = book.create_sheet("灯")
    for row in (["code", "n"], ["007", 1], [None, None], ["008", 2]):
        sheet.append(row)
    book.save(path)
    source, rows = rows_of(path, how=Opening(layer="灯"))
    assert [row["code"] for row in rows] == ["007", "008"]
    assert [int(row) for batch in source.read(9) for row in batch.rows] == [2, 4]


@pytest.mark.parametrize("ending", OPENERS)
@pytest.mark.parametrize("content", [b"", b"\x00\x01\xff" * 50])
def test_refuses_empty_and_binary_files_in_one_line(ending, content, tmp_path):
    path = tmp_path / f"broken{ending}"
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        list(open_source(path).read(10))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_refuses_a_folder_a_missing_file_and_an_unknown_kind(tmp_path):
    with pytest.raises(FileError, match="is a folder"):
        open_source(tmp_path)
    with pytest.raises(FileError, match="there is no file"):
        open_source(tmp_path / "nothing.csv")
    (tmp_path / "a.dwg").write_text("x")
    with pytest.raises(FileError, match="unknown kind"):
        open_source(tmp_path / "a.dwg")


def test_refuses_an_encoding_that_does_not_fit(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(CHINESE, encoding="gbk")
    with pytest.raises(FileError, match="not written in utf-8"):
        require_encoding(path, "utf-8")
    with pytest.raises(FileError, match="no encoding 'klingon'"):
        require_encoding(path, "klingon")


def test_tells_when_a_packed_or_columnar_file_breaks_off(tmp_path):
    packed = tmp_path / "a.csv.gz"
    with gzip.open(packed, "wt", encoding="utf-8") as stream:
        stream.writelines(f"{row},{row * 7919 % 10007}\n" for row in range(50_000))
    packed.write_bytes(packed.read_bytes()[:20_000])
    spots = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs="EPSG:4326")
    whole = tmp_path / "whole.parquet"
    spots.to_parquet(whole)
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole.read_bytes()[:-20])
    half = tmp_path / "half.geojson"
    spots.to_file(tmp_path / "whole.geojson")
    half.write_text((tmp_path / "whole.geojson").read_text()[:-30])
    for path in (packed, cut, half):
        with pytest.raises(FileError):
            list(open_source(path).read(10))


def test_refuses_two_columns_of_one_name(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,a\n1,2\n")
    with pytest.raises(FileError, match="more than one column called 'a'"):
        open_source(path)


def test_reads_no_rows_as_no_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("code,lon,lat\n")
    assert rows_of(path)[1] == []
    shutil.copy(path, tmp_path / "b.tsv")
    assert rows_of(tmp_path / "b.tsv")[0].columns == ("code", "lon", "lat")
