"""The tables of the audit log. Triggers keep what was written; see the migration."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text

from gis_grid.storage.base import UtcDateTime, code_text, metadata

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("who", code_text(), nullable=False, index=True),
    Column("via", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("layer", code_text(), nullable=False),
    Column("code", code_text(), nullable=False),
    Column("before", Text),  # canonical JSON text: a JSON type would not keep its spelling
    Column("after", Text),
    Column("hash", Text, nullable=False),
    CheckConstraint("number >= 1", name="number"),
    Index("ix_audit_layer_code", "layer", "code"),
)

audit_end = Table(
    "audit_end",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""The last number and hash. Its row is what writers of the log wait for."""
