"""Passwords that hold for a few days only, until their owner chooses another one."""

import sqlalchemy as sa
from alembic import op

from gis_grid.storage.base import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("account", sa.Column("password_until", UtcDateTime()))


def downgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.drop_column("password_until")
