"""The ``gis-grid`` command: one app that the commands hang on, each loaded when it is run."""

import getpass
import sys
from typing import Annotated

import typer

from gis_grid import __version__
from gis_grid.accounts.audit import Actor
from gis_grid.cli.lazy import LazyGroup
from gis_grid.errors import GisGridError
from gis_grid.storage.acting import acting

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


def _login() -> str:
    """Return who runs this, for the audit log; empty where the system does not know."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def main() -> None:
    """Run the command line; an expected failure is one line on standard error."""
    try:
        with acting(Actor(via=_login())):
            app()
    except GisGridError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
