import json
from collections import Counter

import pandas as pd
import pytest
import shapely

from gis_grid.errors import CrsError, FileError, InputError
from gis_grid.exchange.mapping import ColumnMap
from gis_grid.exchange.prepare import Reading
from gis_grid.geo.datum import Datum
from tests.exchange.files import read_all


def geojson(path, *shapes, **columns):
    features = [
        {
            "type": "Feature",
            "properties": {name: values[at] for name, values in columns.items()},
            "geometry": shape,
        }
        for at, shape in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def ring(*corners):
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


SQUARE = ring((118.0, 32.0), (118.1, 32.0), (118.1, 32.1), (118.0, 32.1))
BOW_TIE = ring((118.0, 32.0), (118.1, 32.1), (118.1, 32.0), (118.0, 32.1))


def csv_of(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def reasons(path, layer, **constants):
    kept, summary = read_all(path, layer, Reading(stated=ColumnMap(constants=constants)))
    return sum(len(frame) for frame in kept), dict(summary.reasons)


def test_one_bad_row_never_stops_the_good_ones(tmp_path):
    path = csv_of(
        tmp_path / "a.csv",
        "code,lon,lat\n"
        "good,118.7,32.0\nswapped,32.0,118.7\nmetres,500000,3540000\nhuge,1e308,1\n"
        "infinite,inf,32\nnan,nan,32\nword,east,32\nisland,0,0\n,118.7,32.1\ngood2,118.7,32.2\n",
    )
    kept, summary = read_all(path, "gates")
    assert summary.reasons == {
        "swapped_lon_lat": 1,
        "metres_not_degrees": 1,
        "out_of_range": 1,
        "not_finite": 1,
        "missing_geometry": 1,
        "bad_number": 1,
        "null_island": 1,
        "missing_value": 1,
    }
    assert list(kept[0]["code"]) == ["good", "good2"]
    rejects = pd.read_csv(tmp_path / "a.rejects.csv", dtype=str)
    assert list(rejects.columns) == [
        "row",
        "field",
        "value",
        "reason",
        "hint",
        "code",
        "lon",
        "lat",
    ]
    assert dict(zip(rejects["code"], rejects["row"], strict=True))["metres"] == "4"


def test_finds_swapped_points_among_right_ones_where_both_are_possible(tmp_path):
    good = "".join(f"g{n},{-71 - n / 100},42.3\n" for n in range(20))
    path = csv_of(tmp_path / "a.csv", f"code,lon,lat\n{good}bad,42.3,-71.05\n")
    assert reasons(path, "gates") == (20, {"swapped_lon_lat": 1})


def test_refuses_polygons_that_are_crossed_empty_missing_or_of_another_type(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        SQUARE,
        BOW_TIE,
        {"type": "Polygon", "coordinates": []},
        None,
        {"type": "Point", "coordinates": [118, 32]},
        code=["a", "b", "c", "d", "e"],
    )
    assert reasons(path, "buildings") == (
        1,
        {"invalid_geometry": 1, "missing_geometry": 2, "wrong_geometry_type": 1},
    )
    rejects = pd.read_csv(tmp_path / "a.rejects.csv")
    assert rejects["hint"].str.contains("Self-intersection.*--repair").any()


def test_mends_a_crossed_polygon_only_when_asked(tmp_path):
    path = geojson(tmp_path / "a.geojson", BOW_TIE, code=["b"])
    kept, summary = read_all(path, "buildings", Reading(repair=True))
    assert summary.repaired == 1
    assert kept[0].geometry.is_valid.all()
    assert shapely.area(kept[0].geometry.to_numpy())[0] == pytest.approx(0.005)


def test_rejects_a_repeated_code_with_other_content_and_counts_a_repeated_row(tmp_path):
    path = csv_of(
        tmp_path / "a.csv",
        "code,lon,lat\na,118.1,32\na,118.1,32\na,118.2,32\nb,118.2,32\n",
    )
    kept, summary = read_all(path, "gates", Reading(batch_rows=1))
    assert (summary.read, summary.repeated, summary.rejected) == (4, 1, 1)
    assert summary.reasons == Counter(duplicate_code=1)
    assert sum(len(frame) for frame in kept) == 2


def test_gives_things_without_code_the_same_code_in_every_format(tmp_path):
    text = csv_of(tmp_path / "a.csv", "lon,lat\n118.12345678,32.5\n118.2,32.5\n")
    kept, _ = read_all(
        text, "facilities", Reading(stated=ColumnMap(constants={"category": "0118"}))
    )
    sheet = tmp_path / "a.xlsx"
    pd.DataFrame({"lon": [118.12345678, 118.2], "lat": [32.5, 32.5]}).to_excel(sheet, index=False)
    again, _ = read_all(
        sheet, "facilities", Reading(stated=ColumnMap(constants={"category": "0118"}))
    )
    other, _ = read_all(
        sheet, "facilities", Reading(stated=ColumnMap(constants={"category": "0117"}))
    )
    assert list(kept[0]["code"]) == list(again[0]["code"])
    assert not set(kept[0]["code"]) & set(other[0]["code"])


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("floors", "6.5", "not_integer"),
        ("floors", "-1", "out_of_range"),
        ("floors", "1e308", "not_integer"),
        ("height_m", "1e308", "out_of_range"),
        ("height_m", "inf", "not_real"),
        ("height_m", "high", "not_real"),
        ("households", "-3", "out_of_range"),
    ],
)
def test_names_the_value_that_breaks_a_rule(column, value, reason, tmp_path):
    wkt = "POLYGON ((118 32, 118.1 32, 118.1 32.1, 118 32))"
    path = csv_of(tmp_path / "a.csv", f'code,{column},wkt\na,{value},"{wkt}"\nb,3,"{wkt}"\n')
    kept, summary = read_all(path, "buildings")
    assert summary.reasons == {reason: 1}
    assert (summary.examples[0].field, summary.examples[0].value) == (column, value)
    assert list(kept[0]["code"]) == ["b"]


def test_understands_chinese_headings_values_and_blanks(tmp_path):
    path = csv_of(
        tmp_path / "a.csv",
        "编号,小类,状态,普查日期,经度,纬度,权属单位\n1,0104,破损,2025年3月1日,118.7,32,无\n",
    )
    kept, summary = read_all(path, "facilities")
    row = kept[0].iloc[0]
    assert (row["category"], row["state"], str(row["surveyed_on"])) == (
        "0104",
        "damaged",
        "2025-03-01",
    )
    assert summary.rejected == 0


def test_doubts_incidents_on_a_point_that_carries_too_many(tmp_path):
    spread = "".join(f"s{n},{118.7 + n / 1000},32.0,路{n}号\n" for n in range(100))
    piled = "".join(f"p{n},118.5,32.0,街{n}号\n" for n in range(50))
    busy = "".join(f"b{n},118.6,32.0,广场1号\n" for n in range(50))
    path = csv_of(tmp_path / "a.csv", f"编号,经度,纬度,地址\n{spread}{piled}{busy}o,0,0,无\n")
    stated = ColumnMap(constants={"state": "reported", "reported_at": "2026-01-01"})
    kept, summary = read_all(path, "incidents", Reading(stated=stated))
    assert summary.suspicious == {"default_point": 50, "null_island": 1}
    doubted = kept[0][kept[0]["doubt"] == "default_point"]
    assert set(doubted["code"]) == {f"p{n}" for n in range(50)}


def test_keeps_incidents_without_a_point(tmp_path):
    path = csv_of(tmp_path / "a.csv", "code,state,reported_at,lon,lat\na,reported,2026-01-01,,\n")
    kept, summary = read_all(path, "incidents")
    assert (len(kept[0]), dict(summary.suspicious)) == (1, {"no_place": 1})


def test_converts_datum_and_crs_at_the_door(tmp_path):
    shifted = csv_of(tmp_path / "a.csv", "code,lon,lat\na,116.3975,39.9087\n")
    kept, _ = read_all(shifted, "gates", Reading(datum=Datum.GCJ02))
    assert abs(kept[0].geometry.x.iloc[0] - 116.39126) < 1e-4
    metres = csv_of(tmp_path / "b.csv", "code,x,y\na,666949,3545586\n")
    kept, summary = read_all(metres, "gates", Reading(crs="EPSG:4549"))
    assert summary.rejected == 0
    assert kept[0].geometry.x.iloc[0] == pytest.approx(121.77, abs=0.05)
    with pytest.raises(CrsError, match="no CRS 'EPSG:99'"):
        read_all(metres, "gates", Reading(crs="EPSG:99"))


def test_refuses_a_file_without_a_needed_column(tmp_path):
    path = csv_of(tmp_path / "a.csv", "code,lon,lat\na,118,32\n")
    with pytest.raises(FileError, match="no column for category"):
        read_all(path, "facilities")
    with pytest.raises(FileError, match="no geometry and no known lon/lat"):
        read_all(csv_of(tmp_path / "b.csv", "code,abc\na,1\n"), "gates")
    with pytest.raises(InputError, match="no column 'X'"):
        read_all(path, "gates", Reading(stated=ColumnMap(columns={"code": "X"})))
    with pytest.raises(InputError, match="no field 'colour'"):
        read_all(path, "gates", Reading(stated=ColumnMap(constants={"colour": "red"})))


def test_does_not_take_a_column_of_equal_values_for_codes(tmp_path):
    rows = "".join(f"0,{118 + n / 10},32\n" for n in range(11))
    kept, summary = read_all(csv_of(tmp_path / "a.csv", f"Id,lon,lat\n{rows}"), "gates")
    assert kept[0]["code"].str.startswith("x").all()
    assert any("no code" in note for note in summary.notes)
