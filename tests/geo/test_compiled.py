"""What numba keeps is forgotten when any source beside it changes, and only then."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gis_grid.geo.compiled import stamp_of

CALLEE = """
from gis_grid.geo.compiled import kernel

@kernel
def step(x):
    return x + {more}
"""
CALLER = """
from gis_grid.geo.compiled import kernel
from kernels.callee import step

@kernel
def twice(x):
    return 2 * step(x)
"""
RUN = """
from kernels.deep.caller import twice
print(twice(1), sum(twice.stats.cache_hits.values()))
"""
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "kernels"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "deep").mkdir()
    (folder / "deep" / "caller.py").write_text(CALLER)
    (folder / "callee.py").write_text(CALLEE.format(more=1))
    return folder


def told(package, **env):
    paths = f"{package.parent}{os.pathsep}{ROOT}"
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        env=os.environ | {"PYTHONPATH": paths} | env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.slow
@pytest.mark.parametrize("where", ["beside", "named"])
def test_a_changed_callee_in_another_file_is_compiled_anew(package, tmp_path, where):
    env = {"NUMBA_CACHE_DIR": str(tmp_path / "cache") if where == "named" else ""}
    assert told(package, **env) == ["4", "0"]
    assert told(package, **env) == ["4", "1"]
    (package / "callee.py").write_text(CALLEE.format(more=2))
    assert told(package, **env) == ["6", "0"]
    assert told(package, **env) == ["6", "1"]
    kept = list(tmp_path.glob("cache/**/*.nbi" if where == "named" else "kernels/**/*.nbi"))
    assert len(kept) == 2


def test_a_stamp_is_of_names_and_contents(tmp_path):
    def stamp(**files):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text)
        return stamp_of(folder)

    assert stamp(a="1", b="2") == stamp(b="2", a="1")
    others = [stamp(), stamp(a="1"), stamp(a="12"), stamp(a="1", b="2"), stamp(b="1", a="2")]
    assert len(set(others)) == len(others)
