"""The wards of Providence from a file to a file: loaded, made even, written and read unchanged."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from gis_grid.cli.app import app
from gis_grid.plan import planfile
from gis_grid.plan.balance import rebalance
from gis_grid.plan.log import Draft
from gis_grid.services.plan_files.reading import read_shapes
from gis_grid.services.plan_files.writing import WRITERS, write_shapes
from tests.plan import oracle
from tests.plan.conftest import providence, providence_blocks  # noqa: F401 - fixtures
from tests.plan.drawn import WHO

pytestmark = pytest.mark.shared
WARDS, PERSONS = 15, 178_040
TENTH_OF_A_MM_DEG = 1e-9


def run(*words):
    found = CliRunner().invoke(app, ["plan", *(str(word) for word in words)])
    assert found.exit_code == 0, found.output
    return found.stdout


@pytest.fixture(scope="module")
def given(shared):
    return gpd.read_file(shared / "providence" / "blocks.zip").to_crs(4326)


@pytest.fixture(scope="module")
def made(shared, tmp_path_factory):
    """Return the file of the wards after a small change, and what was said of it."""
    out = tmp_path_factory.mktemp("wards") / "wards.gpkg"
    blocks = shared / "providence" / "blocks.zip"
    words = ("--weight", "TOTPOP", "--from", "WARD", "--max-moved", "5%", "-o", out, "--json")
    return out, json.loads(run("balance", blocks, *words))


def test_a_small_change_makes_the_wards_even_and_keeps_them_whole(made, given):
    out, said = made
    assert said["grids"] == WARDS
    before = given.groupby("WARD")["TOTPOP"].sum()
    assert said["cv_before"] == pytest.approx(before.std(ddof=0) / before.mean())
    assert said["cv"] <= 0.5 * said["cv_before"]
    assert said["moved_share"] <= 0.05
    wards = gpd.read_file(out)
    sums = wards.groupby("grid")["TOTPOP"].sum()
    assert sums.std(ddof=0) / sums.mean() == pytest.approx(said["cv"])
    was = given["WARD"].astype(int).astype(str)
    assert wards.loc[wards["grid"] != was, "TOTPOP"].sum() == said["moved"]
    measured = json.loads(run("metrics", out, "--weight", "TOTPOP", "--by", "grid", "--json"))
    assert [row["pieces"] for row in measured["grids"]] == [1.0] * WARDS
    assert sum(row["work"] for row in measured["grids"]) == PERSONS
    assert measured["spread"]["work"]["cv"] == pytest.approx(said["cv"])


def test_the_blocks_are_written_as_they_were_read(made, given):
    wards = gpd.read_file(made[0])
    columns = [name for name in given.columns if name != "geometry"]
    pd.testing.assert_frame_equal(wards[columns], given[columns], check_dtype=False)
    assert are_same(wards.geometry, given.geometry)


def are_same(one, other):
    """Tell whether shapes are the same; formats differ in polygons of one part and ring order."""
    plain = [
        shapely.normalize([shapely.MultiPolygon([*shapely.get_parts(shape)]) for shape in shapes])
        for shapes in (one, other)
    ]
    return shapely.equals_exact(*plain, TENTH_OF_A_MM_DEG).all()


@pytest.mark.parametrize("ending", WRITERS)
def test_what_is_written_in_any_format_is_read_unchanged(made, tmp_path, ending):
    wards = gpd.read_file(made[0])
    path = tmp_path / f"again{ending}"
    assert write_shapes(wards, path) == len(wards)
    again = read_shapes(path)
    assert again.problems == ()
    assert again.table["grid"].astype(str).tolist() == wards["grid"].tolist()
    assert again.table["TOTPOP"].astype(int).tolist() == wards["TOTPOP"].tolist()
    assert are_same(again.lonlat, wards.geometry)


def test_what_was_read_again_is_the_same_plan(made, tmp_path):
    out = tmp_path / "again.gpkg"
    words = ("--weight", "TOTPOP", "--from", "grid", "--max-moved", "0%", "-o", out, "--json")
    said = json.loads(run("balance", made[0], *words))
    assert (said["moved"], said["cv"]) == (0, pytest.approx(made[1]["cv"]))
    assert gpd.read_file(out)["grid"].equals(gpd.read_file(made[0])["grid"])


def test_the_wards_as_grids_tile_the_city(made, tmp_path):
    wards = gpd.read_file(made[0])
    path = tmp_path / "wards.gpkg"
    grids = wards[["grid", "geometry"]].dissolve("grid").reset_index()
    grids.rename(columns={"grid": "code"}).to_file(path)
    found = CliRunner().invoke(app, ["plan", "check", str(path), "--gap", "0", "--json"])
    document = json.loads(found.stdout)
    assert (document["grids"], document["broken"]) == (WARDS, [])
    assert [one for one in document["issues"] if one["kind"] == "overlap"] == []


def test_a_plan_file_of_the_wards_is_read_as_it_was_written(providence):  # noqa: F811 - a fixture
    start, persons = providence.copy(), providence.blocks.column("persons")
    rng = np.random.default_rng(2)
    found = rebalance(providence, persons, persons, most_moved=0.05, rng=rng)
    draft = Draft(providence)
    draft.do(found.edit(providence, {}), **WHO)
    text = json.dumps(planfile.plan_to_json(start, draft.log))
    again = planfile.plan_from_json(json.loads(text))
    oracle.same(again.state, draft.state)
    assert again.log == draft.log
    assert json.dumps(planfile.plan_to_json(start, again.log)) == text
