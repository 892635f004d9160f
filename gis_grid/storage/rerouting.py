"""Give stored things the owner that they have now, looking only where owners changed."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, and_, or_, select, true, update
from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Change, canonical
from gis_grid.router.assign import representative_points
from gis_grid.router.changes import Changes, changes_between, router_around
from gis_grid.storage.audit import record
from gis_grid.storage.columns import selected_geometry
from gis_grid.storage.queries import AT_ONCE, Bbox, in_ranges
from gis_grid.storage.tables import table_of
from gis_grid.values.layers import INCIDENTS, LAYERS, Layer

OWNED = tuple(layer for layer in LAYERS.values() if "grid_code" in layer.field_names)
"""Layers whose features have an owner."""

SETTLED = "closed"
"""Incidents in this state keep the grid that they were handled in."""

BOXES_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerouted:
    """What became of a layer when owners changed."""

    looked_at: int = 0
    """Features that were routed again."""

    moved: int = 0
    """Those that have another owner now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Things:
    """Features that may have another owner now."""

    code: NDArray[np.object_]
    owner: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def reroute(
    session: Session, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame
) -> Mapping[str, Rerouted]:
    """Write the owner of everything that has another one among `new` grids than among `old` ones.

    Points are found by range scans on their cell, everything else by its bounds; see
    `router.changes.changes_between`. Doubted points have no owner. Closed incidents keep theirs;
    one that has none gets the first that comes.

    Parameters
    ----------
    session
        A session that holds the generation (`GenerationStore.take`), so that nobody stores
        anything by the old grids meanwhile. It is not committed.
    old, new
        The ground grids before and now, in EPSG:4326, ordered by code. No old grids: everything
        is routed. No new ones: nothing is owned any more.

    Returns
    -------
    mapping of layer to Rerouted
        Every layer that has owners.

    Raises
    ------
    InputError, GeometryError, CrsError
        The grids are none that can be routed by.
    StorageError
        The database cannot do this now.
    """
    if not any(_has_rows(session, layer) for layer in OWNED):  # grids come first
        return {layer.name: Rerouted() for layer in OWNED}
    changes = changes_between(old, new)
    found = {layer: _things(session, layer, changes) for layer in OWNED}
    lon, lat = (
        np.concatenate([getattr(things, axis) for things in found.values()])
        for axis in ("lon", "lat")
    )
    codes = router_around(new, lon=lon, lat=lat).locate_many(lon=lon, lat=lat).code
    done, start = {}, 0
    for layer, things in found.items():
        owner = codes[start : start + len(things.code)]
        start += len(things.code)
        moved = owner != things.owner
        _write(session, layer, things.code[moved], owner[moved])
        _record(session, layer, things, owner, moved)
        done[layer.name] = Rerouted(looked_at=len(things.code), moved=int(moved.sum()))
    return done


def _has_rows(session: Session, layer: Layer) -> bool:
    some = select(table_of[layer.name].c.code).limit(1)
    return session.scalars(some).first() is not None


def _things(session: Session, layer: Layer, changes: Changes) -> _Things:
    """Read what lies where owners changed, once each."""
    table = table_of[layer.name]
    if layer.geometry == "POINT":
        chosen = select(table.c.code, table.c.grid_code, table.c.lon, table.c.lat)
        tests = in_ranges(layer, changes.ranges)
    else:
        shape = selected_geometry(table, session.get_bind().dialect.name)
        chosen = select(table.c.code, table.c.grid_code, shape)
        tests = _in_boxes(layer, changes.boxes)
    found: dict[str, Row[*tuple[Any, ...]]] = {}
    for test in tests:
        rows = session.execute(chosen.where(test, _is_unsettled(layer))).fetchall()
        found.update((row[0], row) for row in rows)
    return _unpacked(layer, list(found.values()))


def _unpacked(layer: Layer, rows: Sequence[Row[*tuple[Any, ...]]]) -> _Things:
    code, owner, *place = zip(*rows, strict=True) if rows else ((), (), (), ())
    if layer.geometry == "POINT":
        lon, lat = (np.array(numbers, np.float64) for numbers in place)
    else:
        lon, lat = representative_points(shapely.from_wkb(np.array(place[0], object)))
    return _Things(code=np.array(code, object), owner=np.array(owner, object), lon=lon, lat=lat)


def _in_boxes(layer: Layer, boxes: Sequence[Bbox]) -> Iterator[ColumnElement[bool]]:
    columns = table_of[layer.name].c
    for start in range(0, len(boxes), BOXES_AT_ONCE):
        part = boxes[start : start + BOXES_AT_ONCE]
        yield or_(
            *(
                and_(columns.west <= east, columns.east >= west)
                & and_(columns.south <= north, columns.north >= south)
                for west, south, east, north in part
            )
        )


def _is_unsettled(layer: Layer) -> ColumnElement[bool]:
    """Test that the owner of a feature follows the grids."""
    if layer != INCIDENTS:
        return true()
    columns = table_of[layer.name].c
    is_open = or_(columns.state != SETTLED, columns.grid_code.is_(None))
    return and_(columns.doubt.is_(None), is_open)


def _write(
    session: Session, layer: Layer, codes: NDArray[np.object_], owners: NDArray[np.object_]
) -> None:
    """Write new owners, one statement for each; what was closed meanwhile keeps its own."""
    table = table_of[layer.name]
    for owner in dict.fromkeys(owners.tolist()):
        mine = codes[owners == owner].tolist()
        for part in _parts(mine):
            here = update(table).where(table.c.code.in_(part), _is_unsettled(layer))
            session.execute(here.values(grid_code=owner))


def _record(
    session: Session,
    layer: Layer,
    things: _Things,
    owner: NDArray[np.object_],
    moved: NDArray[np.bool_],
) -> None:
    """Write one entry for all that have another owner: how many, and a digest of code, old, new."""
    if moved.any():
        columns = (things.code[moved], things.owner[moved], owner[moved])
        text = canonical(sorted(map(list, zip(*columns, strict=True))))
        seal = hashlib.sha256(text.encode()).hexdigest()
        after = {"rows": int(moved.sum()), "sha256": seal}
        record(session, Change(action="reroute", layer=layer.name, after=after))


def _parts(codes: Sequence[str]) -> Iterable[Sequence[str]]:
    return (codes[start : start + AT_ONCE] for start in range(0, len(codes), AT_ONCE))
