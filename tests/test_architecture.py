"""House rules that a machine can keep."""

import ast
import json
import re
import statistics
import subprocess
import tomllib
from pathlib import Path

import pytest

from gis_grid.values.layers import LAYERS

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted([*ROOT.glob("gis_grid/**/*.py"), *ROOT.glob("api/**/*.py")])
MAX_MODULE, MAX_FUNCTION, MEDIAN_MODULE = 400, 60, 150
TYPESCRIPT = sorted(ROOT.glob("api/web/src/**/*.ts"))


def test_there_is_something_to_look_at():
    assert len(MODULES) > 100
    assert len(TYPESCRIPT) > 50


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> list[tuple[str, int]]:
    """Return each function of a module with its body lines, docstring not counted."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            size = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            found.append((node.name, size))
    return found


@pytest.mark.parametrize("path", [*MODULES, *TYPESCRIPT], ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_are_small(path):
    assert lines(path) <= MAX_MODULE


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if "versions" not in path.parts],  # a migration is a list of columns
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_functions_are_short(path):
    assert [(name, size) for name, size in functions(path) if size > MAX_FUNCTION] == []


def test_the_usual_module_is_half_a_screen():
    sizes = [lines(path) for path in MODULES if path.name != "__init__.py"]
    assert statistics.median(sizes) <= MEDIAN_MODULE


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_says_first_what_it_is(path):
    if path.name == "__init__.py" and path.stat().st_size == 0:
        return
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc
    assert len(doc.splitlines()[0]) <= 100


def test_only_the_edges_commit():
    """Stores and services leave the commit to whoever opened the session."""
    calls = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if "storage" in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert calls == []


def test_dependencies_have_lower_bounds_only():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [d for d in project["dependencies"] if "<" in d or "==" in d] == []


def test_layer_names_are_plural_and_fields_are_unique():
    for name, layer in LAYERS.items():
        assert layer.name == name
        assert len(set(layer.field_names)) == len(layer.fields)
        assert layer.field_names[0] == "code"


def test_nothing_tracked_is_large():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    sizes = {name: (ROOT / name).stat().st_size for name in listed.split("\0") if name}
    assert {name: size for name, size in sizes.items() if size > 500_000} == {}


def test_json_files_are_json():
    for path in ROOT.glob("data/**/*.*json"):
        json.loads(path.read_text(encoding="utf-8"))


def test_pages_show_what_was_measured():
    """Each place for figures names a comparison and holds figures."""
    place = re.compile(r"<!-- benchmark: (\w+)[^>]* -->\n(.*?)<!-- end -->", re.DOTALL)
    pages = {path.name: path.read_text(encoding="utf-8") for path in ROOT.glob("docs/**/*.md")}
    found = [(name, *of.groups()) for name, text in pages.items() for of in place.finditer(text)]
    assert len(found) > 15
    for page, measured, told in found:
        assert (ROOT / "tests" / "benchmarks" / f"bench_{measured}.py").exists(), (page, measured)
        assert re.search(r"\d", told), (page, measured)
