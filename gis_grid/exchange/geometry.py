"""Rules that a geometry keeps before it may enter a layer."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.exchange.batch import Problem, Shapes
from gis_grid.exchange.placing import HINTS, describe
from gis_grid.values.layers import GeometryKind

_NULL_ISLAND_DEG = 1e-3
_KM_PER_DEG = 111.2
_NEAR_KM, _FAR_KM = 100.0, 300.0
_EMPTY = "missing_geometry"
_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_SINGLE = {
    "POINT": shapely.GeometryType.POINT,
    "MULTILINESTRING": shapely.GeometryType.LINESTRING,
    "MULTIPOLYGON": shapely.GeometryType.POLYGON,
}
_MULTI = {
    "POINT": shapely.GeometryType.MULTIPOINT,
    "MULTILINESTRING": shapely.GeometryType.MULTILINESTRING,
    "MULTIPOLYGON": shapely.GeometryType.MULTIPOLYGON,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometryRules:
    """What is asked of the geometries of a layer."""

    kind: GeometryKind
    """The one type that the layer keeps; its single or multiple form is turned into it."""

    optional: bool = False
    """Whether a row may have no place."""

    keeps_doubtful: bool = False
    """Whether the layer has a `doubt` for points that are not believed."""

    repair: bool = False
    """Whether invalid polygons are mended instead of refused."""

    centre: tuple[float, float] | None = None
    """Lon, lat around which the city is known to lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """Geometries after the rules."""

    shapes: Shapes
    """In the layer's type; None where missing or refused, shape ``(n,)``."""

    doubts: npt.NDArray[np.object_]
    """Why a kept point is not believed, else None, shape ``(n,)``."""

    problems: list[Problem]
    """Why rows were refused, one for each such row."""

    repaired: int
    """How many polygons were mended."""


def rule(shapes: Shapes, rows: npt.NDArray[np.int64], rules: GeometryRules) -> Ruled:
    """Hold geometries in WGS-84 lon, lat against the rules of their layer.

    Parameters
    ----------
    shapes
        Geometries or None, shape ``(n,)``.
    rows
        Their numbers in the file, shape ``(n,)``.
    rules
        What is asked of them.

    Returns
    -------
    Ruled
        Refused are, in this order: a missing or empty geometry (unless optional), another type,
        an invalid polygon (unless mended), a point at 0, 0, a place whose swapped coordinates lie
        within 100 km of the city's centre while its own lie beyond 300 km. In a layer that keeps
        doubts a point at 0, 0 or beyond 300 km is kept and doubted. Lines and polygons are
        returned in their multiple form.

    Examples
    --------
    >>> rules = GeometryRules(kind="POINT", centre=(-71.1, 42.3))
    >>> given = np.array([shapely.Point(-71, 42), shapely.Point(42, -71), shapely.Point(), None])
    >>> ruled = rule(given, np.array([2, 3, 4, 5]), rules)
    >>> [(problem.row, problem.reason) for problem in ruled.problems]
    [(4, 'missing_geometry'), (5, 'missing_geometry'), (3, 'swapped_lon_lat')]
    """
    kept = shapes.copy()
    doubts = np.full(len(shapes), None, dtype=object)
    problems: list[Problem] = []
    refused = np.zeros(len(shapes), dtype=bool)

    def refuse(is_so: npt.NDArray[np.bool_], reason: str, hint: str | list[str]) -> None:
        for at in np.flatnonzero(is_so & ~refused):
            own = hint if isinstance(hint, str) else hint[at]
            problems.append(
                Problem(
                    row=int(rows[at]),
                    field="geometry",
                    value=describe(kept[at]),
                    reason=reason,
                    hint=own,
                )
            )
        refused[is_so] = True
        kept[is_so] = None

    missing = shapely.is_missing(kept) | shapely.is_empty(kept)
    if not rules.optional:
        refuse(missing, _EMPTY, f"a {rules.kind.lower()} is needed")
    kept, wrong_type = _as_kind(kept, rules.kind)
    refuse(wrong_type, "wrong_geometry_type", f"a {rules.kind.lower()} is needed")
    kept, repaired = _mended(kept) if rules.repair else (kept, 0)
    invalid = ~shapely.is_valid(kept) & ~shapely.is_missing(kept)
    refuse(invalid, "invalid_geometry", _why(kept, invalid))
    null_island = _at_null_island(kept)
    away, swapped = _far(kept, rules.centre)
    if rules.keeps_doubtful:
        doubts[null_island] = "null_island"
        doubts[away & ~null_island] = "far_away"
        refuse(swapped & ~null_island, "swapped_lon_lat", HINTS["swapped_lon_lat"])
    else:
        refuse(null_island, "null_island", "0, 0 stands for a position that is not known")
        refuse(swapped, "swapped_lon_lat", HINTS["swapped_lon_lat"])
    doubts[refused] = None
    return Ruled(shapes=kept, doubts=doubts, problems=problems, repaired=repaired)


def _as_kind(shapes: Shapes, kind: GeometryKind) -> tuple[Shapes, npt.NDArray[np.bool_]]:
    """Bring single and multiple forms to the one that the layer keeps."""
    types = shapely.get_type_id(shapes)
    single, multi = types == _SINGLE[kind], types == _MULTI[kind]
    result = shapes.copy()
    if kind == "POINT":
        alone = multi & (shapely.get_num_geometries(shapes) == 1)
        result[alone] = shapely.get_geometry(shapes[alone], 0)
        return result, (types >= 0) & ~single & ~alone
    gather = shapely.multilinestrings if kind == "MULTILINESTRING" else shapely.multipolygons
    parts = shapes[single]
    if len(parts):
        result[single] = gather(parts, indices=np.arange(len(parts)))
    return result, (types >= 0) & ~single & ~multi


def _mended(shapes: Shapes) -> tuple[Shapes, int]:
    """Mend invalid polygons where their polygonal part survives it."""
    bad = np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes))
    result = shapes.copy()
    count = 0
    for at in bad:
        mended = shapely.make_valid(shapes[at], method="structure", keep_collapsed=False)
        if shapely.get_type_id(mended) in _POLYGONAL and not mended.is_empty:
            result[at] = shapely.multipolygons(shapely.get_parts(mended))
            count += 1
    return result, count


def _why(shapes: Shapes, invalid: npt.NDArray[np.bool_]) -> list[str]:
    why = [""] * len(shapes)
    for at in np.flatnonzero(invalid):
        why[at] = f"{shapely.is_valid_reason(shapes[at])}; --repair mends it"
    return why


def _middles(shapes: Shapes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    west, south, east, north = shapely.bounds(shapes).T
    return (west + east) / 2, (south + north) / 2


def _at_null_island(shapes: Shapes) -> npt.NDArray[np.bool_]:
    lon, lat = _middles(shapes)
    return (abs(lon) < _NULL_ISLAND_DEG) & (abs(lat) < _NULL_ISLAND_DEG)


def _far(
    shapes: Shapes, centre: tuple[float, float] | None
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Tell which places are far from the city, and which of them would be near if swapped."""
    if centre is None:
        none = np.zeros(len(shapes), dtype=bool)
        return none, none
    lon, lat = _middles(shapes)
    away = distance_km(lon, lat, centre) > _FAR_KM
    swapped_back = distance_km(lat, lon, centre) < _NEAR_KM
    return away, away & swapped_back


def distance_km(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], centre: tuple[float, float]
) -> npt.NDArray[np.float64]:
    """Return rough distances from a centre, good to a few percent within 500 km.

    Examples
    --------
    >>> distance_km(np.array([118, np.nan]), np.array([32, 0]), (118, 33)).round().tolist()
    [111.0, nan]
    """
    shrink = np.cos(np.radians(centre[1]))
    east = (lon - centre[0] + 180) % 360 - 180
    return np.asarray(_KM_PER_DEG * np.hypot(east * shrink, lat - centre[1]))


def middle_of(shapes: Shapes) -> tuple[float, float] | None:
    """Return the lon, lat in the middle of most shapes, None when there are none.

    Shapes at 0, 0 do not count, and the median leaves strays out.

    Examples
    --------
    >>> middle_of(np.array([shapely.Point(118, 32), shapely.Point(0, 0), None]))
    (118.0, 32.0)
    >>> middle_of(np.array([None])) is None
    True
    """
    lon, lat = _middles(shapes)
    counted = np.isfinite(lon) & ~_at_null_island(shapes)
    if not counted.any():
        return None
    return float(np.median(lon[counted])), float(np.median(lat[counted]))
