"""Run the migrations on the connection that gis_grid.storage.schema hands over."""

from alembic import context

from gis_grid.storage import (
    audit_tables,  # noqa: F401 - these fill the metadata
    tables,  # noqa: F401
)
from gis_grid.storage.accounts import tables as account_tables  # noqa: F401 - fills it further
from gis_grid.storage.base import metadata
from gis_grid.storage.migrations.compared import is_compared
from gis_grid.storage.plans import tables as plan_tables  # noqa: F401

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    include_object=is_compared,
)
with context.begin_transaction():
    context.run_migrations()
