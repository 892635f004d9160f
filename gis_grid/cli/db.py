"""``gis-grid db``: make the tables of a database, and say what it holds."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from gis_grid.settings import Settings
from gis_grid.storage import database
from gis_grid.storage.status import Status, status_of
from gis_grid.values.layers import LAYERS

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="sqlite:///city.db or postgresql://user:password@host/database "
        "[default: GIS_GRID_DATABASE_URL, or gis_grid.db here]",
    ),
]
app = typer.Typer(
    help="Make the tables of a database; say what it holds.",
    no_args_is_help=True,
    add_completion=False,
)
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command()
def upgrade(*, url: DatabaseOption = None) -> None:
    """Make the tables, or bring them to this version; does nothing when they are."""
    with database.opened(url or Settings().database_url) as engine:
        database.upgrade(engine)
        typer.echo(f"{database.name_of(engine)} is ready")


@app.command()
def status(*, url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Show the version of the tables, the current generation and how much each layer holds."""
    with database.opened(url or Settings().database_url) as engine:
        found = status_of(engine)
    if as_json:
        typer.echo(json.dumps(_document(found), ensure_ascii=False))
    else:
        _show(found)


def _document(found: Status) -> dict[str, Any]:
    now = found.generation
    return {
        "database": found.database,
        "revision": found.revision,
        "city": found.city,
        "generation": now
        and {"number": now.number, "name": now.name, "valid_from": now.valid_from.isoformat()},
        "counts": dict(found.counts),
    }


def _show(found: Status) -> None:
    now = found.generation
    typer.echo(f"database    {found.database}")
    typer.echo(f"tables      revision {found.revision}")
    typer.echo(f"city        {found.city or 'not named yet'}")
    since = now and f"{now.number} {now.name}, since {now.valid_from.isoformat()}"
    typer.echo(f"generation  {since or 'none published yet'}")
    table = Table("layer", "层", box=None)
    table.add_column("features", justify="right")
    for name, count in found.counts.items():
        table.add_row(name, LAYERS[name].title_zh, f"{count:,}")
    Console().print(table)
