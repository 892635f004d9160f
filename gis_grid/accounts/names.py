"""The names under which people and machines sign in, and the words they are recognised by."""

import re
import unicodedata

from gis_grid.errors import CodeError, InputError

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 256
_FEWEST_CHARACTERS = 5
_LONGEST_CODE = 64
_CODE = re.compile(r"[a-z0-9\u3400-\u9fff][a-z0-9\u3400-\u9fff._@-]{1,63}")
_COMMON = frozenset(
    {
        *("1234567890", "0123456789", "12345678910", "123456789a", "1q2w3e4r5t", "1qaz2wsx3edc"),
        *("qwertyuiop", "qwerty12345", "qwerty1234", "asdfghjkl1", "password12", "password123"),
        *("password1234", "passw0rd123", "p@ssw0rd123", "admin12345", "admin123456", "iloveyou123"),
        *("woaini1314520", "a123456789", "abc123456789", "abcd123456", "woaini1314", "5201314520"),
        *("letmein123", "welcome123", "changeme123", "administrator", "q1w2e3r4t5", "zxcvbnm123"),
    }
)


def account_code(word: str) -> str:
    """Return the name of an account as it is kept: without spaces around it, in small letters.

    Parameters
    ----------
    word
        Two to 64 Latin letters, Chinese characters, digits, and ``. _ @ -`` after the first.
        Wide letters are narrow ones.

    Raises
    ------
    CodeError
        It is not such a name.

    Examples
    --------
    >>> account_code(" Duty-Chief.02 "), account_code("派遣1"), account_code("ＡＮＮ")
    ('duty-chief.02', '派遣1', 'ann')
    >>> account_code("a b")
    Traceback (most recent call last):
    gis_grid.errors.CodeError: 'a b' cannot be the name of an account; use 2 to 64 letters, digits \
and . _ @ -
    """
    code = unicodedata.normalize("NFKC", word).strip().casefold()
    if not _CODE.fullmatch(code):
        shown = repr(word if len(word) <= _LONGEST_CODE else f"{word[:_LONGEST_CODE]}…")
        msg = f"{shown} cannot be the name of an account; use 2 to 64 letters, digits and . _ @ -"
        raise CodeError(msg)
    return code


def same_letters(password: str) -> str:
    """Return a password so that the same letters are the same, however a keyboard composes them.

    Examples
    --------
    >>> same_letters("e\u0301") == same_letters("\u00e9")
    True
    """
    return unicodedata.normalize("NFC", password)


def require_password(password: str, *, code: str) -> str:
    """Return a new password as it is to be hashed, when it is good enough.

    Length is what makes a password hard to guess; which kinds of characters it has is not asked.
    The message never repeats the password.

    Raises
    ------
    InputError
        It is shorter than 10 or longer than 256 characters, has fewer than 5 different ones,
        contains the name of the account, or is one that everybody tries first.

    Examples
    --------
    >>> require_password("马到成功 2026 年也要好", code="ann")
    '马到成功 2026 年也要好'
    >>> require_password("short", code="ann")
    Traceback (most recent call last):
    gis_grid.errors.InputError: this password has 5 characters; use 10 to 256
    >>> require_password("ann-the-first", code="ann")
    Traceback (most recent call last):
    gis_grid.errors.InputError: this password contains the name of the account; choose another
    >>> require_password("", code="ann")
    Traceback (most recent call last):
    gis_grid.errors.InputError: this password has 0 characters; use 10 to 256
    """
    given = same_letters(password)
    why = _weakness(given, code)
    if why:
        msg = f"this password {why}"
        raise InputError(msg)
    return given


def _weakness(password: str, code: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return f"has {len(password)} characters; use {SHORTEST_PASSWORD} to {LONGEST_PASSWORD}"
    if len(set(password)) < _FEWEST_CHARACTERS:
        return f"repeats few characters; use at least {_FEWEST_CHARACTERS} different ones"
    plain = password.casefold()
    if code in plain:
        return "contains the name of the account; choose another"
    return "is one that everybody tries first; choose another" if plain in _COMMON else ""
