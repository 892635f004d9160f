"""``gis-grid plan`` on real files."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from gis_grid.cli.app import app, main
from gis_grid.errors import ConflictError, CrsError, FileError, GeometryError, InputError

EPSG = 4549
CORNER = (500_000, 3_500_000)


def run(*words):
    return CliRunner().invoke(app, ["plan", *(str(word) for word in words)])


def squares(columns=6, rows=4, side=100.0):
    shapes = [
        shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side)
        for y in range(rows)
        for x in range(columns)
    ]
    shapes = shapely.transform(np.array(shapes), lambda xy: np.add(xy, CORNER))
    n = len(shapes)
    return gpd.GeoDataFrame(
        {
            "code": [f"b{i}" for i in range(n)],
            "work": np.ones(n),
            "below": -np.ones(n),
            "nothing": np.full(n, np.nan),
            "ward": ["w" if i % columns < 4 else "e" for i in range(n)],
        },
        geometry=list(shapes),
        crs=EPSG,
    )


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "blocks.gpkg"
    squares().to_file(path)
    return path


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".shp", ".parquet", ".csv"])
def test_balances_from_scratch_into_any_format(file, tmp_path, ending):
    out = tmp_path / f"out{ending}"
    found = run("balance", file, "--weight", "work", "--count", 4, "-o", out, "--json")
    assert found.exit_code == 0, found.output
    summary = json.loads(found.stdout)
    assert summary["grids"] == 4
    assert summary["largest_deviation"] == 0
    frame = (
        gpd.read_parquet(out)
        if ending == ".parquet"
        else (pd.read_csv(out) if ending == ".csv" else gpd.read_file(out))
    )
    assert frame["grid"].astype(str).value_counts().to_dict() == dict.fromkeys("1234", 6)
    assert frame["code"].tolist() == squares()["code"].tolist()


def test_changes_little_from_what_there_is(file, tmp_path):
    out = tmp_path / "out.geojson"
    found = run(
        "balance",
        file,
        "--weight",
        "work",
        "--from",
        "ward",
        "--max-moved",
        "20%",
        "-o",
        out,
        "--json",
    )
    summary = json.loads(found.stdout)
    assert summary["cv"] < 0.1 * summary["cv_before"]
    assert summary["moved"] == 4
    moved = gpd.read_file(out)
    assert (moved["grid"] != moved["ward"]).sum() == 4


def test_stays_within_a_column(file, tmp_path):
    out = tmp_path / "out.gpkg"
    run("balance", file, "--weight", "work", "--count", 3, "--within", "ward", "-o", out)
    made = gpd.read_file(out)
    assert made.groupby("grid")["ward"].nunique().tolist() == [1, 1, 1]


def test_a_bad_row_is_kept_aside_and_said(tmp_path):
    frame = squares().astype({"work": object})
    frame.loc[0, "work"] = "many"
    path, out = tmp_path / "blocks.geojson", tmp_path / "out.gpkg"
    frame.to_crs(4326).to_file(path)
    found = run("balance", path, "--weight", "work", "--count", 2, "-o", out)
    assert found.exit_code == 1
    assert len(gpd.read_file(out)) == 23
    rejects = pd.read_csv(tmp_path / "blocks.rejects.csv")
    assert rejects[["field", "value", "reason"]].to_numpy().tolist() == [
        ["work", "many", "bad_weight"]
    ]
    kept = run("balance", path, "--weight", "work", "--count", 2, "-o", out, "--keep-going")
    assert kept.exit_code == 0


def test_checks_grids_and_its_exit_code_says(file, tmp_path):
    clean = run("check", file)
    assert clean.exit_code == 0
    assert "24 polygons tile without gap or overlap" in clean.stdout
    frame = squares().drop(index=7)
    shapes = frame.geometry.to_numpy().copy()
    shapes[0] = shapely.union_all([shapes[0], shapes[-1]])
    frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=EPSG)).iloc[:-1]
    path = tmp_path / "grids.gpkg"
    frame.to_file(path)
    found = run("check", path, "--json")
    assert found.exit_code == 1
    document = json.loads(found.stdout)
    assert document["broken"] == [{"grid": "b0", "pieces": 2}]
    assert [(one["kind"], round(one["area_m2"])) for one in document["issues"]] == [("gap", 10_000)]
    told = run("check", path)
    assert "gap of" in told.stdout
    assert "grid b0 is in 2 pieces" in told.stdout


def test_measures_grids_and_blocks_alike(file):
    found = json.loads(run("metrics", file, "--weight", "work", "--by", "ward", "--json").stdout)
    assert {row["grid"]: row["work"] for row in found["grids"]} == {"w": 16, "e": 8}
    assert found["spread"]["work"]["ratio"] == 2
    by_text = run("metrics", file, "--weight", "work")
    assert by_text.exit_code == 0
    assert "24 grids" in by_text.stdout


def test_makes_blocks_of_files(tmp_path):
    grid = gpd.GeoDataFrame({"code": ["g"]}, geometry=[shapely.box(0, 0, 400, 300)], crs=EPSG)
    street = gpd.GeoDataFrame(
        {"code": ["s"], "category": ["local"], "bridge": [False]},
        geometry=[shapely.LineString([(0, 150), (400, 150)])],
        crs=EPSG,
    )
    houses = gpd.GeoDataFrame(
        {"code": ["h"], "households": [7]}, geometry=[shapely.box(10, 10, 20, 20)], crs=EPSG
    )
    files = {"grids": grid, "streets": street, "buildings": houses}
    words = []
    for name, frame in files.items():
        moved = frame.set_geometry(
            gpd.GeoSeries(
                shapely.transform(frame.geometry.to_numpy(), lambda xy: np.add(xy, CORNER)),
                crs=EPSG,
            )
        )
        moved.to_file(tmp_path / f"{name}.gpkg")
        words += [f"--{name}", tmp_path / f"{name}.gpkg"]
    found = run("blocks", *words, "-o", tmp_path / "blocks.gpkg")
    assert found.exit_code == 0, found.output
    assert "2 blocks written" in found.stdout
    made = gpd.read_file(tmp_path / "blocks.gpkg")
    assert made["households"].tolist() in ([7, 0], [0, 7])
    assert made["grid_code"].tolist() == ["g", "g"]
    again = run(
        "balance",
        tmp_path / "blocks.gpkg",
        "--weight",
        "patrol_m",
        "--count",
        2,
        "-o",
        tmp_path / "two.gpkg",
    )
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (["--weight", "work"], InputError, "--count"),
        (["--weight", "work", "--count", 2, "--from", "ward"], InputError, "--count"),
        (["--weight", "x", "--count", 2], InputError, "no column 'x'"),
        (["--weight", "ward", "--count", 2], InputError, "row 1 has 'w', where a number"),
        (["--weight", "below", "--count", 2], InputError, "row 1 has '-1.0', where a number"),
        (["--weight", "nothing", "--count", 2], InputError, "none has any weight"),
        (["--weight", "work", "--count", 99], ConflictError, "99 grids"),
        (["--weight", "work", "--from", "ward", "--max-moved", "5"], InputError, "a share"),
        (["--weight", "work", "--count", 2, "--crs", "EPSG:0"], CrsError, "EPSG:0"),
        (["--weight", "work", "--count", 2, "-o", "x.doc"], FileError, "unknown kind"),
    ],
)
def test_refuses_in_one_line(file, tmp_path, words, error, said):
    found = run("balance", file, "-o", tmp_path / "o.gpkg", *words)
    assert isinstance(found.exception, error)
    assert said in str(found.exception)
    assert "\n" not in str(found.exception)


@pytest.mark.parametrize(
    "given",
    [
        ("none.gpkg", None, "there is no file"),
        ("junk.gpkg", b"PK junk", "cannot be read"),
        ("empty.geojson", b'{"type": "FeatureCollection", "features": []}', "no "),
    ],
)
@pytest.mark.parametrize("command", ["balance", "check", "metrics"])
def test_a_file_that_cannot_be_read_is_one_line_and_exit_code_2(
    tmp_path, capsys, monkeypatch, command, given
):
    name, content, said = given
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    words = {"balance": ["--weight", "w", "--count", "2", "-o", str(tmp_path / "o.gpkg")]}
    words |= {"check": [], "metrics": ["--weight", "w"]}
    monkeypatch.setattr("sys.argv", ["gis-grid", "plan", command, str(path), *words[command]])
    with pytest.raises(SystemExit) as stopped:
        main()
    told = capsys.readouterr().err
    assert stopped.value.code == 2
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert said in told


def test_overlapping_blocks_are_refused_or_repaired(tmp_path):
    frame = squares()
    shapes = frame.geometry.to_numpy().copy()
    shapes[0] = shapes[0].buffer(1, join_style="mitre")
    frame = frame.set_geometry(gpd.GeoSeries(shapes, crs=EPSG))
    path, out = tmp_path / "blocks.gpkg", tmp_path / "out.gpkg"
    frame.to_file(path)
    found = run("balance", path, "--weight", "work", "--count", 2, "-o", out)
    assert isinstance(found.exception, GeometryError)
    assert "gis-grid plan check" in str(found.exception)
    assert (
        run("balance", path, "--weight", "work", "--count", 2, "-o", out, "--repair").exit_code == 0
    )


@pytest.mark.shared
def test_providence_gets_fifteen_even_wards(shared, tmp_path):
    blocks = shared / "providence" / "blocks.zip"
    out = tmp_path / "wards.gpkg"
    found = run("balance", blocks, "--weight", "TOTPOP", "--count", 15, "-o", out, "--json")
    summary = json.loads(found.stdout)
    assert found.exit_code == 0
    assert summary["largest_deviation"] <= 0.02
    again = run("metrics", out, "--weight", "TOTPOP", "--by", "grid", "--json")
    even = json.loads(again.stdout)
    assert [row["pieces"] for row in even["grids"]] == [1.0] * 15
    assert sum(row["work"] for row in even["grids"]) == 178_040
