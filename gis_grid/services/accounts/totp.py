"""Codes of an authenticator app (RFC 6238), each taken once, and recovery codes."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from gis_grid.errors import ConflictError, IdentityError
from gis_grid.services.accounts.seal import digest, is_same
from gis_grid.storage.accounts.recovery import RecoveryStore
from gis_grid.storage.accounts.users import Credentials, UserStore

STEP_S = 30
LATE_STEPS = 1
"""Codes of so many steps before and after are taken, because clocks differ."""

ISSUER = "gis-grid"
RECOVERY_CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What the owner of an account has to put into an authenticator; shown once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    """What a QR code of it holds."""


def enrol(session: Session, code: str) -> Enrolment:
    """Give an account a secret; nothing changes until `confirm` has seen a code of it.

    Raises
    ------
    ConflictError
        The account has an authenticator; take it away first.
    NotFoundError
        There is no such account.
    """
    users = UserStore(session)
    known = users.credentials(code)
    if known is not None and known.totp_secret is not None:
        msg = f"{code} has an authenticator already; remove it before adding another"
        raise ConflictError(msg)
    secret = pyotp.random_base32()
    users.set(code, totp_pending=secret)
    return Enrolment(
        secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=code, issuer_name=ISSUER)
    )


def confirm(session: Session, code: str, given: str, *, now: datetime) -> tuple[str, ...]:
    """Ask for codes at every sign-in from now on, and return recovery codes, shown once.

    Raises
    ------
    ConflictError
        Nothing was enrolled.
    IdentityError
        The code is not one of now.
    """
    users = UserStore(session)
    known = users.credentials(code)
    if known is None or known.totp_pending is None:
        msg = f"{code} has not begun to add an authenticator"
        raise ConflictError(msg)
    step = step_of(known.totp_pending, given, now=now)
    if step is None:
        msg = "this code is wrong; check the clock of the device and use the newest code"
        raise IdentityError(msg)
    users.set(code, totp_secret=known.totp_pending, totp_pending=None, totp_step=step)
    codes = tuple(_recovery_codes())
    RecoveryStore(session).replace(code, [digest(each) for each in codes])
    return codes


def remove(session: Session, code: str) -> None:
    """Ask for no codes any more.

    Raises
    ------
    NotFoundError
        There is no such account.
    """
    UserStore(session).set(code, totp_secret=None, totp_pending=None, totp_step=None)
    RecoveryStore(session).replace(code, ())


def takes(session: Session, known: Credentials, given: str, *, now: datetime) -> bool:
    """Return whether a code is right, and use it up: of an authenticator, or for recovery."""
    if known.totp_secret is None:
        return False
    step = step_of(known.totp_secret, given, now=now)
    if step is not None:
        return UserStore(session).take_step(known.code, step)
    return RecoveryStore(session).use(known.code, digest(given.strip().lower()))


def step_of(secret: str, given: str, *, now: datetime) -> int | None:
    """Return the time step of a code of the authenticator; None when it is wrong.

    Examples
    --------
    >>> from datetime import UTC
    >>> second_59 = datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC)
    >>> secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B
    >>> step_of(secret, "287082", now=second_59), step_of(secret, " 287 082 ", now=second_59)
    (1, 1)
    >>> step_of(secret, "287083", now=second_59) is None, step_of(secret, "", now=second_59) is None
    (True, True)
    """
    clock = pyotp.TOTP(secret, interval=STEP_S)
    typed = "".join(given.split())
    now_step = int(now.timestamp()) // STEP_S
    steps = range(now_step - LATE_STEPS, now_step + LATE_STEPS + 1)
    right = [step for step in steps if is_same(clock.generate_otp(max(step, 0)), typed)]
    return right[-1] if right else None


def _recovery_codes() -> Iterator[str]:
    for _ in range(RECOVERY_CODES):
        letters = "".join(secrets.choice(_LETTERS) for _ in range(16))
        yield "-".join(letters[start : start + 4] for start in range(0, 16, 4))
