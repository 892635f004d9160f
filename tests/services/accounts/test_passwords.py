"""Passwords that are kept, and the work that is the same for nobody's."""

import re

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from gis_grid.services.accounts import passwords
from gis_grid.services.accounts.passwords import NOBODY, check, hashed


def work(kept):
    return re.match(r"\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$", kept)[0]


def test_an_account_that_does_not_exist_takes_as_much_work():
    assert work(NOBODY) == work(hashed("any"))
    assert check("an account that does not exist", NOBODY) == (True, None)


def test_nobody_has_a_password():
    assert check("an account that does not exist", None) == (False, None)
    assert check("", None) == (False, None)


def test_what_was_kept_with_less_work_is_kept_anew():
    weak = PasswordHash((Argon2Hasher(memory_cost=passwords.MEMORY_KIB // 2),)).hash("horse")
    is_right, better = check("horse", weak)
    assert is_right
    assert work(better) == work(NOBODY)
    assert check("horse", better) == (True, None)


def test_what_is_no_hash_fits_no_password():
    assert check("horse", "horse") == (False, None)
