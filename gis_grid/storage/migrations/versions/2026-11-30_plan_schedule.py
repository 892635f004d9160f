"""Plans that are to be published at a moment to come."""

import sqlalchemy as sa
from alembic import op

from gis_grid.storage.base import UtcDateTime, row_number

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    plan = sa.ForeignKey("plan.number", ondelete="CASCADE")
    op.create_table(
        "plan_schedule",
        sa.Column("plan", row_number(), plan, primary_key=True),
        sa.Column("effective_from", UtcDateTime(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.CheckConstraint("name <> ''", name="schedule_name"),
        sa.CheckConstraint("effective_from > asked_at", name="schedule_ahead"),
    )
    op.create_index(
        "uq_plan_schedule_effective_from", "plan_schedule", ["effective_from"], unique=True
    )


def downgrade() -> None:
    op.drop_table("plan_schedule")
