"""Two plans beside each other: numbers, what moves, and last year counted again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy.orm import Session

from gis_grid.geo.crs import to_metric, unproject
from gis_grid.plan.arrays import Bools, Ints
from gis_grid.plan.compare import Comparison, GazetteRow, ancestors, compare, gazette
from gis_grid.plan.core import NOBODY
from gis_grid.plan.metrics import measure, spread
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.judging import PlanSettings, known
from gis_grid.services.planning.standing import grids_at, origins_at
from gis_grid.services.planning.telling import Feature, feature_of_shapes
from gis_grid.storage.city import CityStore
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.incidents import YEAR, last_reported_at
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.placed import Placed, placed_in
from gis_grid.storage.plans.plans import Plan

MOST_NAMED = 1_000
"""Things of a kind that are named; all of them are counted."""

MEASURED = (
    *("work", "households", "persons", "elderly", "buildings"),
    *("polsby_popper", "pieces", "plain_border"),
)
"""What is told of each grid, besides its weights and what stands on it."""

SPREAD = ("work", "households")
"""What is compared over all grids."""

Numbers = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Things of a kind that get another grid."""

    layer: str
    total: int
    """Things of this kind on the ground of the plan."""

    moved: int
    things: Sequence[Mapping[str, str | None]]
    """Code, grid before, grid after; not more than `MOST_NAMED`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two plans: how even it is, and each of its grids."""

    spread: Mapping[str, Numbers]
    grids: Mapping[str, Numbers]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What lies between two plans."""

    old: Side
    new: Side
    comparison: Comparison
    gazette: Sequence[GazetteRow]
    follows: Sequence[Moved]
    blocks: Sequence[Feature]
    """Moved blocks, as a map of differences."""


@dataclass(frozen=True, slots=True)
class Other:
    """What a plan is compared with."""

    said: str
    plan: int | None
    state: PlanState
    shared: int
    """How many grid numbers mean the same in both."""


def start_of(plan: Plan, state: PlanState) -> Other:
    """Return the grids that a plan began with, as `Held.beginning` says."""
    return Other(f"generation {plan.generation}", None, state, state.grids)


def plan_of(plan: Plan, other: Plan, state: PlanState, start_grids: int) -> Other:
    """Return another plan; both share the grids that they began with, if it is the same start."""
    shared = start_grids if plan.start_digest == other.start_digest else 0
    return Other(other.title, other.number, state, shared)


def current_of(session: Session, plan: Plan, start: PlanState) -> Other:
    """Return the grids that are current now, on the blocks of a plan.

    Where a border of now runs through a block, the block is in the grid that its middle is in.
    """
    current = GenerationStore(session).number()
    if current == plan.generation:
        return start_of(plan, start)
    city = CityStore(session).get()
    grids = gpd.GeoDataFrame(LayerStore(session).read("grids"))
    ground = to_metric(grids[grids["level"] == city.scheme.ground], epsg=city.epsg)
    middle = shapely.point_on_surface(start.blocks.shapes)
    tree = shapely.STRtree(np.asarray(ground.geometry.to_numpy(), object))
    block, row = tree.query(middle, predicate="intersects")
    assignment = np.full(len(start.blocks), NOBODY)
    assignment[block[::-1]] = row[::-1]
    used = np.unique(assignment[assignment != NOBODY])
    place = np.full(len(ground) + 1, NOBODY)
    place[used] = np.arange(len(used))
    codes = [str(code) for code in ground["code"].to_numpy()[used]]
    return Other(
        f"generation {current}", None, PlanState(start.blocks, place[assignment], codes), 0
    )


def compared(
    session: Session, other: Other, new: PlanState, settings: PlanSettings, *, shapes: bool
) -> Compared:
    """Compare two plans of the same blocks, and count what stands on their ground.

    Parameters
    ----------
    session
        The city's database.
    other, new
        The plans, the older one first.
    settings
        How both are judged.
    shapes
        Whether the moved blocks are wanted as features.

    Raises
    ------
    InputError
        The plans are not of the same blocks.
    """
    old = other.state
    found = compare(old, new, shared=other.shared)
    table = gazette(old, found)
    counts = _counted(session, old, new, ancestors(old, new, shared=other.shared))
    return Compared(
        old=_side(old, settings, {name: pair[0] for name, pair in counts.grids.items()}),
        new=_side(new, settings, {name: pair[1] for name, pair in counts.grids.items()}),
        comparison=found,
        gazette=table,
        follows=[*counts.moved, _posts(session, table)],
        blocks=_tint(old, new, found) if shapes else (),
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    grids: Mapping[str, tuple[Ints, Ints]]
    """By name: how many things each grid of both plans has."""

    moved: Sequence[Moved]


def _counted(session: Session, old: PlanState, new: PlanState, heirs: Ints) -> _Counts:
    bbox = _box(new)
    until = last_reported_at(session)
    places: dict[str, Placed] = {
        "open_incidents": placed_in(session, "incidents", bbox, is_open=True),
        "facilities": placed_in(session, "facilities", bbox),
        "cameras": placed_in(session, "cameras", bbox),
    }
    if until is not None:
        places["incidents_a_year"] = placed_in(
            session, "incidents", bbox, since=until - YEAR, until=until
        )
    grids, moved = {}, []
    lonlat = np.concatenate([placed.lonlat for placed in places.values()])
    ends = np.cumsum([len(placed) for placed in places.values()])
    parts = np.split(origins_at(old.blocks, lonlat), ends[:-1])
    for (name, placed), origins in zip(places.items(), parts, strict=True):
        before, after = (grids_at(state, placed.lonlat, origins) for state in (old, new))
        grids[name] = (_tally(before, old.grids), _tally(after, new.grids))
        other = before != heirs[after]
        moved.append(_moved(name, placed, other, ((old, before), (new, after))))
    return _Counts(grids, moved)


def _tally(owner: Ints, count: int) -> Ints:
    return np.bincount(owner[owner != NOBODY], minlength=count)


def _moved(
    name: str, placed: Placed, other: Bools, sides: Sequence[tuple[PlanState, Ints]]
) -> Moved:
    """Return the things that are in a grid which does not continue the one they were in."""
    inside = (sides[0][1] != NOBODY) | (sides[1][1] != NOBODY)
    named = sorted(np.flatnonzero(other).tolist(), key=placed.codes.__getitem__)[:MOST_NAMED]
    return Moved(
        layer=name,
        total=int(inside.sum()),
        moved=int(other.sum()),
        things=[
            {"code": placed.codes[at]}
            | {
                side: _code(state, int(owner[at]))
                for side, (state, owner) in zip(("before", "after"), sides, strict=True)
            }
            for at in named
        ],
    )


def _posts(session: Session, table: Iterable[GazetteRow]) -> Moved:
    """Return the duty posts of grids that are no more as they were; a post keeps the larger heir.

    No person is named: a post is known by its code.
    """
    posts = LayerStore(session).read("officers")
    rows = {row.old_code: row for row in table}
    mine = posts[posts["area_code"].isin(list(rows))]
    things = [
        {"code": str(code), "before": str(grid), "after": next(iter(rows[grid].new_codes), None)}
        for code, grid in zip(mine["code"], mine["area_code"], strict=True)
        if rows[grid].kind != "kept"
    ]
    return Moved(layer="officers", total=len(mine), moved=len(things), things=things[:MOST_NAMED])


def _side(state: PlanState, settings: PlanSettings, counts: Mapping[str, Ints]) -> Side:
    grids = [int(grid) for grid in state.living_grids()]
    found = measure(settings.view(state, grids), MEASURED)
    sums, areas = state.sums(grids).tolist(), state.area_m2(grids).tolist()
    columns = {name: values.tolist() for name, values in found.items()}
    told = {}
    for at, grid in enumerate(grids):
        weights = dict(zip(state.blocks.names, sums[at], strict=True))
        numbers = {name: known(values[at]) for name, values in columns.items()}
        counted = {name: float(tally[grid]) for name, tally in counts.items()}
        told[str(state.codes[grid])] = {
            **weights,
            **numbers,
            "area_m2": areas[at],
            **counted,
        }
    return Side(spread=_spreads(found), grids=told)


def _spreads(found: Mapping[str, Any]) -> Mapping[str, Numbers]:
    return {
        name: {key: known(value) for key, value in asdict(spread(found[name])).items()}
        for name in SPREAD
    }


def _tint(old: PlanState, new: PlanState, found: Comparison) -> Sequence[Feature]:
    """Return the moved blocks with the grid that most of them was in, and the one they are in."""
    blocks = found.moved_blocks
    inner = shapely.get_coordinates(shapely.point_on_surface(new.shapes(blocks)))
    lon, lat = unproject(x_m=inner[:, 0], y_m=inner[:, 1], epsg=new.blocks.epsg)
    before = grids_at(old, np.column_stack([lon, lat]))
    about = [
        {
            "code": new.code(block),
            "before": _code(old, int(was)),
            "grid_code": _code(new, int(new.core.grid[block])),
        }
        for block, was in zip(blocks.tolist(), before, strict=True)
    ]
    return feature_of_shapes(list(new.shapes(blocks)), about, new.blocks.epsg)


def _code(state: PlanState, grid: int) -> str | None:
    return None if grid == NOBODY else state.codes[grid]


def _box(state: PlanState) -> tuple[float, float, float, float]:
    """Return the degrees between which the blocks of a plan lie."""
    west, south, east, north = shapely.total_bounds(state.blocks.shapes)
    box = shapely.segmentize(shapely.box(west, south, east, north), max(east - west, 1.0) / 16)
    xy = shapely.get_coordinates(box)
    lon, lat = unproject(x_m=xy[:, 0], y_m=xy[:, 1], epsg=state.blocks.epsg)
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def shares_of(found: Comparison, *, least: float) -> Iterable[Mapping[str, Any]]:
    """Yield the ground that grids of both plans have in common, without crumbs."""
    for one in found.shares:
        if one.of_old >= least or one.of_new >= least:
            yield {
                "old_code": one.old_code,
                "new_code": one.new_code,
                "area_m2": one.area_m2,
                "of_old": known(one.of_old),
                "of_new": known(one.of_new),
                "amounts": dict(zip(found.names, one.amounts, strict=True)),
            }
