"""The console is built with the package, by the node that comes from PyPI."""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "scripts"))

import web


class Console(BuildHookInterface):
    """Put the built console into the wheel; ``GIS_GRID_SKIP_WEB=1`` leaves it out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build when the sources are newer than what was built from them."""
        if os.environ.get("GIS_GRID_SKIP_WEB"):
            return
        web.build_when_stale()
        build_data["artifacts"].append("api/static/**")
