"""The audit log: append only, kept so by triggers."""

import sqlalchemy as sa
from alembic import op

from gis_grid.storage.base import UtcDateTime, code_text

revision = "0004"
down_revision = "0003"

SAID = "the audit log is append-only"

SQLITE = (
    f"""CREATE TRIGGER audit_kept_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, '{SAID}'); END""",
    f"""CREATE TRIGGER audit_kept_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, '{SAID}'); END""",
    f"""CREATE TRIGGER audit_end_kept_delete BEFORE DELETE ON audit_end
    BEGIN SELECT RAISE(ABORT, '{SAID}'); END""",
    f"""CREATE TRIGGER audit_end_kept_update BEFORE UPDATE ON audit_end
    WHEN NEW.number <= OLD.number OR NEW.id <> OLD.id
    BEGIN SELECT RAISE(ABORT, '{SAID}'); END""",
)
POSTGRESQL = (
    f"""CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$""",
    """CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_kept()""",
    """CREATE TRIGGER audit_end_kept BEFORE DELETE OR TRUNCATE ON audit_end
    FOR EACH STATEMENT EXECUTE FUNCTION audit_kept()""",
    """CREATE TRIGGER audit_end_grows BEFORE UPDATE ON audit_end FOR EACH ROW
    WHEN (NEW.number <= OLD.number OR NEW.id <> OLD.id) EXECUTE FUNCTION audit_kept()""",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", code_text(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("via", "address", "request_id", "action")
        ),
        sa.Column("layer", code_text(), nullable=False),
        sa.Column("code", code_text(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name="number"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_who", "audit", ["who"])
    op.create_index("ix_audit_layer_code", "audit", ["layer", "code"])
    end = op.create_table(
        "audit_end",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.bulk_insert(end, [{"id": 1, "number": 0, "hash": "0" * 64}])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_end")
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_kept()")
