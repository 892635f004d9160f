"""The README beside the tables must not drift from them."""

import re
from importlib.resources import files

import pandas as pd

DATA = files("gis_grid.standards") / "data"


def stated():
    rows = re.findall(
        r"^\| `(\w+\.csv)` \| (\d+) \|", (DATA / "README.md").read_text("utf-8"), re.MULTILINE
    )
    return {name: int(count) for name, count in rows}


def test_readme_lists_every_table_with_its_number_of_rows():
    tables = {file.name: file for file in DATA.iterdir() if file.name.endswith(".csv")}
    with_counts = {}
    for name, file in tables.items():
        with file.open(encoding="utf-8") as text:
            with_counts[name] = len(pd.read_csv(text, dtype=str))
    assert stated() == with_counts
