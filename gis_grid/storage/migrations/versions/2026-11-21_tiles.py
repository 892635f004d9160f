"""Open incidents are found by their place: the map draws them among millions of closed ones."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

OPEN = "state IN ('reported', 'accepted', 'filed', 'dispatched', 'handled')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_incident_open_geometry",
            "incident",
            ["geometry"],
            postgresql_using="gist",
            postgresql_where=sa.text(OPEN),
        )
    else:
        op.create_index(
            "ix_incident_open_place", "incident", ["lon", "lat"], sqlite_where=sa.text(OPEN)
        )


def downgrade() -> None:
    is_postgis = op.get_bind().dialect.name == "postgresql"
    op.drop_index(
        "ix_incident_open_geometry" if is_postgis else "ix_incident_open_place", "incident"
    )
