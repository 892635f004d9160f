import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CodeError
from gis_grid.grid.facility_code import FacilityCode
from gis_grid.standards.tables import facility_categories

dialects = st.sampled_from(["2007", "draft"])
texts = st.builds(
    "{}{:02d}{:03d}{:05d}".format,
    st.sampled_from(["320582", "210102", "990101", "000000"]),
    st.integers(0, 30),
    st.integers(0, 999),
    st.integers(0, 99999),
)


def parses(text, dialect):
    try:
        FacilityCode.parse(text, dialect=dialect)
    except CodeError:
        return False
    return True


@given(st.lists(texts | st.none() | st.text("0123456789", max_size=18)), dialects)
def test_mask_says_what_the_value_says(codes, dialect):
    expected = [code is not None and parses(code, dialect) for code in codes]
    assert FacilityCode.valid_mask(codes, dialect=dialect).tolist() == expected


@given(texts, dialects)
def test_survives_writing(text, dialect):
    if parses(text, dialect):
        assert str(FacilityCode.parse(text, dialect=dialect)) == text


@pytest.mark.parametrize(
    ("text", "category", "name"),
    [("3205080101000001", "0101", "上水井盖"), ("3205820305007077", "0305", "垃圾箱")],
)
def test_reads_the_codes_of_two_cities(text, category, name):
    code = FacilityCode.parse(text, dialect="2007")
    assert code.category == category
    assert facility_categories().set_index("code").name_zh[code.category] == name


@pytest.mark.parametrize(
    ("dialect", "category", "local"),
    [
        ("2007", "0138", False),
        ("2007", "2101", True),
        ("draft", "01079", False),
        ("draft", "01080", True),
        ("draft", "21001", True),
    ],
)
def test_knows_a_citys_own_classes(dialect, category, local):
    code = FacilityCode(dialect=dialect, county="320582", category=category, number=1)
    assert code.is_local is local
    assert code.major == category[:2]


@given(st.sets(st.integers(1, 99999)), dialects)
def test_next_free_is_free(numbers, dialect):
    category = {"2007": "0101", "draft": "01001"}[dialect]
    taken = {
        str(FacilityCode(dialect=dialect, county="320582", category=category, number=number))
        for number in numbers
    }
    if dialect == "draft" and len(numbers) == 99999:
        return
    code = FacilityCode.next_free("320582", category, taken, dialect=dialect)
    assert str(code) not in taken
    assert (code.county, code.category) == ("320582", category)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"dialect": "2013"}, "no facility dialect '2013'; use 2007 or draft"),
        ({"county": "32058"}, "county of a facility code '32058' must have 6 digits"),
        ({"county": "990101"}, "no province"),
        ({"category": "010"}, "2007 facility category '010' must have 4 digits"),
        ({"number": 1_000_000}, "facility number 1000000 has more than 6 digits"),
        ({"number": 0}, "has a zero as major, minor or number"),
        ({"category": "0001"}, "has a zero"),
        ({"category": "0100"}, "has a zero"),
    ],
)
def test_says_why_it_refuses(parts, message):
    right = {"dialect": "2007", "county": "320582", "category": "0101", "number": 1}
    with pytest.raises(CodeError, match=message):
        FacilityCode(**right | parts)


def test_refuses_another_length():
    with pytest.raises(CodeError, match="must have 16 digits, it has 4 characters"):
        FacilityCode.parse("0307", dialect="2007")
