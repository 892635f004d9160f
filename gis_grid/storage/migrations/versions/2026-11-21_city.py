"""A city: its layers, the generations of its grids, its settings."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import sqlalchemy as sa
from alembic import op

from gis_grid.storage.base import UtcDateTime, code_text, geometry, row_number

revision = "0001"
down_revision = None

Items = list[sa.Column[Any] | sa.CheckConstraint]

POSITION = ("lon", "lat")
BOUNDS = ("west", "south", "east", "north")
FACILITY_STATES = ("intact", "damaged", "lost", "abandoned")
RANKS = ("motorway", "arterial", "secondary", "local", "lane", "path", "steps")
INCIDENT_STATES = (
    *("reported", "accepted", "filed", "dispatched", "handled", "closed", "rejected"),
)


def _text(*names: str, required: bool = False, choices: tuple[str, ...] = ()) -> Items:
    items: Items = [sa.Column(name, sa.Text(), nullable=not required) for name in names]
    words = ", ".join(f"'{choice}'" for choice in choices)
    if choices:
        items += [sa.CheckConstraint(f"{name} IN ({words})", name=name) for name in names]
    return items


def _number(
    name: str,
    kind: sa.types.TypeEngine[Any],
    low: int | None = None,
    high: int | None = None,
    *,
    required: bool = False,
) -> Items:
    items: Items = [sa.Column(name, kind, nullable=not required)]
    if low is not None:
        items.append(sa.CheckConstraint(f"{name} >= {low}", name=f"{name}_low"))
    if high is not None:
        items.append(sa.CheckConstraint(f"{name} <= {high}", name=f"{name}_high"))
    return items


def _integer(
    name: str, low: int | None = None, high: int | None = None, *, required: bool = False
) -> Items:
    return _number(name, sa.BigInteger(), low, high, required=required)


def _real(
    name: str, low: int | None = None, high: int | None = None, *, required: bool = False
) -> Items:
    return _number(name, sa.Double(), low, high, required=required)


def _flag(*names: str) -> Items:
    return [sa.Column(name, sa.Boolean()) for name in names]


def _instant(name: str, *, required: bool = False) -> Items:
    return [sa.Column(name, UtcDateTime(), nullable=not required)]


def _people() -> Items:
    return [*_integer("households", 0), *_integer("persons", 0), *_integer("elderly", 0)]


def _found() -> Items:
    return [*_text("source", "grid_code"), *_integer("cell")]


def _code(*, key: bool = True) -> Items:
    return [
        sa.Column("code", code_text(), primary_key=key, nullable=False),
        sa.CheckConstraint("code <> ''", name="code"),
    ]


def _place(kind: str | None) -> Items:
    if kind is None:
        return []
    a_point = kind == "POINT"
    numbers = POSITION if a_point else BOUNDS
    return [
        *(sa.Column(name, sa.Double(), nullable=a_point) for name in numbers),
        sa.Column("geometry", geometry(kind), nullable=a_point),
    ]


def _create(table: str, kind: str | None, *fields: Items, by: tuple[str, ...] = ()) -> None:
    """Create the table of a layer; `by` are the columns it is searched by, as ``a`` or ``a b``."""
    op.create_table(table, *chain(*fields), *_place(kind))
    for names in by:
        columns = names.split()
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    if kind is not None:
        _index_place(table, POSITION if kind == "POINT" else BOUNDS)


def _index_place(table: str, numbers: tuple[str, ...]) -> None:
    if op.get_context().dialect.name == "postgresql":
        op.create_index(f"ix_{table}_geometry", table, ["geometry"], postgresql_using="gist")
    else:
        op.create_index(f"ix_{table}_place", table, [*numbers])


def _create_life() -> None:
    """Create the tables of generations, of what became of each grid, and of the city."""
    op.create_table(
        "generation",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_to", UtcDateTime()),
        sa.Column(
            "created_at", UtcDateTime(), nullable=False, server_default=sa.func.current_timestamp()
        ),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="validity"),
    )
    op.create_table(
        "lineage",
        sa.Column("generation", sa.Integer(), sa.ForeignKey("generation.number"), primary_key=True),
        sa.Column("old_code", code_text(), primary_key=True),
        sa.Column("new_code", code_text(), primary_key=True),
        *_real("share", required=True),
        *_real("share_of_new", required=True),
        *_real("amount"),
        *_text("kind", required=True),
    )
    op.create_index("ix_lineage_new_code", "lineage", ["new_code"])
    op.create_table(
        "version",
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(
        sa.table("version", sa.column("topic"), sa.column("number")),
        [{"topic": "generation", "number": 0}],
    )
    op.create_table(
        "city",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def _create_grids() -> None:
    life: list[Any] = [
        sa.Column("id", row_number(), primary_key=True),
        sa.Column(
            "first_generation", sa.Integer(), sa.ForeignKey("generation.number"), nullable=False
        ),
        sa.Column("last_generation", sa.Integer(), sa.ForeignKey("generation.number")),
        sa.CheckConstraint("first_generation <= last_generation", name="life"),
    ]
    _create(
        "grid",
        "MULTIPOLYGON",
        life,
        _code(key=False),
        _text("name"),
        _text("level", required=True),
        _text("parent_code", "area_code"),
        _integer("area_code_year", 1980, 2100),
        _text("unit_code", "grade"),
        _people(),
        _text("source"),
        by=("level code", "parent_code", "last_generation"),
    )
    op.create_index(
        "uq_grid_code_first_generation", "grid", ["code", "first_generation"], unique=True
    )
    current = sa.text("last_generation IS NULL")
    op.create_index(
        "uq_grid_current",
        "grid",
        ["code"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )


def _create_buildings() -> None:
    _create(
        "building",
        "MULTIPOLYGON",
        _code(),
        _text("name", "parent_code", "address", "use"),
        _integer("floors", 0, 200),
        _real("height_m", 0, 1000),
        _people(),
        _text("source", "grid_code"),
        by=("grid_code", "parent_code"),
    )
    _create(
        "entrance",
        "POINT",
        _code(),
        _text("name"),
        _text("building_code", required=True),
        _people(),
        _text("grid_code"),
        _integer("cell"),
        by=("grid_code", "cell", "building_code"),
    )


def _create_things() -> None:
    _create(
        "facility",
        "POINT",
        _code(),
        _text("dialect", choices=("2007", "draft", "local")),
        _text("category", required=True),
        _text("name", "painted_number", "police_number"),
        _text("state", choices=FACILITY_STATES),
        _text("street", "address", "in_charge", "owner", "maintainer"),
        _text("accuracy_class", choices=("A", "B", "C")),
        [sa.Column("surveyed_on", sa.Date())],
        _found(),
        by=("category code", "grid_code", "cell", "painted_number"),
    )
    _create(
        "camera",
        "POINT",
        _code(),
        _text("name", "kind", "site"),
        _real("height_m", 0, 500),
        _real("azimuth_deg", 0, 360),
        _text("azimuth_quality", choices=("surveyed", "sector", "unknown")),
        _real("tilt_deg", -90, 90),
        _real("fov_deg", 0, 360),
        _real("range_m", 0, 50_000),
        _integer("pixels_x", 1, 100_000),
        _integer("pixels_y", 1, 100_000),
        _text("owner"),
        _found(),
        by=("grid_code", "cell"),
    )
    _create(
        "speaker",
        "POINT",
        _code(),
        _text("name"),
        _real("reach_m", 0, 10_000),
        _real("azimuth_deg", 0, 360),
        _real("height_m", 0, 500),
        _found(),
        by=("grid_code", "cell"),
    )
    _create(
        "place",
        "POINT",
        _code(),
        _text("name"),
        _text("category", required=True),
        _text("address"),
        _real("area_m2", 0),
        _found(),
        by=("category code", "grid_code", "cell"),
    )
    _create(
        "gate",
        "POINT",
        _code(),
        _text("name", "parent_code"),
        _found(),
        by=("parent_code", "grid_code", "cell"),
    )


def _create_ground() -> None:
    _create(
        "street",
        "MULTILINESTRING",
        _code(),
        _text("name"),
        _text("category", required=True, choices=RANKS),
        _real("width_m", 0, 200),
        _flag("bridge", "tunnel", "walkable"),
        _text("source"),
        by=("category code",),
    )
    _create(
        "landcover",
        "MULTIPOLYGON",
        _code(),
        _text("name"),
        _text("category", required=True, choices=("water", "green")),
        _text("source"),
    )
    _create(
        "wall",
        "MULTILINESTRING",
        _code(),
        _text("name", "parent_code", "source"),
        by=("parent_code",),
    )
    _create(
        "way",
        "MULTILINESTRING",
        _code(),
        _text("category"),
        _integer("from_node", required=True),
        _integer("to_node", required=True),
        _real("length_m", 0, required=True),
    )


def _create_duty() -> None:
    _create(
        "officer",
        None,
        _code(),
        _text("role"),
        _text("area_code", required=True),
        by=("area_code",),
    )
    owner = sa.ForeignKey("officer.code", ondelete="CASCADE")
    op.create_table(
        "officer_private",
        sa.Column("code", code_text(), owner, primary_key=True),
        *_text("name", required=True),
        *_text("duty_phone"),
    )
    _create(
        "incident",
        "POINT",
        _code(),
        _text("kind", choices=("facility", "event")),
        _text("category"),
        _text("state", required=True, choices=INCIDENT_STATES),
        _text("source"),
        _instant("reported_at", required=True),
        _instant("due_at"),
        _instant("closed_at"),
        _real("accuracy_m", 0),
        _text("address", "facility_code", "duplicate_of"),
        _text("doubt", choices=("default_point", "null_island", "far_away")),
        _text("grid_code"),
        _integer("cell"),
        by=("reported_at", "grid_code", "cell", "state"),
    )


def _tables() -> Iterator[str]:
    """Yield the tables so that each comes before those that it refers to."""
    yield from ("incident", "officer_private", "officer", "way", "wall", "landcover", "street")
    yield from ("gate", "place", "speaker", "camera", "facility", "entrance", "building", "grid")
    yield from ("city", "version", "lineage", "generation")


def upgrade() -> None:
    _create_life()
    _create_grids()
    _create_buildings()
    _create_things()
    _create_ground()
    _create_duty()


def downgrade() -> None:
    for table in _tables():
        op.drop_table(table)
