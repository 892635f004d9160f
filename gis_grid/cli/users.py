"""``gis-grid user``: accounts, their roles, passwords and API tokens."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from gis_grid.accounts.names import account_code
from gis_grid.accounts.roles import Role, role_of
from gis_grid.cli.db import DatabaseOption, JsonOption
from gis_grid.cli.user_words import document, role_words, say, show_tokens, token_document, ways
from gis_grid.errors import InputError
from gis_grid.services.accounts import signing_in, tokens, users
from gis_grid.services.accounts.seal import make_seal
from gis_grid.settings import Settings
from gis_grid.storage import database
from gis_grid.storage.accounts.tokens import TokenStore
from gis_grid.storage.accounts.users import UserStore

BY = "command line"
"""Who granted, as the database says it, when it was done here."""

app = typer.Typer(
    help="Accounts, their roles on grids, passwords and API tokens.",
    no_args_is_help=True,
    add_completion=False,
)
CodeArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name to sign in with.")]
RoleArgument = Annotated[str, typer.Argument(metavar="ROLE", help=f"{', '.join(Role)}.")]
GridArgument = Annotated[
    str | None, typer.Argument(metavar="[GRID]", help="Code of a grid [default: the whole city].")
]
RolesOption = Annotated[
    list[str] | None,
    typer.Option("--role", metavar="ROLE[@GRID]", help="May be given several times."),
]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@app.command()
def add(  # noqa: PLR0913 - the options of a command
    code: CodeArgument,
    *,
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    admin: Annotated[
        bool, typer.Option("--admin", help="Administrator of the whole city.")
    ] = False,
    roles: RolesOption = None,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Only a token or a provider signs it in.")
    ] = False,
    password_stdin: StdinOption = False,
    url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add an account. The password is asked for, or read from standard input."""
    grants = [_role_and_grid(word) for word in roles or ()]
    if admin:
        grants.append((Role.ADMINISTRATOR, None))
    code = account_code(code)
    now = datetime.now(UTC)
    password = None if no_password else _new_password(from_stdin=password_stdin)
    with _open(url) as session:
        user = users.add_user(session, code, name=name, password=password, now=now)
        for role, grid_code in grants:
            user = users.grant_role(session, code, role, grid_code, now=now, by=BY)
    say(user, as_json=as_json)


@app.command()
def grant(
    code: CodeArgument,
    role: RoleArgument,
    grid_code: GridArgument = None,
    *,
    url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Grant a role on a grid and everything below it, in every generation that follows."""
    with _open(url) as session:
        user = users.grant_role(
            session, account_code(code), role_of(role), grid_code, now=datetime.now(UTC), by=BY
        )
    say(user, as_json=as_json)


@app.command()
def revoke(
    code: CodeArgument,
    role: RoleArgument,
    grid_code: GridArgument = None,
    *,
    url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a role on a grid away, or without a grid the one in the whole city."""
    with _open(url) as session:
        user = users.revoke_role(session, account_code(code), role_of(role), grid_code)
    say(user, as_json=as_json)


@app.command()
def token(  # noqa: PLR0913 - the options of a command
    code: CodeArgument,
    *,
    label: Annotated[str, typer.Option(help="What a new token is for.")] = "",
    days: Annotated[int, typer.Option(help="How long it holds.")] = 90,
    roles: RolesOption = None,
    may_write: Annotated[bool, typer.Option("--write", help="It may also write.")] = False,
    revoke: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Revoke this token instead.")
    ] = None,
    url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an API token, list them (no --label), or revoke one. The secret is shown once."""
    code, now = account_code(code), datetime.now(UTC)
    scope = None if roles is None else [_role_and_grid(word) for word in roles]
    secret = None
    with _open(url) as session:
        if revoke is not None:
            tokens.revoke_token(session, revoke, now=now, account_code=code)
        elif label:
            _, text = tokens.make_token(
                *(session, code),
                label=label,
                days=days,
                now=now,
                scope=scope,
                is_read_only=not may_write,
            )
            secret = text.written()
        UserStore(session).get(code)
        found = TokenStore(session).all(code)
    if as_json:
        listed = {"tokens": [token_document(one) for one in found], "secret": secret}
        typer.echo(json.dumps(listed, ensure_ascii=False))
    elif secret is not None:
        typer.echo(f"{secret}\nkeep it now: it is not shown again", err=False)
    else:
        show_tokens(found, now)


@app.command("list")
def list_(*, url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List the accounts with their roles."""
    with _open(url) as session:
        found = UserStore(session).all()
    if as_json:
        typer.echo(json.dumps([document(user) for user in found], ensure_ascii=False))
        return
    table = Table("name", "shown as", "roles", "signs in by", box=None)
    for user in found:
        table.add_row(user.code, user.name, role_words(user), ways(user))
    Console().print(table)


@app.command()
def disable(code: CodeArgument, *, url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Let nobody use an account; its sessions and tokens end at once."""
    _set_disabled(code, url, is_disabled=True, as_json=as_json)


@app.command()
def enable(code: CodeArgument, *, url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Let a disabled account sign in again; its tokens stay revoked."""
    _set_disabled(code, url, is_disabled=False, as_json=as_json)


@app.command()
def password(
    code: CodeArgument,
    *,
    password_stdin: StdinOption = False,
    remove_totp: Annotated[
        bool, typer.Option("--remove-totp", help="The authenticator is lost: ask for no code.")
    ] = False,
    url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an account another password; its sessions end, and nobody has to wait any more."""
    code = account_code(code)
    with _open(url) as session:
        UserStore(session).get(code)
    new = _new_password(from_stdin=password_stdin)
    with _open(url) as session:
        user = users.set_password(session, code, new, now=datetime.now(UTC))
        if remove_totp:
            user = users.remove_totp(session, code)
        given = Settings().secret
        seal = make_seal(session, given.get_secret_value() if given else None)
        signing_in.forget_failures(session, seal, code)
    say(user, as_json=as_json)


@app.command()
def link(
    code: CodeArgument,
    provider: Annotated[str, typer.Argument(help="Key of the OpenID provider.")],
    subject: Annotated[str, typer.Argument(help="Who it is there: the `sub` of its tokens.")],
    *,
    url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a person of an OpenID provider sign in as an account."""
    with _open(url) as session:
        user = users.link_identity(session, account_code(code), provider=provider, subject=subject)
    say(user, as_json=as_json)


def _set_disabled(code: str, url: str | None, *, is_disabled: bool, as_json: bool) -> None:
    with _open(url) as session:
        user = users.set_disabled(
            session, account_code(code), is_disabled=is_disabled, now=datetime.now(UTC)
        )
    say(user, as_json=as_json)


@contextmanager
def _open(url: str | None) -> Iterator[Session]:
    with database.opened(url or Settings().database_url) as engine:
        database.require_schema(engine)
        with database.sessions(engine).begin() as session:
            yield session


def _role_and_grid(word: str) -> tuple[Role, str | None]:
    role, _, grid_code = word.partition("@")
    return role_of(role), grid_code or None


def _new_password(*, from_stdin: bool) -> str:
    """Ask for a password twice, or read one line; never an argument, which others can see."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        message = "there is nobody to ask for a password; use --password-stdin or a terminal"
        raise InputError(message)
    given: str = typer.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
    return given
