"""Special grids are kept beside the grids, as sets that are valid from a moment on."""

import sqlalchemy as sa
from alembic import op

from gis_grid.storage.base import UtcDateTime, code_text, geometry

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "special_set",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("valid_from", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_special_set"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_special_set_number")),
    )
    op.create_table(
        "special_grid",
        sa.Column("set", sa.Integer, nullable=False),
        sa.Column("code", code_text(), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("priority", sa.Double, nullable=False),
        sa.Column("tolerance_m", sa.Double, nullable=False),
        sa.Column("geometry", geometry("GEOMETRY"), nullable=False),
        sa.PrimaryKeyConstraint("set", "code", name="pk_special_grid"),
        sa.ForeignKeyConstraint(
            ["set"], ["special_set.number"], name="fk_special_grid_set_special_set"
        ),
        sa.CheckConstraint("code <> ''", name=op.f("ck_special_grid_code")),
        sa.CheckConstraint("tolerance_m >= 0", name=op.f("ck_special_grid_tolerance_m_low")),
    )


def downgrade() -> None:
    op.drop_table("special_grid")
    op.drop_table("special_set")
    op.execute("DELETE FROM version WHERE topic = 'special'")
