"""What a router accepts: polygons in lon, lat with one code each."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.errors import CrsError, GeometryError, InputError
from gis_grid.geo.crs import require_lonlat
from gis_grid.router.threads import in_parallel

POLYGONAL = (3, 6)
"""Type ids of Polygon and MultiPolygon."""

HALF_GLOBE_DEG = 180.0


def require_codes(grids: gpd.GeoDataFrame, code: str) -> NDArray[np.object_]:
    """Return the codes as text, one for each row, all different.

    Raises
    ------
    InputError
        There is no such column, or a code is missing or used twice.
    """
    if code not in grids.columns:
        names = ", ".join(str(name) for name in grids.columns if name != grids.geometry.name)
        msg = f"the grids have no column {code!r}; name one of: {names}"
        raise InputError(msg)
    column = grids[code].reset_index(drop=True)
    missing = column.isna() | (column.astype(str).str.strip() == "")
    if missing.any():
        msg = f"row {np.argmax(missing)} of the grids has no {code}; give every grid one"
        raise InputError(msg)
    codes = column.astype(str)
    twice = codes.duplicated()
    if twice.any():
        msg = f"{code} {codes[twice].iloc[0]!r} names two grids; codes must be unique"
        raise InputError(msg)
    return codes.to_numpy(dtype=object)


def require_lonlat_polygons(grids: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the shapes, each a valid polygon in lon, lat degrees, None or empty.

    Raises
    ------
    CrsError
        The grids are not in EPSG:4326, or coordinates are no degrees.
    GeometryError
        A shape is not polygonal or not valid; the message names its row.
    """
    require_lonlat(grids, "grids")
    shapes = grids.geometry.to_numpy()
    _require_kind(shapes)
    _require_valid(shapes)
    _require_degrees(shapes)
    return shapes


def _require_kind(shapes: NDArray[np.object_]) -> None:
    kinds = shapely.get_type_id(shapes)
    wrong = (kinds >= 0) & ~np.isin(kinds, POLYGONAL) & ~shapely.is_empty(shapes)
    if wrong.any():
        row = int(np.argmax(wrong))
        msg = f"row {row} of the grids is a {shapes[row].geom_type}; a grid is a polygon"
        raise GeometryError(msg)


def _require_valid(shapes: NDArray[np.object_]) -> None:
    valid = shapely.is_missing(shapes)

    def check(start: int, stop: int) -> None:
        valid[start:stop] |= shapely.is_valid(shapes[start:stop])

    in_parallel(check, len(shapes), serial=1_000)
    if not valid.all():
        row = int(np.argmin(valid))
        reason = shapely.is_valid_reason(shapes[row])
        msg = f"row {row} of the grids is invalid: {reason}; mend it (shapely.make_valid) first"
        raise GeometryError(msg)


def _require_degrees(shapes: NDArray[np.object_]) -> None:
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    limits = np.array([HALF_GLOBE_DEG, HALF_GLOBE_DEG / 2] * 2)
    beyond = (np.abs(bounds) > limits).any(axis=1)
    if beyond.any():
        row = int(np.argmax(beyond))
        extent = ", ".join(f"{value:.6g}" for value in bounds[row])
        msg = f"row {row} of the grids reaches {extent}: no lon, lat; in metres or swapped?"
        raise CrsError(msg)
