"""``gis-grid route --at``: a file is routed by the grids of a moment."""

import csv
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from gis_grid.cli.app import app
from gis_grid.errors import GisGridError
from gis_grid.services.publishing import publish_grids
from tests import drawn
from tests.redrawn import renumbered

MIDDLE = drawn.middle("E")


@pytest.fixture
def points(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(f"id,lon,lat\na,{MIDDLE[0]},{MIDDLE[1]}\n")
    return path


@pytest.fixture
def city(engine):
    drawn.store(engine)
    later = drawn.START + timedelta(days=1)
    publish_grids(engine, renumbered(), name="二稿", valid_from=later)
    return engine


def routed(points, tmp_path, *options):
    out = tmp_path / "out.csv"
    result = CliRunner().invoke(app, ["route", str(points), "-o", str(out), *options])
    if result.exception is not None:
        raise result.exception
    assert result.exit_code == 0
    with out.open(encoding="utf-8") as file:
        return [row["grid_code"] for row in csv.DictReader(file)]


def test_routes_by_the_grids_of_that_time(city, database_url, points, tmp_path):
    stored = ("--database", database_url)
    assert routed(points, tmp_path, *stored) == ["Z"]
    assert routed(points, tmp_path, *stored, "--at", "2026-01-01T12:00+00:00") == ["E"]
    assert routed(points, tmp_path, *stored, "--at", "2026-01-02T08:00+08:00") == ["Z"]


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ("2025-01-01T00:00Z", "no generation is valid"),
        ("2026-01-01T12:00", "--at .* has no time zone"),
        ("soon", "'soon' is no moment"),
    ],
)
def test_refuses_moments(city, database_url, points, tmp_path, at, message):
    with pytest.raises(GisGridError, match=message):
        routed(points, tmp_path, "--database", database_url, "--at", at)


def test_grids_of_a_file_have_no_time(points, tmp_path):
    options = ("--grids", str(points), "--at", "2026-01-01T12:00+00:00")
    with pytest.raises(GisGridError, match="either --grids or --at"):
        routed(points, tmp_path, *options)
