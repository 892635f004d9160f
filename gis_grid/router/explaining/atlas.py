"""All indexes of one generation by which a place is judged."""

from dataclasses import dataclass
from typing import Self

import geopandas as gpd
import numpy as np

from gis_grid.router.doors import require_codes, require_lonlat_polygons
from gis_grid.router.edges import edges_of
from gis_grid.router.explaining.decision import Place
from gis_grid.router.index import Router
from gis_grid.router.special import Reach, SpecialIndex
from gis_grid.router.table import no_table
from gis_grid.router.tree import tree_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Atlas:
    """The ground level, the levels above it, and the special grids over both."""

    ground: Router

    above: Router
    """All wider levels, the deepest first: of those that hold a point the lowest row owns."""

    special: SpecialIndex | None = None

    @classmethod
    def build(
        cls, ground: Router, above: gpd.GeoDataFrame, special: SpecialIndex | None = None
    ) -> Self:
        """Put the indexes of a generation together.

        Parameters
        ----------
        ground
            Router of the ground level.
        above
            Grids of the wider levels in EPSG:4326 with `code`, the deepest level first; no rows
            are allowed.
        special
            Special grids, when there are some.

        Raises
        ------
        CrsError, GeometryError, InputError
            As `Router.build` does.
        """
        edges = edges_of(require_lonlat_polygons(above))
        # Asked only about points that no ground grid holds: a table of cells would not pay.
        wide = Router(
            codes=require_codes(above, "code"), edges=edges, tree=tree_of(edges), table=no_table()
        )
        return cls(ground=ground, above=wide, special=special)

    def special_near(self, place: Place, radius_m: float) -> list[Reach]:
        """Return the special grids that reach a place or come near it, by rank."""
        if self.special is None:
            return []
        return self.special.near(lon=place.lon, lat=place.lat, radius_m=radius_m)


def row_of(router: Router, place: Place) -> int:
    """Return the row of the grid that holds a place, -1 outside all."""
    return int(router.rows_of(lon=[place.lon], lat=[place.lat])[0])


def border_m(router: Router, place: Place, row: int) -> float:
    """Return how far a place is from the border of a grid; for row -1 from the nearest one.

    Without any grid it is inf.
    """
    index = np.array([row], np.int32)
    return float(router.distance_to_border_m(lon=[place.lon], lat=[place.lat], index=index)[0])
