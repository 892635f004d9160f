"""The router: which grid owns a point, exactly, with one owner for every point of a coverage.

docs/algorithms/router.md explains the index, proves it and says how it can fail.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import geopandas as gpd
import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis_grid.errors import InputError
from gis_grid.router import saved
from gis_grid.router.cells import RESOLUTION, points
from gis_grid.router.cells import fill as fill_cells
from gis_grid.router.distance import distances, nearest
from gis_grid.router.doors import require_codes, require_lonlat_polygons
from gis_grid.router.edges import Edges, edges_of, frozen
from gis_grid.router.located import OUTSIDE, Located
from gis_grid.router.owners import fill_owners, owner_of_one
from gis_grid.router.table import Table, table_of
from gis_grid.router.threads import in_parallel
from gis_grid.router.tree import Tree, tree_of

PIECE = 16_384
"""Points that are taken through all steps before the next."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Router:
    """An index over grids; build it, or load a saved one."""

    codes: NDArray[np.object_]
    """Code of each grid, in the rows of the frame that it was built from."""

    edges: Edges
    tree: Tree
    table: Table

    @classmethod
    def build(cls, grids: gpd.GeoDataFrame, code: str = "code") -> Self:
        """Index a set of grids.

        Parameters
        ----------
        grids
            Valid Polygons or MultiPolygons in EPSG:4326; edges are straight in lon, lat. Gaps,
            holes and overlaps are allowed; where grids overlap the lowest row owns. Missing and
            empty geometry never owns anything. No rows give a router that owns nothing.
        code
            Column of their codes: unique, none missing. Numbers become text.

        Raises
        ------
        CrsError
            The grids are not in lon, lat.
        GeometryError
            A geometry is invalid or no polygon; the message names the row.
        InputError
            The column is missing, or a code is missing or used twice.

        Examples
        --------
        >>> import shapely
        >>> shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), None, shapely.Polygon()]
        >>> grids = gpd.GeoDataFrame({"code": list("abcd")}, geometry=shapes, crs="EPSG:4326")
        >>> router = Router.build(grids)
        >>> router.locate_many(lon=[0.5, 1.0, 2.0, float("nan")], lat=[0.5, 0.5, 0.5, 0.5]).code
        array(['a', 'b', None, None], dtype=object)
        """
        shapes = require_lonlat_polygons(grids)
        codes = require_codes(grids, code)
        edges = edges_of(shapes)
        return cls(codes=codes, edges=edges, tree=tree_of(edges), table=table_of(edges))

    def locate_many(self, *, lon: ArrayLike, lat: ArrayLike, cells: bool = False) -> Located:
        """Return the owner of each point.

        Each point is judged as if it were moved east by an infinitely small step and north by a
        step that is infinitely smaller still; so of two grids that share a border the eastern
        one owns it (the northern one where the border runs due east), and each point of a
        coverage has exactly one owner. The answer is that of exact arithmetic.

        Parameters
        ----------
        lon, lat
            WGS-84 degrees, shape ``(n,)``: arrays, Series, lists or Arrow columns.
        cells
            Say also in which H3 cell (resolution 12) each point lies, in the same pass.

        Returns
        -------
        Located
            `index` is -1 and `code` None outside every grid and for coordinates that are missing,
            infinite or out of range. No points give empty arrays.

        Raises
        ------
        InputError
            `lon` and `lat` differ in length or are not numbers.

        Examples
        --------
        >>> import shapely
        >>> shapes = [shapely.box(123, 41, 123.1, 41.1)]
        >>> grids = gpd.GeoDataFrame({"code": ["a"]}, geometry=shapes, crs="EPSG:4326")
        >>> found = Router.build(grids).locate_many(lon=[123.05, 0], lat=[41.05, 95], cells=True)
        >>> found.code.tolist(), found.cell.tolist()
        (['a', None], [631350585572604927, 0])
        """
        lons, lats = (frozen(degrees) for degrees in points(lon=lon, lat=lat))
        index = np.empty(lons.size, np.int32)
        cell = np.empty(lons.size, np.int64) if cells else None

        def work(start: int, stop: int) -> None:
            # pieces that stay in the cache from one step to the next
            for begin in range(start, stop, PIECE):
                part = slice(begin, min(begin + PIECE, stop))
                self._fill(lons[part], lats[part], index[part])
                if cell is not None:
                    fill_cells(lons[part], lats[part], RESOLUTION, cell[part])

        in_parallel(work, lons.size)
        return Located(index=index, code=self._codes_or_none[index], cell=cell)

    def rows_of(self, *, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int32]:
        """Return the row of each point's owner, -1 outside: `locate_many` without the codes.

        Raises
        ------
        InputError
            `lon` and `lat` differ in length or are not numbers.
        """
        lons, lats = (frozen(degrees) for degrees in points(lon=lon, lat=lat))
        index = np.empty(lons.size, np.int32)

        def work(start: int, stop: int) -> None:
            part = slice(start, stop)
            self._fill(lons[part], lats[part], index[part])

        in_parallel(work, lons.size)
        return index

    def _fill(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], index: NDArray[np.int32]
    ) -> None:
        fill_owners(self.table, self.tree, self.edges, (lon, lat), index)

    def locate(self, *, lon: float, lat: float) -> str | None:
        """Return the code of the grid that owns one point, None outside.

        Raises
        ------
        InputError
            A coordinate is not a number.
        """
        try:
            x, y = float(lon), float(lat)
        except (TypeError, ValueError) as error:
            msg = f"lon {lon!r}, lat {lat!r} is no point; give two numbers in degrees"
            raise InputError(msg) from error
        row = owner_of_one(self.table, self.tree, self.edges, x, y)
        return None if row == OUTSIDE else str(self.codes[row])

    def distance_to_border_m(
        self, *, lon: ArrayLike, lat: ArrayLike, index: NDArray[np.int32] | None = None
    ) -> NDArray[np.float64]:
        """Return how far each point is from the border of its grid; outside, from the nearest grid.

        Parameters
        ----------
        lon, lat
            WGS-84 degrees, shape ``(n,)``.
        index
            The owners, when they are known already.

        Returns
        -------
        array of float64, shape ``(n,)``
            Metres, never negative. NaN for coordinates that are missing or out of range, inf
            where there are no grids at all.

        Raises
        ------
        InputError
            `lon` and `lat` differ in length or are not numbers.

        Notes
        -----
        Measured in the tangent plane at the point: the error of a distance d is below
        ``d * (d / 6000 km) * tan(latitude)``, 0.2 m at 1 km in Beijing. Made for city scale.
        """
        lons, lats = (frozen(degrees) for degrees in points(lon=lon, lat=lat))
        owners = frozen(self.rows_of(lon=lons, lat=lats) if index is None else index)
        metres = np.empty(lons.size)

        def work(start: int, stop: int) -> None:
            part = slice(start, stop)
            where = (lons[part], lats[part])
            distances(self.tree, self.edges, where, owners[part], metres[part])

        in_parallel(work, lons.size)
        return metres

    def nearest_rows(self, *, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int32]:
        """Return the row of the grid whose border is nearest to each point, -1 without any.

        Meant for points outside all grids, a few at a time; how far it is away says
        `distance_to_border_m`.

        Parameters
        ----------
        lon, lat
            WGS-84 degrees, shape ``(n,)``; -1 for a point that is none.

        Raises
        ------
        InputError
            `lon` and `lat` differ in length or are not numbers.
        """
        lons, lats = (frozen(degrees) for degrees in points(lon=lon, lat=lat))
        rows = np.empty(lons.size, np.int32)

        def work(start: int, stop: int) -> None:
            part = slice(start, stop)
            nearest(self.tree, self.edges, (lons[part], lats[part]), rows[part])

        in_parallel(work, lons.size)
        return rows

    def save(self, path: str | Path) -> None:
        """Write the router to one file; `Router.load` opens it in milliseconds.

        Raises
        ------
        FileError
            The file cannot be written.
        """
        groups = {"edges": self.edges, "tree": self.tree, "table": self.table}
        saved.write(Path(path), saved.packed(self.codes, groups))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Open a saved router; its arrays stay in the file and are shared between processes.

        Raises
        ------
        FileError
            The file is missing, damaged, no router, or of another version of the format.
        """
        arrays = saved.read(Path(path))
        return cls(
            codes=saved.codes_in(arrays),
            edges=Edges(*saved.group(arrays, "edges", Edges._fields)),
            tree=Tree(*saved.group(arrays, "tree", Tree._fields)),
            table=Table(*saved.group(arrays, "table", Table._fields)),
        )

    @property
    def _codes_or_none(self) -> NDArray[np.object_]:
        """Codes with one None more at the end, where row -1 finds it."""
        return np.append(self.codes, [None])
