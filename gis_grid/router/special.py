"""Special grids (专属网格): campuses, markets, rivers and street sections laid over the ground."""

import zlib
from dataclasses import dataclass
from typing import NamedTuple, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from gis_grid.errors import GeometryError, InputError
from gis_grid.geo.crs import LONLAT, metric_epsg, project, require_lonlat, to_metric
from gis_grid.router.cells import points
from gis_grid.router.doors import require_codes
from gis_grid.router.located import OUTSIDE, Located

LINEAR, POLYGONAL = (1, 5), (3, 6)
"""Type ids of lines and of polygons, single and multi."""

TOLERANCE_M = 15.0
"""Half of a usual street with its footways."""

STEP_DEG = 0.002
"""Edges are straight in degrees; in pieces of this length they bend less than 5 mm on the plane."""

Floats = NDArray[np.float64]


class Reach(NamedTuple):
    """A special grid near a point."""

    row: int
    """Row in the index, the highest rank first."""

    margin_m: float
    """Metres from the point to the edge of its reach: 0 or more inside, negative outside."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpecialIndex:
    """Overlapping special grids by rank: of those that reach a point, the first owns it.

    Rank is by priority, the highest first; then by area, the smallest first (that of a line is its
    length times twice the tolerance); then by code.
    """

    codes: NDArray[np.object_]
    """Code of each special grid, by rank."""

    names: NDArray[np.object_]
    """What people call each, None when it has no name."""

    priorities: Floats
    tolerances_m: Floats
    """How far beyond its shape each reaches: the tolerance of lines, 0 for polygons."""

    shapes: NDArray[np.object_]
    """Polygons and lines on the metric plane."""

    tree: shapely.STRtree
    epsg: int
    """The metric plane."""

    @classmethod
    def build(
        cls,
        frame: gpd.GeoDataFrame,
        code: str = "code",
        *,
        priority: str | None = None,
        tolerance_m: float | str = TOLERANCE_M,
    ) -> Self:
        """Index special grids.

        Parameters
        ----------
        frame
            Valid Polygons, MultiPolygons, LineStrings or MultiLineStrings in EPSG:4326, shape
            ``(n,)``; they may overlap. Missing and empty geometry reaches nothing. No rows are
            allowed. A column `name` is kept when there is one.
        code
            Column of their codes: unique, none missing.
        priority
            Column of numbers, the highest wins, a missing one is 0; None makes all equal.
        tolerance_m
            How far from a line its street section reaches, metres; or the column that says so (a
            missing one is 15 m). Polygons are taken as drawn, their border included.

        Raises
        ------
        CrsError
            The frame is not in lon, lat.
        GeometryError
            A shape is a point or a collection, or not valid; the message names its row.
        InputError
            A column is missing or no numbers, a code is missing or used twice, or a tolerance is
            negative.

        Examples
        --------
        >>> shapes = [shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0.5), (1, 0.5)]), None]
        >>> rows = {"code": ["park", "road", "gone"], "rank": [1, 2, 3]}
        >>> frame = gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")
        >>> index = SpecialIndex.build(frame, priority="rank", tolerance_m=20)
        >>> index.locate_many(lon=[0.5, 0.5, 2.0], lat=[0.5001, 0.6, np.nan]).code.tolist()
        ['road', 'park', None]
        """
        require_lonlat(frame, "special grids")
        codes = require_codes(frame, code)
        given = _require_shapes(frame)
        lines = np.isin(shapely.get_type_id(given), LINEAR)
        epsg = _epsg(given)
        fine = gpd.GeoSeries(shapely.segmentize(given, STEP_DEG), crs=LONLAT)
        shapes = to_metric(fine, epsg=epsg).to_numpy()
        tolerances = np.where(lines, _tolerances(frame, tolerance_m), 0.0)
        priorities = np.zeros(len(frame)) if priority is None else _numbers(frame, priority, 0.0)
        area_m2 = np.where(lines, 2 * tolerances * shapely.length(shapes), shapely.area(shapes))
        order = np.lexsort((codes.astype(str), area_m2, -priorities))
        return cls(
            codes=codes[order],
            names=_names(frame)[order],
            priorities=priorities[order],
            tolerances_m=tolerances[order],
            shapes=shapes[order],
            tree=shapely.STRtree(shapes[order]),
            epsg=epsg,
        )

    def locate_many(self, *, lon: ArrayLike, lat: ArrayLike) -> Located:
        """Return the first special grid by rank that reaches each point.

        Parameters
        ----------
        lon, lat
            WGS-84 degrees, shape ``(n,)``.

        Returns
        -------
        Located
            `index` is the rank; -1 and None where none reaches and for points that are none.

        Raises
        ------
        InputError
            `lon` and `lat` differ in length or are not numbers.
        """
        lons, lats = points(lon=lon, lat=lat)
        index = np.full(lons.size, len(self.codes), np.int32)
        places = self._places(lons, lats)
        most = self.tolerances_m.max(initial=0.0)
        place, row = self.tree.query(places, predicate="dwithin", distance=most)
        reached = shapely.distance(places[place], self.shapes[row]) <= self.tolerances_m[row]
        np.minimum.at(index, place[reached], row[reached].astype(np.int32))
        index[index == len(self.codes)] = OUTSIDE
        return Located(index=index, code=np.append(self.codes, [None])[index])

    def distance_to_border_m(
        self, *, lon: ArrayLike, lat: ArrayLike, index: NDArray[np.int32]
    ) -> Floats:
        """Return how deep each point lies in the reach of its special grid.

        Parameters
        ----------
        lon, lat
            WGS-84 degrees, shape ``(n,)``.
        index
            The owners, as `locate_many` gives them.

        Returns
        -------
        array of float64, shape ``(n,)``
            Metres to the edge of the reach; NaN where the owner is -1.

        Raises
        ------
        InputError
            `lon` and `lat` differ in length or are not numbers.
        """
        lons, lats = points(lon=lon, lat=lat)
        metres = np.full(lons.size, np.nan)
        owned = np.flatnonzero(index != OUTSIDE)
        places = self._places(lons[owned], lats[owned])
        metres[owned] = _margins(places, self.shapes[index[owned]], self.tolerances_m[index[owned]])
        return metres

    def _places(self, lon: Floats, lat: Floats) -> NDArray[np.object_]:
        """Return points on the plane, None for those that are none."""
        xy = np.column_stack(project(lon=lon, lat=lat, epsg=self.epsg))
        places = np.full(len(xy), None, object)
        known = np.isfinite(xy).all(axis=1)
        places[known] = shapely.points(xy[known])
        return places

    @property
    def digest(self) -> int:
        """Return a checksum of everything that decides who owns a point, and of the names."""
        words = [*self.codes, *(name or "" for name in self.names)]
        checksum = zlib.crc32("\n".join(words).encode(), self.epsg)
        for shape in shapely.to_wkb(self.shapes):
            checksum = zlib.crc32(shape or b"", checksum)
        return zlib.crc32(self.tolerances_m.tobytes(), checksum)

    def name_of(self, code: str) -> str | None:
        """Return what people call a special grid; None when it has no name or there is none."""
        name = next(
            (name for one, name in zip(self.codes, self.names, strict=True) if one == code), None
        )
        return None if name is None else str(name)

    def near(self, *, lon: float, lat: float, radius_m: float) -> list[Reach]:
        """Return the special grids that reach a point or come nearer than a radius, by rank.

        Parameters
        ----------
        lon, lat
            WGS-84 degrees, on Earth.
        radius_m
            Metres; those whose reach begins exactly there are left out.

        Examples
        --------
        >>> frame = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
        >>> index = SpecialIndex.build(frame)
        >>> [(one.row, round(one.margin_m)) for one in index.near(lon=1.001, lat=0.5, radius_m=200)]
        [(0, -111)]
        >>> index.near(lon=1.001, lat=0.5, radius_m=100)
        []
        """
        places = self._places(np.array([lon]), np.array([lat]))
        most = self.tolerances_m.max(initial=0.0) + radius_m
        rows = np.sort(self.tree.query(places[0], predicate="dwithin", distance=most))
        margins = _margins(places, self.shapes[rows], self.tolerances_m[rows])
        keep = (margins >= 0) | (-margins < radius_m)
        pairs = zip(rows[keep].tolist(), margins[keep].tolist(), strict=True)
        return [Reach(row, margin_m) for row, margin_m in pairs]


def reaches(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return special grids as the areas that they reach.

    Parameters
    ----------
    frame
        As for `SpecialIndex.build`, with the columns ``code`` and ``tolerance_m``.

    Returns
    -------
    GeoDataFrame in EPSG:4326
        The same rows; a line is as wide as twice its tolerance, a polygon as it was drawn. A line
        without tolerance and missing geometry reach nothing: an empty polygon.

    Raises
    ------
    CrsError, GeometryError, InputError
        As `SpecialIndex.build` does.

    Examples
    --------
    >>> road = shapely.LineString([(123.0, 41.0), (123.01, 41.0)])
    >>> rows = {"code": ["r", "s"], "tolerance_m": [15.0, 0.0]}
    >>> wide = reaches(gpd.GeoDataFrame(rows, geometry=[road, road], crs=4326))
    >>> (to_metric(wide, epsg=4529).area / 30).round(-1).tolist()
    [860.0, 0.0]
    """
    index = SpecialIndex.build(frame, tolerance_m="tolerance_m")
    row_of = {code: row for row, code in enumerate(index.codes)}
    rows = np.array([row_of[code] for code in frame["code"]], np.int64)
    shapes, reach_m = index.shapes[rows], index.tolerances_m[rows]
    wide = np.where(reach_m > 0, shapely.buffer(shapes, reach_m), shapes)
    wide[~np.isin(shapely.get_type_id(wide), POLYGONAL)] = shapely.Polygon()
    placed = gpd.GeoSeries(wide, index=frame.index, crs=index.epsg).to_crs(LONLAT)
    return frame.set_geometry(placed)


def _margins(places: NDArray[np.object_], shapes: NDArray[np.object_], reach_m: Floats) -> Floats:
    """Return how deep places lie in a reach, negative outside."""
    margins = reach_m - shapely.distance(places, shapes)
    inside = np.isin(shapely.get_type_id(shapes), POLYGONAL) & (margins == 0)
    walls = shapely.distance(places, shapely.boundary(shapes))
    return np.asarray(np.where(inside, walls, margins), np.float64)


def _names(frame: pd.DataFrame) -> NDArray[np.object_]:
    names = np.full(len(frame), None, object)
    if "name" in frame.columns:
        known = frame["name"].notna().to_numpy()
        names[known] = frame["name"].astype(str).to_numpy(object)[known]
    return names


def _require_shapes(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    shapes = frame.geometry.to_numpy().copy()
    shapes[shapely.is_empty(shapes)] = None
    kinds = shapely.get_type_id(shapes)
    wrong = (kinds >= 0) & ~np.isin(kinds, LINEAR + POLYGONAL)
    if wrong.any():
        row = int(np.argmax(wrong))
        kind = shapes[row].geom_type
        msg = f"row {row} of the special grids is a {kind}; give a polygon or a line"
        raise GeometryError(msg)
    broken = (kinds >= 0) & ~shapely.is_valid(shapes)
    if broken.any():
        row = int(np.argmax(broken))
        reason = shapely.is_valid_reason(shapes[row])
        msg = f"row {row} of the special grids is invalid: {reason}; mend it first"
        raise GeometryError(msg)
    return shapes


def _epsg(shapes: NDArray[np.object_]) -> int:
    if shapely.is_missing(shapes).all():
        return metric_epsg(lon=0.0, lat=0.0)
    west, south, east, north = shapely.total_bounds(shapes)
    return metric_epsg(lon=(west + east) / 2, lat=(south + north) / 2)


def _tolerances(frame: pd.DataFrame, tolerance_m: float | str) -> Floats:
    if isinstance(tolerance_m, str):
        metres = _numbers(frame, tolerance_m, TOLERANCE_M)
    else:
        metres = np.full(len(frame), float(tolerance_m))
    wrong = ~((metres >= 0) & np.isfinite(metres))
    if wrong.any():
        msg = f"tolerance {metres[wrong][0]} m of a special grid is no length; give 0 or more"
        raise InputError(msg)
    return metres


def _numbers(frame: pd.DataFrame, column: str, missing: float) -> Floats:
    if column not in frame.columns:
        names = ", ".join(str(name) for name in frame.columns)
        msg = f"the special grids have no column {column!r}; name one of: {names}"
        raise InputError(msg)
    try:
        return np.asarray(pd.to_numeric(frame[column]).fillna(missing), np.float64)
    except (TypeError, ValueError) as error:
        msg = f"column {column!r} of the special grids is not a number: {error}"
        raise InputError(msg) from error
