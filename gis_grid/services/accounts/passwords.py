"""Passwords by Argon2id, with the same work for an account that does not exist."""

import threading

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from gis_grid.accounts.names import LONGEST_PASSWORD, same_letters

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
"""OWASP's recommendation: 19 MiB and two passes."""

AT_ONCE = 4
"""So many are hashed at a time; the others wait, or a burst of tries would take all memory."""

_turns = threading.BoundedSemaphore(AT_ONCE)
_hasher = PasswordHash((Argon2Hasher(memory_cost=MEMORY_KIB, time_cost=PASSES, parallelism=LANES),))
NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1"
    "$NGHusgFghfk7Z54QH1rWCw$W6IF2EwlpC73fgaFt9PlAS/vWtkdkErDs3A6dHnThbg"
)
"""What `hashed` returns for "an account that does not exist"."""


def hashed(password: str) -> str:
    """Return what is kept of a password.

    Examples
    --------
    >>> hashed("马到成功 2026")[:30]
    '$argon2id$v=19$m=19456,t=2,p=1'
    """
    with _turns:
        return _hasher.hash(same_letters(password))


def check(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Return whether a password is the one that was kept, and what to keep instead.

    The work is the same whether there is such a password or not.

    Parameters
    ----------
    password
        As it was typed. One that is longer than any may be is wrong.
    kept
        What `hashed` returned; None when the account does not exist or has no password, then
        every password is wrong.

    Returns
    -------
    tuple
        The second is None unless `kept` was made with less work than is asked for now.

    Examples
    --------
    >>> check("correct horse", hashed("correct horse")), check("", hashed("correct horse"))
    ((True, None), (False, None))
    >>> check("an account that does not exist", None)
    (False, None)
    """
    given = same_letters(password[: LONGEST_PASSWORD + 1])
    with _turns:
        try:
            is_right, better = _hasher.verify_and_update(given, kept or NOBODY)
        except PwdlibError:
            is_right, better = False, None  # what is kept is no hash that we know
    return is_right and kept is not None, better if kept is not None else None
