"""Accounts: users, grants, sessions, tokens, tries to sign in."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from gis_grid.storage.base import UtcDateTime, code_text

revision = "0002"
down_revision = "0001"

_VERSION = sa.table("version", sa.column("topic", sa.Text()), sa.column("number"))


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, code_text(), primary_key=True)


def _text(name: str, *, required: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=not required)


def _instant(name: str, *, required: bool = True) -> sa.Column[Any]:
    return sa.Column(name, UtcDateTime(), nullable=not required)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _owner(*, is_key: bool = False) -> sa.Column[Any]:
    key = sa.ForeignKey("account.code", ondelete="CASCADE")
    return sa.Column("account_code", code_text(), key, nullable=False, primary_key=is_key)


def _create_accounts() -> None:
    op.create_table(
        "account",
        _key("code"),
        _text("name"),
        _flag("is_disabled"),
        *(_text(name, required=False) for name in ("password_hash", "totp_secret", "totp_pending")),
        sa.Column("totp_step", sa.BigInteger()),
        _instant("created_at"),
        sa.CheckConstraint("code <> ''", name="code"),
    )
    op.create_table(
        "account_grant",
        _owner(is_key=True),
        *(_key("role"), _key("grid_code")),
        sa.Column("generation", sa.Integer(), primary_key=True, autoincrement=False),
        *(_instant("granted_at"), _text("granted_by")),
        sa.CheckConstraint("(grid_code = '') = (generation = 0)", name="place"),
    )
    op.create_table("account_recovery", _owner(is_key=True), _key("code_hash"))
    op.create_table("account_identity", _key("provider"), _key("subject"), _owner())
    op.create_index("ix_account_identity_account_code", "account_identity", ["account_code"])


def _create_keys() -> None:
    op.create_table(
        "account_session",
        *(_key("id"), _owner()),
        sa.Column("turn", sa.Integer(), nullable=False),
        *(_instant("opened_at"), _instant("turned_at"), _instant("seen_at")),
        *(_instant("ended_at", required=False), _text("address")),
    )
    op.create_index("ix_account_session_account_code", "account_session", ["account_code"])
    op.create_index("ix_account_session_seen_at", "account_session", ["seen_at"])
    op.create_table(
        "account_token",
        *(_key("id"), _owner(), _text("label"), _text("secret_hash")),
        sa.Column("scope", sa.JSON(none_as_null=True)),
        _flag("is_read_only"),
        *(_instant("created_at"), _instant("expires_at")),
        *(_instant("last_used_at", required=False), _instant("revoked_at", required=False)),
    )
    op.create_index("ix_account_token_account_code", "account_token", ["account_code"])


def _create_signing_in() -> None:
    op.create_table(
        "sign_in_try",
        _key("key"),
        sa.Column("failures", sa.Integer(), nullable=False),
        _instant("last_at"),
    )
    op.create_index("ix_sign_in_try_last_at", "sign_in_try", ["last_at"])
    op.create_table(
        "sign_in_flow",
        _key("state_hash"),
        *(_text("provider"), _text("nonce"), _text("verifier"), _text("back")),
        _instant("started_at"),
    )
    op.create_index("ix_sign_in_flow_started_at", "sign_in_flow", ["started_at"])
    op.create_table(
        "server_secret",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        _text("value"),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def upgrade() -> None:
    _create_accounts()
    _create_keys()
    _create_signing_in()
    op.bulk_insert(_VERSION, [{"topic": "accounts", "number": 0}])


def downgrade() -> None:
    op.execute(sa.delete(_VERSION).where(_VERSION.c.topic == "accounts"))
    for table in (
        *("server_secret", "sign_in_flow", "sign_in_try", "account_token", "account_session"),
        *("account_identity", "account_recovery", "account_grant", "account"),
    ):
        op.drop_table(table)
