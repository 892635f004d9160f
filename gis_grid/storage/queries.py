"""Which rows of a layer are meant, as SQL that both databases answer alike."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from gis_grid.errors import InputError
from gis_grid.grid.generations import require_aware
from gis_grid.storage.base import SRID
from gis_grid.storage.columns import selected, selected_geometry
from gis_grid.storage.scoping import EVERYWHERE, Area, inside
from gis_grid.storage.tables import generation, private_of, table_of
from gis_grid.values.layers import GRIDS, INCIDENTS, Field, Layer

Bbox = tuple[float, float, float, float]
"""West, south, east, north in degrees; the border belongs to it."""

Ranges = list[tuple[int, int]]
"""First and last cell of each range, both included."""

AT_ONCE = 200
"""Ranges of cells in one statement; SQLite refuses expressions deeper than 1000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a row must be, to be meant."""

    bbox: Bbox | None = None
    level: str | None = None
    at: datetime | None = None
    category: str | None = None
    grid_code: str | None = None
    area: Area = EVERYWHERE

    def require_fit(self, layer: Layer) -> None:
        """Raise unless `layer` can be asked for this.

        Raises
        ------
        InputError
            The layer has no such field, no generations or no geometry; or the moment has no time
            zone, or the box is none.
        """
        for name in ("level", "category", "grid_code"):
            if getattr(self, name) is not None and name not in layer.field_names:
                msg = f"{layer.name} have no {name} to choose by; leave it out"
                raise InputError(msg)
        if self.at is not None:
            if layer != GRIDS:
                msg = f"{layer.name} have no generations; leave `at` out"
                raise InputError(msg)
            require_aware(self.at, "moment")
        if self.bbox is not None:
            if layer.geometry is None:
                msg = f"{layer.name} have no place of their own; leave the bbox out"
                raise InputError(msg)
            _require_box(self.bbox)


def _require_box(bbox: Bbox) -> None:
    west, south, east, north = bbox
    if not all(map(math.isfinite, bbox)) or west > east or south > north:
        msg = f"bbox {bbox} is no box; give west, south, east, north in degrees"
        raise InputError(msg)


def wanted_fields(layer: Layer, *, private: bool) -> tuple[Field, ...]:
    """Return the fields that a reader gets."""
    return tuple(field for field in layer.fields if private or not field.private)


def rows(layer: Layer, where: Where, dialect: str, *, private: bool = False) -> Select[Any]:
    """Select the wanted fields in order, then the geometry; a box may give a little too much."""
    table, beside = table_of[layer.name], private_of.get(layer.name)
    columns: list[ColumnElement[Any]] = []
    for field in wanted_fields(layer, private=private):
        source = beside if field.private and beside is not None else table
        columns.append(selected(source, field))
    if layer.geometry is not None:
        columns.append(selected_geometry(table, dialect))
    statement = select(*columns).select_from(table)
    if private and beside is not None:
        statement = statement.outerjoin(beside, beside.c.code == table.c.code)
    return statement.where(*conditions(layer, where, dialect)).order_by(table.c.code)


def conditions(layer: Layer, where: Where, dialect: str) -> Iterator[ColumnElement[bool]]:
    """Yield what must hold for a row; a box is tested by the bounds of the geometry only."""
    table = table_of[layer.name]
    if layer == GRIDS:
        yield _lives(where.at)
    for name in ("level", "category", "grid_code"):
        value = getattr(where, name)
        if value is not None:
            yield table.c[name] == value
    if where.bbox is not None:
        yield from _touches(layer, where.bbox, dialect)
    scope = inside(layer, where.area)
    if scope is not None:
        yield scope


def _lives(at: datetime | None) -> ColumnElement[bool]:
    """Test that a grid is in the current generation, or in that of a moment."""
    table = table_of["grids"]
    if at is None:
        return table.c.last_generation.is_(None)
    number = (
        select(generation.c.number)
        .where(generation.c.valid_from <= at)
        .where(or_(generation.c.valid_to.is_(None), generation.c.valid_to > at))
        .scalar_subquery()
    )
    still = or_(table.c.last_generation.is_(None), table.c.last_generation >= number)
    return and_(table.c.first_generation <= number, still)


def _touches(layer: Layer, bbox: Bbox, dialect: str) -> Iterator[ColumnElement[bool]]:
    table = table_of[layer.name]
    west, south, east, north = bbox
    if dialect == "postgresql":  # lets the GiST index choose
        yield table.c.geometry.op("&&")(func.ST_MakeEnvelope(*bbox, SRID))
    if layer.geometry == "POINT":
        yield table.c.lon.between(west, east)
        yield table.c.lat.between(south, north)
    else:
        yield and_(table.c.west <= east, table.c.east >= west)
        yield and_(table.c.south <= north, table.c.north >= south)


def in_ranges(layer: Layer, ranges: Iterable[tuple[int, int]]) -> Iterator[ColumnElement[bool]]:
    """Yield tests that together hold exactly once for each row whose cell is in a range.

    Raises
    ------
    InputError
        The layer has no cells.
    """
    if "cell" not in layer.field_names:
        msg = f"{layer.name} have no cells; only points do"
        raise InputError(msg)
    cell = table_of[layer.name].c.cell
    merged = _merged(ranges)
    for start in range(0, len(merged), AT_ONCE):
        part = merged[start : start + AT_ONCE]
        yield or_(false(), *(cell.between(low, high) for low, high in part))


def reported(
    layer: Layer, since: datetime | None, until: datetime | None
) -> Iterator[ColumnElement[bool]]:
    """Yield tests that an incident was reported from `since` on and before `until`.

    Raises
    ------
    InputError
        A time is given but the layer knows none, or it has no time zone.
    """
    for moment in (since, until):
        if moment is not None:
            require_aware(moment, "moment")
            if layer != INCIDENTS:
                msg = f"{layer.name} were not reported at a time; leave it out"
                raise InputError(msg)
    reported_at = table_of[INCIDENTS.name].c.reported_at
    if since is not None:
        yield reported_at >= since
    if until is not None:
        yield reported_at < until


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return the ranges in order, without overlap and without the empty ones."""
    merged: Ranges = []
    known: Sequence[tuple[int, int]] = sorted((int(a), int(b)) for a, b in ranges if a <= b)
    for low, high in known:
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged
