"""A plan as others see it: grids and blocks in degrees, and what a step changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.crs import project, unproject
from gis_grid.plan.core import NOBODY
from gis_grid.plan.log import Draft, Entry, touched_grids
from gis_grid.plan.ops import Flip, Lock, Op, Recut, Rename
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.desk import Held

DECIMALS = 8
"""Of degrees that are shown, about a millimetre."""

Feature = Mapping[str, Any]
"""A GeoJSON feature."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What steps did to a plan: what is there now, and what is there no more."""

    grids: tuple[Feature, ...]
    grids_gone: tuple[str, ...]
    blocks: tuple[Feature, ...]
    blocks_gone: tuple[str, ...]


def told_grids(state: PlanState, grids: Iterable[int]) -> tuple[Feature, ...]:
    """Return grids as features: code, officer, sums of weights, area, pieces, locks.

    `locked` is the lock of the grid itself, `locked_borders` names the grids to which no ground
    passes, `officer_locked` is the lock of its officer's round.

    A grid without blocks has no geometry.
    """
    numbers = np.array([*grids], np.int64)
    shapes = grid_shapes(state, numbers)
    sums, area = state.sums(numbers), state.area_m2(numbers)
    pieces, around = state.pieces(numbers), state.around_m(numbers)
    locks = _locks_of(state)
    return tuple(
        {
            "type": "Feature",
            "id": state.codes[grid],
            "geometry": geometry,
            "properties": {
                "code": state.codes[grid],
                "officer": state.officers[grid],
                "weights": dict(zip(state.blocks.names, sums[at].tolist(), strict=True)),
                "area_m2": float(area[at]),
                "border_m": float(around[at, -1]),
                "pieces": int(pieces[at]),
                "blocks": int(state.core.size[grid]),
                "locked": ("grid", (grid,)) in state.locks,
                "locked_borders": sorted(str(state.codes[one]) for one in locks.get(grid, ())),
                "officer_locked": ("officer", state.officers[grid]) in state.locks,
            },
        }
        for at, (grid, geometry) in enumerate(
            zip(numbers.tolist(), _geojson(shapes, state.blocks.epsg), strict=True)
        )
    )


def _locks_of(state: PlanState) -> dict[int, set[int]]:
    """Return the grids at the other side of the locked borders of each grid."""
    found: dict[int, set[int]] = {}
    for kind, key in state.locks:
        if kind == "border" and not isinstance(key, str):
            one, other = key
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return found


def told_blocks(state: PlanState, blocks: Iterable[int]) -> tuple[Feature, ...]:
    """Return blocks as features: code, grid, weights."""
    numbers = np.array([*blocks], np.int64)
    weights = state.core.weights[numbers]
    geometries = _geojson(state.shapes(numbers), state.blocks.epsg)
    return tuple(
        {
            "type": "Feature",
            "id": state.code(block),
            "geometry": geometry,
            "properties": {
                "code": state.code(block),
                "grid_code": grid_code(state, int(state.core.grid[block])),
                "weights": dict(zip(state.blocks.names, weights[at, :-1].tolist(), strict=True)),
            },
        }
        for at, (block, geometry) in enumerate(zip(numbers.tolist(), geometries, strict=True))
    )


def blocks_within(held: Held, bbox: tuple[float, float, float, float]) -> npt.NDArray[np.int64]:
    """Return the blocks that touch a box of degrees (west, south, east, north)."""
    state = held.state
    lon, lat = _outline_deg(state)
    west, south = max(bbox[0], lon[0]), max(bbox[1], lat[0])
    east, north = min(bbox[2], lon[1]), min(bbox[3], lat[1])
    if not (west <= east and south <= north):  # also when there are no blocks
        return np.zeros(0, np.int64)
    corners = np.array([(west, south), (east, south), (east, north), (west, north)])
    x, y = project(lon=corners[:, 0], lat=corners[:, 1], epsg=state.blocks.epsg)
    return held.spots.touching(state, shapely.Polygon(np.column_stack([x, y])))


def grids_within(held: Held, bbox: tuple[float, float, float, float]) -> npt.NDArray[np.int64]:
    """Return the grids that have ground in a box of degrees, in the order of their numbers."""
    owners = np.unique(held.state.core.grid[blocks_within(held, bbox)])
    grids: npt.NDArray[np.int64] = owners[owners != NOBODY].astype(np.int64)
    return grids


def _outline_deg(state: PlanState) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the degrees between which all blocks lie: west and east, south and north."""
    west, south, east, north = shapely.total_bounds(state.blocks.shapes)
    box = shapely.segmentize(shapely.box(west, south, east, north), max(east - west, 1.0) / 16)
    xy = shapely.get_coordinates(box)
    lon, lat = unproject(x_m=xy[:, 0], y_m=xy[:, 1], epsg=state.blocks.epsg)
    return (float(lon.min()), float(lon.max())), (float(lat.min()), float(lat.max()))


def changed_by(draft: Draft, entries: Sequence[Entry]) -> Changed:
    """Return what entries of the log changed, as it is now."""
    state = draft.state
    ops = [op for entry in entries for op in draft.ops_of(entry)]
    grids = set(touched_grids(state, ops).tolist())
    renamed = [op for op in ops if isinstance(op, Rename)]
    grids |= {op.grid for op in renamed} | _locked_or_opened(state, ops)
    names = {name for op in renamed for name in (op.before, op.after)}
    blocks, gone = _blocks_of(state, ops)
    grids |= {int(state.core.grid[block]) for block in blocks} - {NOBODY}
    there = sorted(grid for grid in grids if grid < state.grids and state.codes[grid] is not None)
    now = {state.codes[grid] for grid in there}
    return Changed(
        grids=told_grids(state, there),
        grids_gone=tuple(sorted(name for name in names - now if name and name[0] != "\0")),
        blocks=told_blocks(state, blocks),
        blocks_gone=gone,
    )


def _locked_or_opened(state: PlanState, ops: Iterable[Op]) -> set[int]:
    keys = [op.key for op in ops if isinstance(op, Lock)]
    posts = {key for key in keys if isinstance(key, str)}
    rounds = {grid for grid, post in enumerate(state.officers) if post in posts}
    return rounds | {grid for key in keys if not isinstance(key, str) for grid in key}


def _blocks_of(state: PlanState, ops: Iterable[Op]) -> tuple[list[int], tuple[str, ...]]:
    found: set[int] = set()
    codes: set[str] = set()
    for op in ops:
        if isinstance(op, Flip):
            found.update(op.blocks)
        elif isinstance(op, Recut):
            found.update(part.block for part in op.parts)
            found.update(op.parents)
            found.update(block for block, _, _ in op.reshaped)
            codes.update(part.code for part in op.parts)
        elif isinstance(op, Rename) and state.codes[op.grid] is not None:
            found.update(state.members(op.grid).tolist())
    alive = sorted(block for block in found if state.atoms.is_alive(block))
    now = {state.code(block) for block in alive}
    codes.update(state.code(block) for block in found if block < state.used)
    return alive, tuple(sorted(codes - now))


def grid_shapes(state: PlanState, grids: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """Return the ground of grids on the plane of the plan; None for one without blocks."""
    made = np.empty(len(grids), object)
    for at, grid in enumerate(grids.tolist()):
        members = state.members(grid)
        if len(members):
            made[at] = shapely.coverage_union_all(state.shapes(members))
    return made


def feature_of_shapes(
    shapes: Sequence[shapely.Geometry], properties: Sequence[Mapping[str, Any]], epsg: int
) -> list[Feature]:
    """Return shapes of the plane as features; the property ``code`` is their id."""
    made = np.empty(len(shapes), object)
    made[:] = shapes
    return [
        {"type": "Feature", "id": about["code"], "geometry": geometry, "properties": dict(about)}
        for about, geometry in zip(properties, _geojson(made, epsg), strict=True)
    ]


def grid_code(state: PlanState, grid: int) -> str | None:
    """Return the code of the grid with a number; None for that of the blocks of nobody."""
    return None if grid == NOBODY else state.codes[grid]


def _geojson(shapes: npt.NDArray[np.object_], epsg: int) -> Iterator[Mapping[str, Any] | None]:
    """Yield geometries of GeoJSON in degrees."""

    def to_degrees(places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lon, lat = unproject(x_m=places[:, 0], y_m=places[:, 1], epsg=epsg)
        return np.column_stack([lon, lat]).round(DECIMALS)

    if not len(shapes):
        return
    for shape in shapely.transform(shapes, to_degrees):
        yield None if shape is None else shapely.geometry.mapping(shape)
