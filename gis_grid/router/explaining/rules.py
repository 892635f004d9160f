"""Who answers for a place: the rules in their order."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gis_grid.errors import InputError
from gis_grid.router.cells import is_on_earth
from gis_grid.router.explaining.atlas import Atlas, border_m, row_of
from gis_grid.router.explaining.confidence import confidence
from gis_grid.router.explaining.decision import Candidate, Decision, Method, Place
from gis_grid.router.explaining.nearby import grid_nearest, grids_within
from gis_grid.router.located import OUTSIDE
from gis_grid.router.special import Reach

NEAREST_LIMIT_M = 100.0
"""How far outside every ground grid a point may lie and still go to the nearest one."""

SURE = 2.0
"""Special grids are looked for in so many accuracy radii: beyond lies below 1e-6 of the mass."""


def decide(atlas: Atlas, place: Place, *, nearest_limit_m: float = NEAREST_LIMIT_M) -> Decision:
    """Find the owner of a place by the first rule that fits.

    A special grid that reaches it; the ground grid that holds it; the nearest ground grid within
    a limit; the deepest wider grid that holds it; nobody. A facility's own grid comes before all:
    see `for_facility`.

    Parameters
    ----------
    atlas
        The grids.
    place
        The point; NaN is outside.
    nearest_limit_m
        Metres; 0 never takes the nearest grid.

    Raises
    ------
    InputError
        The limit is negative or no finite number.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from gis_grid.router.index import Router
    >>> def layer(codes, *boxes):
    ...     shapes = [shapely.box(*box) for box in boxes]
    ...     return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:4326")
    >>> ground = Router.build(layer(["w", "e"], (0, 0, 0.01, 0.01), (0.01, 0, 0.02, 0.01)))
    >>> atlas = Atlas.build(ground, layer(["city"], (0, 0, 0.03, 0.01)))
    >>> def told(lon, accuracy_m=None):
    ...     found = decide(atlas, Place(lon=lon, lat=0.005, accuracy_m=accuracy_m))
    ...     return found.code, found.method.value, [one.code for one in found.candidates]
    >>> told(0.005), told(0.0099, 30.0)
    (('w', 'polygon', []), ('w', 'polygon', ['e']))
    >>> told(0.0205), told(0.025)
    (('e', 'nearest', []), ('city', 'territorial', []))
    >>> told(0.04), told(math.nan)
    ((None, 'outside', []), (None, 'outside', []))
    """
    if not 0.0 <= nearest_limit_m < math.inf:
        msg = f"nearest limit {nearest_limit_m} m is no length; give 0 or more"
        raise InputError(msg)
    if not is_on_earth(lon=np.array([place.lon]), lat=np.array([place.lat]))[0]:
        return _nowhere(place)
    near = atlas.special_near(place, SURE * place.radius_m)
    row = row_of(atlas.ground, place)
    reaching = next((reach for reach in near if reach.margin_m >= 0.0), None)
    if reaching is not None:
        found = _by_special(atlas, place, reaching)
    elif row != OUTSIDE:
        found = _by_polygon(atlas, place, row)
    else:
        found = _by_gap(atlas, place, nearest_limit_m)
    ground = None if row == OUTSIDE else str(atlas.ground.codes[row])
    return _weighed(atlas, replace(found, ground_code=ground), near)


def for_facility(decision: Decision) -> Decision:
    """Return the decision about where a facility stands as one about the facility.

    Its own grid answers wherever the report was made; outside every grid nothing changes.
    """
    if decision.code is None:
        return decision
    return replace(decision, method=Method.FACILITY)


def _nowhere(place: Place) -> Decision:
    return _found(place, Method.OUTSIDE, None, math.inf)


def _found(
    place: Place,
    method: Method,
    code: str | None,
    distance_m: float,
    *,
    is_special: bool = False,
) -> Decision:
    """Return a decision whose doubts are not weighed yet."""
    return Decision(
        place=place,
        method=method,
        code=code,
        is_special=is_special,
        ground_code=None,
        distance_m=distance_m if distance_m < math.inf else None,
        confidence=None,
        is_ambiguous=False,
        candidates=(),
    )


def _by_special(atlas: Atlas, place: Place, reach: Reach) -> Decision:
    assert atlas.special is not None  # noqa: S101 - it was asked
    code = str(atlas.special.codes[reach.row])
    return _found(place, Method.SPECIAL, code, reach.margin_m, is_special=True)


def _by_polygon(atlas: Atlas, place: Place, row: int) -> Decision:
    code = str(atlas.ground.codes[row])
    return _found(place, Method.POLYGON, code, border_m(atlas.ground, place, row))


def _by_gap(atlas: Atlas, place: Place, nearest_limit_m: float) -> Decision:
    """Decide about a place that no ground grid holds."""
    nearest = grid_nearest(atlas.ground, lon=place.lon, lat=place.lat)
    away_m = math.inf if nearest is None else nearest.distance_m
    if nearest is not None and away_m <= nearest_limit_m and nearest_limit_m > 0.0:
        return _found(place, Method.NEAREST, str(atlas.ground.codes[nearest.row]), away_m)
    parent = row_of(atlas.above, place)
    distance_m = min(away_m, border_m(atlas.above, place, parent))
    if parent == OUTSIDE:
        return _found(place, Method.OUTSIDE, None, distance_m)
    return _found(place, Method.TERRITORIAL, str(atlas.above.codes[parent]), distance_m)


def _weighed(atlas: Atlas, found: Decision, near: list[Reach]) -> Decision:
    """Add how sure a decision is and who else may answer."""
    place = found.place
    distance_m = math.inf if found.distance_m is None else found.distance_m
    margin_m = min([distance_m, *_rivals_m(atlas, found, near)])
    ambiguous = margin_m < place.radius_m
    beyond = -distance_m if found.method is Method.NEAREST else margin_m
    return replace(
        found,
        distance_m=margin_m if margin_m < math.inf else None,
        confidence=confidence(margin_m=beyond, accuracy_m=place.accuracy_m),
        is_ambiguous=ambiguous,
        candidates=tuple(_candidates(atlas, found, near)) if ambiguous else (),
    )


def _rivals_m(atlas: Atlas, found: Decision, near: list[Reach]) -> Iterator[float]:
    """Yield the distances to special grids that would own before the one found."""
    for reach in near:
        if found.is_special and _code(atlas, reach) == found.code:
            return
        yield -reach.margin_m


def _candidates(atlas: Atlas, found: Decision, near: list[Reach]) -> list[Candidate]:
    place, radius_m = found.place, found.place.radius_m
    ground = [
        Candidate(code=str(atlas.ground.codes[one.row]), distance_m=one.distance_m)
        for one in grids_within(atlas.ground, lon=place.lon, lat=place.lat, radius_m=radius_m)
    ]
    special = [
        Candidate(code=_code(atlas, reach), distance_m=max(0.0, -reach.margin_m), is_special=True)
        for reach in near
        if -reach.margin_m < radius_m
    ]
    owner = (found.code, found.is_special)
    others = [one for one in (*special, *ground) if (one.code, one.is_special) != owner]
    return sorted(others, key=lambda one: (one.distance_m, not one.is_special, one.code))


def _code(atlas: Atlas, reach: Reach) -> str:
    assert atlas.special is not None  # noqa: S101 - it was asked
    return str(atlas.special.codes[reach.row])
