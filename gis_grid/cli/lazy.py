"""Commands that are imported when they are run, so that none waits for the others' libraries."""

import gc
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperGroup
from typing_extensions import override

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "demo": "gis_grid.cli.demo:demo",
        "db": "gis_grid.cli.db:app",
        "import": "gis_grid.cli.imports:import_",
        "export": "gis_grid.cli.exports:export",
        "report": "gis_grid.cli.report:app",
        "find": "gis_grid.cli.find:find_",
        "route": "gis_grid.cli.route:route",
        "special": "gis_grid.cli.special:app",
        "plan": "gis_grid.cli.plan:app",
        "serve": "gis_grid.cli.serve:serve",
        "user": "gis_grid.cli.users:app",
        "audit": "gis_grid.cli.audit:app",
        "doctor": "gis_grid.cli.doctor:doctor",
    }
)
"""Module and function (or app of several commands) of each command, in the order of the help."""


class LazyGroup(TyperGroup):
    """The group of `COMMANDS`."""

    @override
    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands."""
        return [*COMMANDS]

    @override
    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command; None when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        found = _imported(*COMMANDS[cmd_name].split(":"))
        if not isinstance(found, typer.Typer):
            app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            app.command(cmd_name)(found)
            found = app
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command


def _imported(module: str, attribute: str) -> Any:  # noqa: ANN401 - a function or an app
    """Import a command; nothing that is made meanwhile goes away, so nothing is looked for."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        return getattr(import_module(module), attribute)
    finally:
        if was_on:
            gc.enable()
