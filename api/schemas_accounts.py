"""What routes about accounts take and answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from gis_grid.accounts.names import LONGEST_PASSWORD
from gis_grid.accounts.principals import Grant
from gis_grid.accounts.roles import Role
from gis_grid.accounts.tokens import Token
from gis_grid.accounts.users import User
from gis_grid.services.accounts.tokens import LONGEST_DAYS, LONGEST_LABEL
from gis_grid.services.accounts.users import LONGEST_NAME
from gis_grid.storage.accounts.sessions import OpenSession


def _of_whole_characters(typed: SecretStr) -> SecretStr:
    """Refuse half a pair of surrogates: JSON can spell it, no text has it and nothing hashes it."""
    try:
        typed.get_secret_value().encode()
    except UnicodeEncodeError:
        message = "holds half a character, which cannot be typed; send whole ones"
        raise ValueError(message) from None
    return typed


Password = Annotated[
    SecretStr, Field(max_length=LONGEST_PASSWORD), AfterValidator(_of_whole_characters)
]
Code = Annotated[SecretStr, Field(max_length=40), AfterValidator(_of_whole_characters)]


class In(BaseModel):
    """What a request may hold: nothing else."""

    model_config = ConfigDict(extra="forbid")


class SignIn(In):
    """Name, password and, where the account asks for one, a code."""

    name: str = Field(max_length=256, examples=["duty-chief"])
    password: Password
    totp: Code = Field(
        default=SecretStr(""), description="Code of the authenticator, or a recovery code."
    )


class GrantOut(BaseModel):
    """A role on a grid, or in the whole city."""

    role: Role
    grid_code: str | None
    """Null is the whole city."""

    grid_name: str | None = None
    generation: int | None = None
    """The generation in which the grid was meant."""

    @classmethod
    def of(cls, grant: Grant, grid_name: str | None = None) -> Self:
        """Return a grant with the present name of its grid."""
        return cls(
            role=grant.role,
            grid_code=grant.grid_code,
            grid_name=grid_name,
            generation=grant.generation,
        )


class Me(BaseModel):
    """Who is signed in."""

    code: str
    name: str
    roles: list[GrantOut]


class SessionOut(BaseModel):
    """The session, and what its writes have to carry."""

    user: Me
    has_totp: bool = False
    """Signing in with the password asks for a code of an authenticator, too."""

    must_change: bool = False
    """The password was for one time: nothing can be done before it is changed."""

    csrf: str | None
    """For the header ``X-CSRF-Token``; null for an API token, which needs none."""


class ProviderOut(BaseModel):
    """An OpenID provider that people may sign in with."""

    key: str
    name: str
    login: str
    """Where to send the browser."""


class IdentityOut(BaseModel):
    """Who an account is to an OpenID provider."""

    provider: str
    subject: str


class UserOut(BaseModel):
    """An account."""

    code: str
    name: str
    roles: list[GrantOut]
    is_disabled: bool
    has_password: bool
    has_totp: bool
    password_until: datetime | None
    """Until when a one-time password opens a session, in which it can only be changed."""

    identities: list[IdentityOut]

    created_at: datetime

    @classmethod
    def of(cls, user: User, names: Mapping[str, str | None]) -> Self:
        """Return an account as it is shown to administrators, with the names of its grids."""
        return cls(
            code=user.code,
            name=user.name,
            roles=[GrantOut.of(one, names.get(one.grid_code or "")) for one in user.grants],
            is_disabled=user.is_disabled,
            has_password=user.has_password,
            has_totp=user.has_totp,
            password_until=user.password_until,
            identities=[
                IdentityOut(provider=provider, subject=subject)
                for provider, subject in user.identities
            ],
            created_at=user.created_at,
        )


class GrantIn(In):
    """A role to grant."""

    role: Role
    grid_code: str | None = Field(
        default=None, max_length=64, description="Null is the whole city.", examples=["210212001"]
    )


class NewUser(In):
    """An account to add."""

    code: str = Field(max_length=256, examples=["dispatch-2"])
    name: str = Field(default="", max_length=LONGEST_NAME)
    password: Password | None = None
    roles: list[GrantIn] = Field(default=[], max_length=100)


class UserChange(In):
    """What to change; what is left out stays."""

    name: str | None = Field(default=None, max_length=LONGEST_NAME)
    is_disabled: bool | None = None
    password: Password | None = None


class OneTimePassword(BaseModel):
    """A password that nobody chose: shown once."""

    password: str
    until: datetime
    """Until when it opens a session, in which it can only be changed."""


class SubjectIn(In):
    """Who a person is to an OpenID provider."""

    subject: str = Field(min_length=1, max_length=255)


class TokenOut(BaseModel):
    """An API token without its secret."""

    id: str
    account_code: str
    label: str
    roles: list[GrantOut] | None
    """What it may be used as; null for whatever its account may do."""

    is_read_only: bool
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, token: Token) -> Self:
        """Return a token as it is listed."""
        roles = None if token.limit is None else [GrantOut.of(grant) for grant in token.limit]
        return cls(
            id=token.id,
            account_code=token.account_code,
            label=token.label,
            roles=roles,
            is_read_only=token.is_read_only,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
            revoked_at=token.revoked_at,
        )


class NewToken(In):
    """A token to make."""

    label: str = Field(min_length=1, max_length=LONGEST_LABEL, examples=["hotline 12345"])
    days: int = Field(default=90, ge=1, le=LONGEST_DAYS)
    is_read_only: bool = True
    roles: list[GrantIn] | None = Field(default=None, max_length=100)


class MadeToken(BaseModel):
    """A token with its secret: shown once."""

    token: TokenOut
    secret: str
    """To be sent as ``Authorization: Bearer …``."""


class PasswordChange(In):
    """The present password and the one to have instead."""

    old: Password
    new: Password


class CodeIn(In):
    """A code of the authenticator."""

    code: Code


class PasswordIn(In):
    """The present password, asked again before something dangerous."""

    password: Password


class EnrolmentOut(BaseModel):
    """What to put into an authenticator: shown once."""

    secret: str
    uri: str
    """The text of a QR code."""


class RecoveryOut(BaseModel):
    """Codes for when the authenticator is lost: shown once, each taken once."""

    recovery_codes: list[str]


class OpenSessionOut(BaseModel):
    """A session that is open."""

    id: str
    opened_at: datetime
    seen_at: datetime
    address: str
    is_this: bool

    @classmethod
    def of(cls, session: OpenSession, this: str | None) -> Self:
        """Return a session under its public number."""
        return cls(
            id=session.id[:12],
            opened_at=session.opened_at,
            seen_at=session.seen_at,
            address=session.address,
            is_this=session.id == this,
        )
