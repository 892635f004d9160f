"""Which objects a comparison between tables and database looks at."""

from typing import Any

from geoalchemy2 import alembic_helpers
from sqlalchemy import Index
from sqlalchemy.schema import SchemaItem


def is_compared(
    item: SchemaItem,
    name: str | None,
    kind: str,
    reflected: bool,  # noqa: FBT001 - the signature that alembic calls
    compare_to: SchemaItem | None,
) -> bool:
    """Say whether Alembic compares `item`.

    PostGIS' own tables are none of ours, and an index that only the other database has is not
    missing here: places are found by GiST on PostGIS and by plain columns on SQLite.
    """
    if isinstance(item, Index) and not reflected and item._ddl_if is not None:  # noqa: SLF001
        return False
    helpers: Any = alembic_helpers  # untyped
    return bool(helpers.include_object(item, name, kind, reflected, compare_to))
