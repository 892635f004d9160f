"""Which grid owns a point: an exact index on the lattice of H3."""

from gis_grid.router.index import Router
from gis_grid.router.located import Located

__all__ = ["Located", "Router"]
