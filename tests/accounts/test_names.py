import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.accounts.names import account_code, require_password
from gis_grid.errors import CodeError, InputError


@given(st.text(max_size=80))
def test_a_name_is_kept_in_one_way(word):
    try:
        code = account_code(word)
    except CodeError:
        return
    assert account_code(code) == code
    assert account_code(f" {code.upper()} ") == code
    assert 2 <= len(code) <= 64
    assert not set(code) & set(" /\\<>\"'%\n")


@given(st.from_regex(r"[a-z0-9\u4e00-\u9fa5][a-z0-9._@-]{1,63}", fullmatch=True))
def test_what_is_allowed_stays(word):
    assert account_code(word) == word


@pytest.mark.parametrize(
    "word",
    ["", "a", " ", "a b", ".ann", "-ann", "a" * 65, "ann\n1", "<b>", "ann;--", "а\u200bnn", "!x"],
)
def test_what_is_no_name_is_refused(word):
    with pytest.raises(CodeError, match="cannot be the name of an account"):
        account_code(word)


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=300))
def test_a_password_is_kept_or_refused_for_its_length_or_sameness(word):
    same = unicodedata.normalize("NFC", word)
    try:
        assert require_password(word, code="the-account") == same
    except InputError as refused:
        said = str(refused)
        assert not 10 <= len(same) <= 256 or len(set(same)) < 5
        assert len(same) < 10 or same not in said  # the message never repeats it


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("123456789", "has 9 characters"),
        ("x" * 257, "has 257 characters"),
        ("aabbaabbaabb", "repeats few"),
        ("PASSWORD123", "everybody tries first"),
        ("i am ANN for sure", "contains the name"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(word, said):
    with pytest.raises(InputError, match=said):
        require_password(word, code="ann")
