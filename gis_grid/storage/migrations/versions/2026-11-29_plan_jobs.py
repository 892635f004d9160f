"""Long work on plans: jobs with progress, and the proposals that they find."""

import sqlalchemy as sa
from alembic import op

from gis_grid.storage.base import UtcDateTime, row_number

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    plan = sa.ForeignKey("plan.number", ondelete="CASCADE")
    op.create_table(
        "plan_job",
        sa.Column("number", row_number(), primary_key=True),
        sa.Column("plan", row_number(), plan, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("step", sa.Integer()),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("runner", sa.Text(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="job_state"
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (state IN ('queued', 'running'))", name="job_end"),
        sa.CheckConstraint("(problem IS NULL) = (state <> 'failed')", name="job_problem"),
    )
    op.create_index("ix_plan_job_plan", "plan_job", ["plan"])
    op.create_index("ix_plan_job_state", "plan_job", ["state"])
    job = sa.ForeignKey("plan_job.number", ondelete="CASCADE")
    op.create_table(
        "plan_proposal",
        sa.Column("job", row_number(), job, primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    for name in ("plan_proposal", "plan_job"):
        op.drop_table(name)
