"""Write the reference pages that code can write itself: command line, layers, settings, errors.

``python scripts/reference.py`` writes them into docs/reference; with ``--check`` it writes nothing
and fails when a page is stale (a test does that).
"""

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pandas as pd
from pydantic.fields import FieldInfo

from api.app import create_app
from gis_grid import errors
from gis_grid.settings import Settings
from gis_grid.standards import tables
from gis_grid.values.layers import LAYERS, Field, Layer

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "reference"


def cli_page() -> str:
    """Return the help of every command, as typer writes it."""
    command = [sys.executable, "-m", "typer", "gis_grid.cli.app", "utils", "docs"]
    answer = subprocess.run(  # noqa: S603 - our own interpreter and module
        [*command, "--name", "gis-grid"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    body = answer.stdout.split("\n", 1)[1].rstrip()
    return f"# Command line\n{body}\n"


def layers_page() -> str:
    """Return every layer with its fields."""
    head = (
        "# Layers\n\nA layer is a table of features keyed by `code`; files, tables, HTTP and the\n"
        "demo use these names. Derived fields are written on export and ignored on import;\n"
        "private ones never leave by lists, tiles, reports or bulk output.\n"
    )
    return head + "".join(_layer(layer) for layer in LAYERS.values())


def _layer(layer: Layer) -> str:
    rows = "".join(_field(field) for field in layer.fields)
    return (
        f"\n## {layer.name}\n\n{layer.title_zh} · {layer.title_en} · "
        f"geometry: {layer.geometry or 'none'}\n\n"
        f"| field | kind | allowed | meaning |\n|---|---|---|---|\n{rows}"
    )


def _field(field: Field) -> str:
    marks = [
        mark
        for mark, set_ in (
            ("required", field.required),
            ("derived", field.derived),
            ("private", field.private),
        )
        if set_
    ]
    kind = ", ".join([field.kind, *marks])
    return f"| `{field.name}` | {kind} | {_allowed(field)} | {field.doc} |\n"


def _allowed(field: Field) -> str:
    if field.choices:
        return ", ".join(f"`{choice}`" for choice in field.choices)
    if field.low is None and field.high is None:
        return ""
    low = "" if field.low is None else f"{field.low:g}"
    high = "" if field.high is None else f"{field.high:g}"
    return f"{low} … {high}".strip()


STANDARDS = {
    "Facility categories (部件)": tables.facility_categories,
    "Event categories (事件)": tables.event_categories,
    "Major classes": tables.majors,
    "GB/T 28181 code parts": tables.gb28181_parts,
    "Kinds of place": tables.place_kinds,
    "Life-circle tiers": tables.life_circle_tiers,
    "Life-circle items": tables.life_circle_items,
    "Time limits": tables.time_limits,
}


def standards_page() -> str:
    """Return every published table with its size and how sure its rows are."""
    rows = "".join(_standard(title, load()) for title, load in STANDARDS.items())
    return (
        "# Standards\n\nPublished code tables ship as CSV in `gis_grid/standards`, each row with\n"
        "its `source` and `confidence`. Most national texts are not openly published: read both\n"
        "before relying on a row. A CSV of the same columns replaces or adds rows for one city.\n\n"
        f"| table | editions | rows | confidence |\n|---|---|---|---|\n{rows}"
    )


def _standard(title: str, table: pd.DataFrame) -> str:
    editions = ", ".join(sorted(set(table["edition"])))
    sure = ", ".join(f"{name} {n}" for name, n in table["confidence"].value_counts().items())
    return f"| {title} | {editions} | {len(table)} | {sure} |\n"


def http_page() -> str:
    """Return every route with its question and parameters."""
    paths = create_app(Settings()).openapi()["paths"]
    rows = "".join(
        f"| {method.upper()} | `{path}` | {route['summary']} | {_parameters(route)} |\n"
        for path, methods in paths.items()
        for method, route in methods.items()
    )
    return (
        "# HTTP\n\nFeatures are `application/geo+json`, instants are UTC, every failure is an RFC\n"
        "9457 problem (`application/problem+json`). `/openapi.json` has the whole description.\n\n"
        f"| method | path | answer | parameters |\n|---|---|---|---|\n{rows}"
    )


def _parameters(route: Mapping[str, Any]) -> str:
    return ", ".join(f"`{p['name']}`" for p in route.get("parameters", ()) if p["in"] == "query")


def settings_page() -> str:
    """Return every setting with its variable, default and meaning."""
    meant = _meanings(Settings)
    fields = Settings.model_fields.items()
    rows = "".join(_setting(name, info, meant[name]) for name, info in fields)
    return (
        "# Settings\n\nRead once from the environment, or from `.env` in the working folder.\n\n"
        f"| variable | default | meaning |\n|---|---|---|\n{rows}"
    )


def _meanings(model: type) -> dict[str, str]:
    """Return the docstring of each field; pydantic could, but then every start waits for it."""
    body = cast("ast.ClassDef", ast.parse(inspect.getsource(model)).body[0]).body
    return {
        ast.unparse(field.target): ast.literal_eval(said.value)
        for field, said in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(said, ast.Expr)
    }


def _setting(name: str, info: FieldInfo, meaning: str) -> str:
    meaning = " ".join(meaning.replace("``", "`").split())
    return f"| `GIS_GRID_{name.upper()}` | `{info.default}` | {meaning} |\n"


def errors_page() -> str:
    """Return the tree of errors."""
    tree = (errors.__doc__ or "").split("\n", 2)[2].rstrip()
    return f"# Errors\n\nEverything that gis-grid raises on purpose:\n\n```\n{tree}\n```\n"


def stale() -> Iterator[tuple[Path, str]]:
    """Yield each page that is not what the code says, with what it should be."""
    made = {
        "cli.md": cli_page(),
        "layers.md": layers_page(),
        "standards.md": standards_page(),
        "http.md": http_page(),
        "settings.md": settings_page(),
        "errors.md": errors_page(),
    }
    for name, text in made.items():
        page = PAGES / name
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            yield page, text


def main() -> int:
    """Write the stale pages, or name them with ``--check``."""
    check = "--check" in sys.argv[1:]
    pages = list(stale())
    for page, text in pages:
        if not check:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
        print(f"{'stale' if check else 'written'}: {page.relative_to(ROOT)}")  # noqa: T201
    return int(check and bool(pages))


if __name__ == "__main__":
    sys.exit(main())
