"""The tables of plans: the start that drafts begin with, their steps, and what is said of them."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from gis_grid.storage.base import UtcDateTime, code_text, metadata, row_number

start = Table(
    "plan_start",
    metadata,
    Column("digest", code_text(), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
"""Blocks with their weights and the grids that they are in, shared by the plans made from them."""

plan = Table(
    "plan",
    metadata,
    Column("number", row_number(), primary_key=True),
    Column("title", Text, nullable=False),
    Column("stage", Text, nullable=False, index=True),
    Column("area_code", code_text(), nullable=False, index=True),
    Column("generation", ForeignKey("generation.number"), nullable=False),
    Column("start_digest", ForeignKey("plan_start.digest"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("copied_from", ForeignKey("plan.number")),
    Column("published_as", ForeignKey("generation.number")),
    CheckConstraint("step >= 0", name="step"),
    CheckConstraint(
        "stage IN ('draft', 'review', 'approved', 'published', 'dropped')", name="stage"
    ),
    CheckConstraint("(published_as IS NULL) = (stage <> 'published')", name="published"),
)

schedule = Table(
    "plan_schedule",
    metadata,
    Column("plan", ForeignKey("plan.number", ondelete="CASCADE"), primary_key=True),
    Column("effective_from", UtcDateTime, nullable=False),
    Column("name", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("problem", Text),
    CheckConstraint("name <> ''", name="schedule_name"),
    CheckConstraint("effective_from > asked_at", name="schedule_ahead"),
    Index("uq_plan_schedule_effective_from", "effective_from", unique=True),
)
"""Approved plans that are to be published at a moment to come: no two of them at the same one.

The grids do not know of it: what is valid when is told by generations, and one begins only when it
is published. A row that has a problem is not tried again.
"""

entry = Table(
    "plan_entry",
    metadata,
    Column("plan", ForeignKey("plan.number", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("of", Integer),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("ops", JSON, nullable=False),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("kind IN ('edit', 'undo', 'redo')", name="kind"),
)

comment = Table(
    "plan_comment",
    metadata,
    Column("id", row_number(), primary_key=True),
    Column("plan", ForeignKey("plan.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("grid_code", code_text()),
    Column("lon", Double),
    Column("lat", Double),
    CheckConstraint("text <> ''", name="text"),
    CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="place"),
)

job = Table(
    "plan_job",
    metadata,
    Column("number", row_number(), primary_key=True),
    Column("plan", ForeignKey("plan.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", Text, nullable=False, index=True),
    Column("asked", JSON, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("step", Integer),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("said", Text, nullable=False),
    Column("problem", Text),
    Column("runner", Text, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    CheckConstraint(
        "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="job_state"
    ),
    CheckConstraint("(ended_at IS NULL) = (state IN ('queued', 'running'))", name="job_end"),
    CheckConstraint("(problem IS NULL) = (state <> 'failed')", name="job_problem"),
)
"""Long work on a plan; whoever works at it says from time to time that it is still there."""

proposal = Table(
    "plan_proposal",
    metadata,
    Column("job", ForeignKey("plan_job.number", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("figures", JSON, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""What a job found; rows come while it is still running."""
