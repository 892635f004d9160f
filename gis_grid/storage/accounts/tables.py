"""The tables of accounts; passwords, tokens and sessions are hashes. Only storage imports them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
)

from gis_grid.storage.base import UtcDateTime, code_text, metadata

ANYWHERE = ""
"""The grid of a grant that holds in the whole city; its generation is 0."""

account = Table(
    "account",
    metadata,
    Column("code", code_text(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("password_hash", Text),
    Column("password_until", UtcDateTime),  # one that is to be changed; null holds for good
    Column("totp_secret", Text),
    Column("totp_pending", Text),  # shown to its owner, not yet confirmed by a code
    Column("totp_step", BigInteger),  # of the last code that was taken
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("code <> ''", name="code"),
)


def _owner(*, is_key: bool = False) -> Column[str]:
    key = ForeignKey("account.code", ondelete="CASCADE")
    index = None if is_key else True
    return Column("account_code", code_text(), key, nullable=False, primary_key=is_key, index=index)


grant = Table(
    "account_grant",
    metadata,
    _owner(is_key=True),
    Column("role", code_text(), primary_key=True),
    Column("grid_code", code_text(), primary_key=True),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("granted_by", Text, nullable=False),
    CheckConstraint("(grid_code = '') = (generation = 0)", name="place"),
)

recovery = Table(
    "account_recovery",
    metadata,
    _owner(is_key=True),
    Column("code_hash", code_text(), primary_key=True),
)

identity = Table(
    "account_identity",
    metadata,
    Column("provider", code_text(), primary_key=True),
    Column("subject", code_text(), primary_key=True),
    _owner(),
)

session = Table(
    "account_session",
    metadata,
    Column("id", code_text(), primary_key=True),  # hash of what the cookie holds
    _owner(),
    Column("turn", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("turned_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
    Column("address", Text, nullable=False),
)

token = Table(
    "account_token",
    metadata,
    Column("id", code_text(), primary_key=True),
    _owner(),
    Column("label", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("scope", JSON(none_as_null=True)),
    Column("is_read_only", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

tries = Table(
    "sign_in_try",
    metadata,
    Column("key", code_text(), primary_key=True),  # keyed hash of an account's name or an address
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, index=True),
)

flow = Table(
    "sign_in_flow",
    metadata,
    Column("state_hash", code_text(), primary_key=True),
    Column("provider", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("back", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False, index=True),
)

secret = Table(
    "server_secret",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("value", Text, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
