import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CodeError
from gis_grid.grid.unit_code import UnitCode

COMMUNITY = "320582107234"


def parses(code):
    try:
        UnitCode.parse(code)
    except CodeError:
        return False
    return True


codes = st.builds(
    "{:012d}{:03d}".format, st.sampled_from([int(COMMUNITY), 320582107000, 7]), st.integers(0, 999)
)


@given(st.lists(codes | st.none() | st.text("0123456789", max_size=17)))
def test_mask_says_what_the_value_says(texts):
    assert UnitCode.valid_mask(texts).tolist() == [
        text is not None and parses(text) for text in texts
    ]


@given(st.integers(1, 999))
def test_survives_writing(number):
    code = UnitCode(COMMUNITY, number)
    assert UnitCode.parse(str(code)) == code
    assert str(code.parent) == COMMUNITY


@given(st.sets(st.integers(1, 999), max_size=998))
def test_next_free_is_free(numbers):
    taken = {str(UnitCode(COMMUNITY, number)) for number in numbers}
    assert str(UnitCode.next_free(COMMUNITY, taken)) not in taken


def test_next_free_stops_at_999():
    taken = [str(UnitCode(COMMUNITY, number)) for number in range(1, 1000)]
    with pytest.raises(CodeError, match=f"community {COMMUNITY} has no free number from 1 to 999"):
        UnitCode.next_free(COMMUNITY, taken)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("32058210723400", "must have 15 digits, it has 14 characters"),
        ("320582107000001", "not the code of a community"),
        ("320582000234001", "names a village of no township"),
        ("320582107234000", "must end in 001 to 999"),
    ],
)
def test_says_why_it_refuses(text, message):
    with pytest.raises(CodeError, match=message):
        UnitCode.parse(text)


def test_a_number_of_four_digits_is_refused():
    with pytest.raises(CodeError, match="must end in 001 to 999"):
        UnitCode(COMMUNITY, 1000)
