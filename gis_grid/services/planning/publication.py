"""The grids that a plan makes: every level, in degrees, ready to become a generation.

Grids that a plan leaves alone keep their rows to the last bit, so that a generation holds only what
changed. A corner that was there before has the degrees that it had; a new one is computed once and
is the same for all grids that meet in it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy.orm import Session

from gis_grid.errors import (
    ConflictError,
    GeometryError,
    InputError,
    NotFoundError,
    StaleError,
)
from gis_grid.geo.corners import with_corners
from gis_grid.geo.crs import project, unproject
from gis_grid.grid.generations import Generation
from gis_grid.plan.compare import Comparison, compare
from gis_grid.plan.stages import Stage, require_next
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.desk import Held
from gis_grid.services.planning.telling import grid_shapes
from gis_grid.storage.city import CityStore
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.plans import Plan, PlanStore

DECIMALS = 9
"""Of the degrees of new corners, about a tenth of a millimetre."""

COUNTS = ("households", "persons", "elderly")
_NEAR_DEG = 1e-7
_CLOCKS_DIFFER = timedelta(minutes=1)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be published, and the generation that it follows."""

    grids: gpd.GeoDataFrame
    based_on: int


def publication_of(session: Session, plan: Plan, held: Held) -> Publication:
    """Return every grid of the city as a plan makes them.

    Parameters
    ----------
    session
        The transaction that will publish them.
    plan, held
        The plan and its draft as they are now.

    Raises
    ------
    ConflictError
        The plan is not approved, the grids of its area have changed since it began, or a grid of
        the plan is empty; `StaleError` when the draft is not the plan as it is now.
    GeometryError
        The grids would not tile the city.
    """
    require_next(plan.stage, Stage.PUBLISHED)
    if len(held.draft.log) != plan.step:
        message = f"plan {plan.number} was changed just now, to step {plan.step}; look at it again"
        raise StaleError(message)
    city, store = CityStore(session).get(), LayerStore(session)
    current = GenerationStore(session).number()
    now = gpd.GeoDataFrame(store.read("grids")).set_index("code", drop=False)
    first = PlanStore(session).start(plan.start_digest).state()
    _require_same_start(session, plan, now, first)
    made, fresh = _ground(held.state, first, now)
    rest = now.drop(index=_codes(first))
    grids = gpd.GeoDataFrame(pd.concat([rest, made]), crs=now.crs)
    grids = _matched(grids, fresh, {city.scheme.ground})
    grids, redrawn = _parents_redrawn(grids, now, plan.area_code, fresh)
    grids = _matched(grids, redrawn, {str(one) for one in grids.loc[list(redrawn), "level"]})
    _require_tiling(grids[grids["level"] == city.scheme.ground])
    return Publication(grids.reset_index(drop=True), current)


class Made(Protocol):
    """What publishing returns: it says which generation it made."""

    @property
    def generation(self) -> Generation:
        """Return the generation that is current now."""


Done = TypeVar("Done", bound=Made)


def published(  # noqa: PLR0913 - what, as what, when and how
    session: Session,
    plan: Plan,
    held: Held,
    *,
    name: str,
    valid_from: datetime,
    now: datetime,
    publish: Callable[..., Done],
) -> tuple[Done, Plan]:
    """Publish a plan in a transaction: its grids become a generation, and it is published.

    Parameters
    ----------
    session
        The transaction; whoever opened it commits.
    plan, held
        The plan, held in this transaction, and its draft.
    name
        What people call the generation.
    valid_from
        When it starts, with a time zone.
    now
        When it is published.
    publish
        Makes grids the current ones: `gis_grid.services.publishing.publish_in`.

    Raises
    ------
    ConflictError, GeometryError
        As `publication_of`; or another generation came meanwhile, or `valid_from` is not after the
        start of the one before.
    """
    found = publication_of(session, plan, held)
    done = publish(session, found.grids, name=name, valid_from=valid_from, based_on=found.based_on)
    number = done.generation.number
    return done, PlanStore(session).move(plan, Stage.PUBLISHED, now=now, generation=number)


def require_effective(valid_from: datetime | None, *, now: datetime) -> datetime:
    """Return when a generation starts that is published now: at the given moment, or now.

    Raises
    ------
    InputError
        The moment is in the future.
    """
    if valid_from is None:
        return now
    if valid_from > now + _CLOCKS_DIFFER:
        message = f"{valid_from.isoformat()} is still to come, and this publishes now; "
        message += "to publish then, put the plan's schedule, or leave valid_from out"
        raise InputError(message)
    return min(valid_from, now)


def reversal_of(session: Session, number: int) -> Publication:
    """Return the grids of the generation before the current one, to be published again.

    Parameters
    ----------
    session
        The transaction that will publish them.
    number
        The generation that is to be undone.

    Raises
    ------
    NotFoundError
        There is no such generation.
    ConflictError
        It is not the current one, or the first.
    """
    held = {one.number: one for one in GenerationStore(session).all()}
    if number not in held:
        message = f"there is no generation {number}"
        raise NotFoundError(message)
    if number != max(held):
        message = f"generation {number} is not current; only {max(held)} can be undone"
        raise ConflictError(message)
    if number - 1 not in held:
        message = f"generation {number} is the first; there are no grids before it"
        raise ConflictError(message)
    grids = LayerStore(session).read("grids", at=held[number - 1].valid_from)
    return Publication(gpd.GeoDataFrame(grids), number)


def _require_same_start(
    session: Session, plan: Plan, now: gpd.GeoDataFrame, first: PlanState
) -> None:
    """Stop when somebody published other grids where the plan is."""
    generations = {one.number: one for one in GenerationStore(session).all()}
    if plan.generation == max(generations):
        return
    then = LayerStore(session).read("grids", at=generations[plan.generation].valid_from)
    before = gpd.GeoDataFrame(then).set_index("code", drop=False)
    codes = [code for code in first.codes if code is not None]
    if not (set(codes) <= set(now.index) and _same(before.loc[codes], now.loc[codes])):
        message = f"the grids of plan {plan.number} have changed since generation "
        message += f"{plan.generation}, with which it began; begin a new plan with those of now"
        raise ConflictError(message)


def _same(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> bool:
    shapes = [shapely.to_wkb(frame.geometry.to_numpy()).tolist() for frame in (one, other)]
    plain = [frame.drop(columns="geometry") for frame in (one, other)]
    return shapes[0] == shapes[1] and plain[0].equals(plain[1])


def _ground(
    state: PlanState, first: PlanState, now: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, set[str]]:
    """Return the ground grids of the plan as rows, and the codes of those that are new or moved."""
    numbers = state.living_grids()
    empty = [str(state.codes[grid]) for grid in numbers if not state.core.size[grid]]
    if empty:
        message = f"grid {empty[0]} has no blocks; give it some or merge it before publishing"
        raise ConflictError(message)
    shapes = grid_shapes(state, numbers)
    same = _unchanged(shapes, numbers, first)
    degrees = _in_degrees(shapes, state.blocks.epsg, now.loc[_codes(first)].geometry)
    found = compare(first, state)
    ancestors = _main_ancestors(found)
    counts = state.sums(numbers)
    rows, fresh = [], set()
    for at, grid in enumerate(numbers.tolist()):
        code = str(state.codes[grid])
        old = ancestors[code]
        row: dict[Any, Any] = now.loc[old].to_dict()
        if not (same[at] and code == old):
            kept = grid < first.grids and first.codes[grid] == old
            row |= {"code": code, "name": row["name"] if kept else None}
            row |= _counts(state, counts[at])
            row["geometry"] = row["geometry"] if same[at] else _multi(degrees[at])
            fresh.add(code)
        rows.append(row)
    made = gpd.GeoDataFrame(rows, columns=now.columns, crs=now.crs)
    return made.set_index("code", drop=False), fresh


def _codes(state: PlanState) -> list[str]:
    return [code for code in state.codes if code is not None]


def _unchanged(
    shapes: npt.NDArray[np.object_], numbers: npt.NDArray[np.int64], first: PlanState
) -> npt.NDArray[np.bool_]:
    """Return which grids have the ground that they had, corner by corner."""
    known = numbers < first.grids
    before = np.empty(len(numbers), object)
    before[known] = grid_shapes(first, numbers[known])
    pairs = zip(shapely.to_wkb(shapes), shapely.to_wkb(before), strict=True)
    return np.array([one == other for one, other in pairs], bool)


def _main_ancestors(found: Comparison) -> Mapping[str, str]:
    """Return the old grid that most of each new one was."""
    best: dict[str, tuple[float, str]] = {}
    for share in found.shares:
        if share.new_code is not None and share.old_code is not None:
            rank = (share.of_new, share.old_code)
            best[share.new_code] = max(best.get(share.new_code, rank), rank)
    return {code: old for code, (_, old) in best.items()}


def _counts(state: PlanState, sums: Floats) -> dict[str, int]:
    names = state.blocks.names
    return {name: round(float(sums[names.index(name)])) for name in COUNTS if name in names}


def _in_degrees(
    shapes: npt.NDArray[np.object_], epsg: int, before: gpd.GeoSeries
) -> npt.NDArray[np.object_]:
    """Bring shapes to degrees; corners that were there keep theirs."""
    old = shapely.get_coordinates(before.to_numpy())
    x, y = project(lon=old[:, 0], lat=old[:, 1], epsg=epsg)
    known = dict(zip(map(tuple, np.column_stack([x, y]).tolist()), old.tolist(), strict=True))

    def settle(places: Floats) -> Floats:
        lon, lat = unproject(x_m=places[:, 0], y_m=places[:, 1], epsg=epsg)
        found = np.column_stack([lon, lat]).round(DECIMALS)
        for at, key in enumerate(map(tuple, places.tolist())):
            if key in known:
                found[at] = known[key]
        return found

    return np.asarray(shapely.transform(shapes, settle), object)


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([*shapely.get_parts(shape)])


def _matched(grids: gpd.GeoDataFrame, fresh: set[str], levels: set[str]) -> gpd.GeoDataFrame:
    """Give grids the corners that fresh ones of their level have on the common border."""
    changed = grids.copy()
    for level in levels:
        own = grids[grids["level"] == level]
        is_fresh = own.index.isin(fresh)
        still, moved = own[~is_fresh], own[is_fresh]
        known = set(map(tuple, shapely.get_coordinates(still.geometry.to_numpy())))
        made = map(tuple, shapely.get_coordinates(moved.geometry.to_numpy()))
        corners = np.array(sorted({xy for xy in made if xy not in known})).reshape(-1, 2)
        tree = shapely.STRtree(shapely.boundary(still.geometry.to_numpy()))
        point, grid = tree.query(shapely.points(corners), "dwithin", distance=_NEAR_DEG)
        for at in np.unique(grid):
            shape = with_corners(
                still.geometry.iloc[at], corners[point[grid == at]], near=_NEAR_DEG
            )
            _redraw(changed, str(still.index[at]), shape)
    return changed


def _redraw(grids: gpd.GeoDataFrame, code: str, shape: shapely.Geometry) -> None:
    series = gpd.GeoSeries([_multi(shape)], index=[code], crs=grids.crs)
    grids.loc[[code], "geometry"] = series


def _parents_redrawn(
    grids: gpd.GeoDataFrame, now: gpd.GeoDataFrame, area_code: str, fresh: set[str]
) -> tuple[gpd.GeoDataFrame, set[str]]:
    """Draw the grids between the ground and the area of the plan as what lies below them.

    Returns them all, and the codes of those that were drawn anew; a grid with nothing below it
    ends.
    """
    gone = [code for code in now.index if code not in grids.index]
    touched = set(grids.loc[list(fresh), "parent_code"]) | set(now.loc[gone, "parent_code"])
    touched |= set(now.loc[[code for code in fresh if code in now.index], "parent_code"])
    redrawn: set[str] = set()
    while touched := {code for code in touched if code and code != area_code}:
        above: set[str] = set()
        for code in sorted(touched):
            children = grids[grids["parent_code"] == code]
            above.add(grids.loc[code, "parent_code"])
            if children.empty:
                grids = grids.drop(index=code)
                redrawn.discard(code)
                continue
            _redraw(grids, code, shapely.coverage_union_all(children.geometry.to_numpy()))
            for name in COUNTS:
                grids.loc[code, name] = children[name].sum(min_count=1)
            redrawn.add(code)
        touched = above
    return grids, redrawn


def _require_tiling(ground: gpd.GeoDataFrame) -> None:
    shapes = ground.geometry.to_numpy()
    wrong = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    if wrong.any():
        codes = ", ".join(_first(ground["code"][wrong]))
        message = f"the grids would not tile the city at {codes}; undo the last cut there"
        raise GeometryError(message)


def _first(codes: Iterable[str]) -> list[str]:
    return [str(code) for code in codes][:3]
