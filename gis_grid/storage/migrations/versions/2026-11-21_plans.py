"""Plans: the start that drafts begin with, their steps, and what is said of them."""

import sqlalchemy as sa
from alembic import op

from gis_grid.storage.base import UtcDateTime, code_text, row_number

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "plan_start",
        sa.Column("digest", code_text(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "plan",
        sa.Column("number", row_number(), primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("area_code", code_text(), nullable=False),
        sa.Column("generation", sa.Integer(), sa.ForeignKey("generation.number"), nullable=False),
        sa.Column("start_digest", code_text(), sa.ForeignKey("plan_start.digest"), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("copied_from", row_number(), sa.ForeignKey("plan.number")),
        sa.Column("published_as", sa.Integer(), sa.ForeignKey("generation.number")),
        sa.CheckConstraint("step >= 0", name="step"),
        sa.CheckConstraint(
            "stage IN ('draft', 'review', 'approved', 'published', 'dropped')", name="stage"
        ),
        sa.CheckConstraint("(published_as IS NULL) = (stage <> 'published')", name="published"),
    )
    op.create_index("ix_plan_stage", "plan", ["stage"])
    op.create_index("ix_plan_area_code", "plan", ["area_code"])
    op.create_table(
        "plan_entry",
        _plan(is_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("of", sa.Integer()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ops", sa.JSON(), nullable=False),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("kind IN ('edit', 'undo', 'redo')", name="kind"),
    )
    op.create_table(
        "plan_comment",
        sa.Column("id", row_number(), primary_key=True),
        _plan(),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("grid_code", code_text()),
        sa.Column("lon", sa.Double()),
        sa.Column("lat", sa.Double()),
        sa.CheckConstraint("text <> ''", name="text"),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="place"),
    )
    op.create_index("ix_plan_comment_plan", "plan_comment", ["plan"])


def _plan(*, is_key: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey("plan.number", ondelete="CASCADE")
    return sa.Column("plan", row_number(), key, nullable=False, primary_key=is_key)


def downgrade() -> None:
    for name in ("plan_comment", "plan_entry", "plan", "plan_start"):
        op.drop_table(name)
