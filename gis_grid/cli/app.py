"""The ``gis-grid`` command: one app that the commands hang on, each loaded when it is run."""

import sys
from typing import Annotated

import typer

from gis_grid import __version__
from gis_grid.cli.lazy import LazyGroup
from gis_grid.errors import GisGridError

app = typer.Typer(
    name="gis-grid",
    cls=LazyGroup,
    help="Spatial governance for cities that are managed grid by grid (网格化管理).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

FAILED = 2
"""Exit code of a command that could not do its work."""


def _version(show: bool) -> None:  # noqa: FBT001 - the signature that typer calls
    if show:
        typer.echo(f"gis-grid {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show it and stop."),
    ] = False,
) -> None:
    """Take the options that every command shares."""


def main() -> None:
    """Run the command line; an expected failure is one line on standard error."""
    try:
        app()
    except GisGridError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(FAILED)
