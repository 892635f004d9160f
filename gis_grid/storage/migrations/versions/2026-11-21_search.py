"""What every feature is found by; `storage.search_terms` fills it after the upgrade."""

import sqlalchemy as sa
from alembic import op

from gis_grid.storage.base import code_text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "search_term",
        sa.Column("layer", code_text(), nullable=False),
        sa.Column("term", code_text(), nullable=False),
        sa.Column("code", code_text(), nullable=False),
        sa.PrimaryKeyConstraint("layer", "term", "code", name="pk_search_term"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_term_code", "search_term", ["layer", "code"])


def downgrade() -> None:
    op.drop_table("search_term")
    op.execute("DELETE FROM version WHERE topic = 'search'")
