"""On SQLite the index of incidents by time holds what is counted of them."""

from alembic import op

revision = "0011"
down_revision = "0010"

COLUMNS = ["reported_at", "state", "closed_at", "due_at", "kind", "source", "doubt"]
COLUMNS += ["cell", "grid_code"]


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("ix_incident_record", "incident", COLUMNS)
        op.drop_index("ix_incident_reported_at", "incident")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("ix_incident_reported_at", "incident", ["reported_at"])
        op.drop_index("ix_incident_record", "incident")
