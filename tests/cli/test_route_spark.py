"""``gis-grid route --engine spark`` gives the rows that the command gives without it."""

import csv
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"
COMMAND = [sys.executable, "-c", "from gis_grid.cli.app import main; main()", "route"]


def routed(*arguments: str) -> subprocess.CompletedProcess:
    command = [*COMMAND, str(SAMPLE / "incidents.csv"), "--grids", str(SAMPLE / "grids.geojson")]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


def rows_of(path: Path) -> list[dict]:
    files = sorted(path.glob("part-*.csv")) if path.is_dir() else [path]
    return [
        row
        for file in files
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    ]


def taken_out(rows: list[dict]) -> list[float]:
    """Return the distances, which this process rounds to millimetres, and remove them."""
    return [float(row.pop("distance_to_border_m") or -1) for row in rows]


@pytest.mark.slow
def test_gives_the_same_rows(tmp_path):
    if importlib.util.find_spec("pyspark") is None or not shutil.which("java"):
        message = "a Spark cluster needs pyspark and java"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    here, there = tmp_path / "here.csv", tmp_path / "there.csv"
    alone = routed("-o", str(here))
    assert alone.returncode == 0, alone.stderr
    cluster = routed("-o", str(there), "--engine", "spark", "--master", "local[2]")
    assert cluster.returncode == 0, cluster.stderr
    expected, rows = rows_of(here), rows_of(there)
    assert taken_out(rows) == pytest.approx(taken_out(expected), abs=0.001)
    assert rows == expected
    assert len(rows) > 0


def test_refuses_another_encoding(tmp_path):
    refused = routed("-o", str(tmp_path / "o.csv"), "--engine", "spark", "--encoding", "gbk")
    assert refused.returncode == 2
    assert "Spark reads CSV in UTF-8, not gbk" in refused.stderr
