"""The tables, made from the description of the layers. Only gis_grid.storage imports this module.

A layer is one table; its personal data, if any, lies in a second one beside it (`private_of`).
Points carry lon and lat, lines and polygons their bounds: SQLite finds features by these columns,
PostGIS by a GiST index. Grids live in intervals of generations; everything else is current.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    func,
    literal_column,
    text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from gis_grid.storage.base import UtcDateTime, code_text, geometry, metadata, row_number
from gis_grid.values.layers import GRIDS, INCIDENTS, LAYERS, Field, Kind, Layer
from gis_grid.values.tiles import OPEN_STATES

INDEXED = MappingProxyType(
    {
        "grids": (("level", "code"), ("parent_code",)),
        "buildings": (("grid_code",), ("parent_code",)),
        "entrances": (("grid_code",), ("cell",), ("building_code",)),
        "facilities": (("category", "code"), ("grid_code",), ("cell",), ("painted_number",)),
        "cameras": (("grid_code",), ("cell",)),
        "speakers": (("grid_code",), ("cell",)),
        "places": (("category", "code"), ("grid_code",), ("cell",)),
        "streets": (("category", "code"),),
        "walls": (("parent_code",),),
        "gates": (("parent_code",), ("grid_code",), ("cell",)),
        "officers": (("area_code",),),
        "incidents": (("grid_code",), ("cell",), ("state",)),
    }
)
"""Columns of a layer by which it is searched, besides its code and its place."""

POSITION = ("lon", "lat")
BOUNDS = ("west", "south", "east", "north")

_TYPES: Mapping[Kind, type[TypeEngine[Any]]] = MappingProxyType(
    {
        "text": Text,
        "integer": BigInteger,
        "real": Double,
        "flag": Boolean,
        "instant": UtcDateTime,
        "date": Date,
    }
)

generation = Table(
    "generation",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("valid_from", UtcDateTime, nullable=False),
    Column("valid_to", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False, server_default=func.current_timestamp()),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="validity"),
)

lineage = Table(
    "lineage",
    metadata,
    Column("generation", ForeignKey("generation.number"), primary_key=True),
    Column("old_code", code_text(), primary_key=True),
    Column("new_code", code_text(), primary_key=True, index=True),
    Column("share", Double, nullable=False),
    Column("share_of_new", Double, nullable=False),
    Column("amount", Double),
    Column("kind", Text, nullable=False),
)

version = Table(
    "version",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)
"""A counter for each thing that others watch; readers compare it with what they hold."""

search_term = Table(
    "search_term",
    metadata,
    Column("layer", code_text(), primary_key=True),
    Column("term", code_text(), primary_key=True),
    Column("code", code_text(), primary_key=True),
    Index("ix_search_term_code", "layer", "code"),
    sqlite_with_rowid=False,
)
"""The pieces by which features are found (`storage.search_terms`), in the order of a search."""

special_set = Table(
    "special_set",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("valid_from", UtcDateTime, nullable=False),
    CheckConstraint("number >= 1", name="number"),
)

special_grid = Table(
    "special_grid",
    metadata,
    Column("set", ForeignKey("special_set.number"), primary_key=True),
    Column("code", code_text(), primary_key=True),
    Column("name", Text),
    Column("priority", Double, nullable=False),
    Column("tolerance_m", Double, nullable=False),
    Column("geometry", geometry("GEOMETRY"), nullable=False),
    CheckConstraint("code <> ''", name="code"),
    CheckConstraint("tolerance_m >= 0", name="tolerance_m_low"),
)
"""Polygons and lines alike, so they are no layer; a set is read whole and searched in memory."""

city = Table(
    "city",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("settings", JSON, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)


def _column(field: Field, *, key: bool = False) -> Column[Any]:
    if field.name == "code":
        return Column("code", code_text(), nullable=False, primary_key=key)
    return Column(field.name, _TYPES[field.kind](), nullable=not field.required)


def _checks(field: Field) -> Iterator[CheckConstraint]:
    if field.low is not None:
        yield CheckConstraint(f"{field.name} >= {field.low}", name=f"{field.name}_low")
    if field.high is not None:
        yield CheckConstraint(f"{field.name} <= {field.high}", name=f"{field.name}_high")
    if field.choices:
        words = ", ".join(f"'{choice}'" for choice in field.choices)
        yield CheckConstraint(f"{field.name} IN ({words})", name=field.name)


def _place(layer: Layer) -> Iterator[SchemaItem]:
    if layer.geometry is None:
        return
    a_point = layer.geometry == "POINT"
    found_by = POSITION if a_point else BOUNDS
    for name in found_by:
        yield Column(name, Double, nullable=a_point)
    yield Column("geometry", geometry(layer.geometry), nullable=a_point)
    table = layer.singular
    yield Index(f"ix_{table}_place", *found_by).ddl_if(dialect="sqlite")
    yield Index(f"ix_{table}_geometry", "geometry", postgresql_using="gist").ddl_if(
        dialect="postgresql"
    )


def _life() -> Iterator[SchemaItem]:
    """Yield what grids have more: a row is valid from its first to its last generation."""
    yield Column("id", row_number(), primary_key=True)
    yield Column("first_generation", ForeignKey("generation.number"), nullable=False)
    yield Column("last_generation", ForeignKey("generation.number"))
    yield CheckConstraint("first_generation <= last_generation", name="life")
    yield Index("uq_grid_code_first_generation", "code", "first_generation", unique=True)
    current = text("last_generation IS NULL")
    yield Index(
        "uq_grid_current", "code", unique=True, sqlite_where=current, postgresql_where=current
    )
    yield Index("ix_grid_last_generation", "last_generation")


OPEN_PLACE = "ix_incident_open_place"
"""The index of open incidents by place on SQLite."""


def _open() -> Iterator[SchemaItem]:
    """Yield the indexes of open incidents by place: few among very many closed ones."""
    are_open = text(f"state IN ({', '.join(map(repr, OPEN_STATES))})")
    yield Index(OPEN_PLACE, *POSITION, sqlite_where=are_open).ddl_if(dialect="sqlite")
    yield Index(
        "ix_incident_open_geometry",
        "geometry",
        postgresql_using="gist",
        postgresql_where=are_open,
    ).ddl_if(dialect="postgresql")


RECORD = (
    *("reported_at", "state", "closed_at", "due_at", "kind", "source", "doubt"),
    *("cell", "grid_code"),
)
"""All that sums over incidents ask for, those of a time together."""


def _record() -> Iterator[SchemaItem]:
    """Yield the index of incidents by time.

    On SQLite it holds what is counted: there a row is looked up by itself, and a year of a large
    city has a million.
    """
    yield Index("ix_incident_reported_at", "reported_at").ddl_if(dialect="postgresql")
    yield Index("ix_incident_record", *RECORD).ddl_if(dialect="sqlite")


def open_incidents() -> ColumnElement[bool]:
    """Test that an incident is open, in the very words of its indexes."""
    words: list[ColumnElement[str]] = [literal_column(repr(state)) for state in OPEN_STATES]
    return table_of[INCIDENTS.name].c.state.in_(words)


def _items(layer: Layer) -> Iterator[SchemaItem]:
    if layer == GRIDS:
        yield from _life()
    for field in layer.fields:
        if not field.private:
            yield _column(field, key=layer != GRIDS)
            yield from _checks(field)
    yield CheckConstraint("code <> ''", name="code")
    yield from _place(layer)
    if layer == INCIDENTS:
        yield from _open()
        yield from _record()
    for names in INDEXED.get(layer.name, ()):
        yield Index(None, *names)


def _private_table(layer: Layer) -> Table | None:
    private = [field for field in layer.fields if field.private]
    if not private:
        return None
    name = layer.singular
    owner = ForeignKey(f"{name}.code", ondelete="CASCADE")
    return Table(
        f"{name}_private",
        metadata,
        Column("code", code_text(), owner, primary_key=True),
        *(_column(field) for field in private),
    )


def _table(layer: Layer) -> Table:
    columns_first = sorted(_items(layer), key=lambda item: not isinstance(item, Column))
    return Table(layer.singular, metadata, *columns_first)


table_of: Mapping[str, Table] = MappingProxyType(
    {name: _table(layer) for name, layer in LAYERS.items()}
)
"""The table of each layer, without its personal data."""

private_of: Mapping[str, Table] = MappingProxyType(
    {name: table for name, layer in LAYERS.items() if (table := _private_table(layer)) is not None}
)
"""The table of a layer's personal data, keyed by code; only for layers that have some."""


def tables_of(layer: Layer) -> tuple[Table, ...]:
    """Return the table of a layer and, when it has personal data, the one beside it."""
    private = private_of.get(layer.name)
    return (table_of[layer.name],) if private is None else (table_of[layer.name], private)
