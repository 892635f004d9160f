import json

import pandas as pd
import pytest

from tests.cli.test_imports import lamps, run, url

__all__ = ["lamps", "run", "url"]
ARGUMENTS = ("--map", "code=灯杆编号", "--set", "category=0118", "--keep-going")


def test_writes_a_layer_and_all_of_them(run, lamps, tmp_path):
    run("import", "facilities", lamps, *ARGUMENTS)
    code, out, _ = run("export", "facilities", "-o", tmp_path / "out.csv")
    assert (code, "2 written" in out) == (0, True)
    assert list(pd.read_csv(tmp_path / "out.csv")["code"]) == ["L1", "L3"]
    code, out, _ = run("export", "--all", tmp_path / "all", "--format", "csv", "--json")
    assert (code, json.loads(out)["facilities"]) == (0, 2)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "say what and where"),
        (("facilities",), "say what and where"),
        (("facilities", "-o", "a.csv", "--all", "b"), "leave LAYER and -o out"),
        (("grids", "-o", "a.csv", "--at", "soon"), "no moment"),
        (("grids", "-o", "a.csv", "--at", "2026-01-01"), "no time zone"),
        (("grids", "-o", "a.dwg"), "unknown kind"),
    ],
)
def test_says_what_is_wrong(run, words, complaint):
    code, _, err = run("export", *words)
    assert (code, complaint in err) == (2, True), err
