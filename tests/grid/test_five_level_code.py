import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CodeError
from gis_grid.grid.five_level_code import LEVELS, FiveLevelCode
from gis_grid.grid.levels import FIVE_LEVEL

COMMUNITY = "210102001002"


@st.composite
def codes(draw):
    width = draw(st.sampled_from([3, 4, 5]))
    building = draw(st.integers(0, 10**width - 1))
    return FiveLevelCode(
        community=COMMUNITY,
        compound=draw(st.integers(0, 999)),
        subarea=draw(st.integers(0, 99)),
        building=building,
        entrance=draw(st.integers(0, 99)) if building else 0,
        building_width=width,
    )


def parses(text, width):
    try:
        return FiveLevelCode.parse(text).building_width == width
    except CodeError:
        return False


@given(codes())
def test_survives_writing(code):
    assert FiveLevelCode.parse(str(code)) == code
    assert len(str(code)) == 19 + code.building_width


@given(
    st.lists(codes().map(str) | st.none() | st.text("0123", min_size=21, max_size=25)),
    st.sampled_from([3, 4, 5]),
)
def test_mask_says_what_the_value_says(texts, width):
    expected = [text is not None and parses(text, width) for text in texts]
    assert FiveLevelCode.valid_mask(texts, building_width=width).tolist() == expected


@given(codes(), st.data())
def test_parent_of_a_child_is_the_grid_itself(code, data):
    below = LEVELS[LEVELS.index(code.level) + 1 :]
    below = [level for level in below if level != "entrance" or code.building]
    if not below:
        return
    level = data.draw(st.sampled_from(below))
    child = code.child(level, data.draw(st.integers(1, 99)))
    assert child.level == level
    assert child.parent == code


@given(codes())
def test_parents_lead_to_the_community(code):
    chain = [code]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    ranks = [LEVELS.index(each.level) for each in chain]
    assert ranks == sorted(set(ranks), reverse=True)
    assert str(chain[-1]) == COMMUNITY + "0" * (7 + code.building_width)


def test_levels_are_those_of_the_scheme():
    assert FIVE_LEVEL.keys[-5:] == LEVELS


@given(st.sets(st.integers(1, 99), max_size=98), st.sampled_from(["subarea", "building"]))
def test_next_free_is_free(numbers, level):
    compound = FiveLevelCode(community=COMMUNITY, compound=3)
    taken = {str(compound.child(level, number)) for number in numbers}
    assert str(compound.next_free(level, taken)) not in taken


def test_next_free_sees_what_lies_further_down():
    compound = FiveLevelCode(community=COMMUNITY, compound=3)
    entrance = compound.child("subarea", 4).child("building", 9).child("entrance", 1)
    assert compound.next_free("subarea", [str(entrance)]).subarea == 5
    assert compound.next_free("building", [str(entrance)]).building == 1


def test_next_free_stops_when_all_are_taken():
    compound = FiveLevelCode(community=COMMUNITY, compound=3)
    taken = [str(compound.child("subarea", number)) for number in range(1, 100)]
    with pytest.raises(CodeError, match="has no free number from 1 to 99"):
        compound.next_free("subarea", taken)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("210102001002", "must have 22 or 23 or 24 digits, it has 12 characters"),
        ("210102001000" + "0030200702", "does not begin with a community"),
        (COMMUNITY + "0030200002", "has entrance 2 of no building"),
        (COMMUNITY + "003020070x", "must have 22 or 23 or 24 digits"),
    ],
)
def test_says_why_it_refuses(text, message):
    with pytest.raises(CodeError, match=message):
        FiveLevelCode.parse(text)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"compound": 1000}, "compound number 1000 .* must have 3 digits"),
        ({"subarea": -1}, "subarea number -1"),
        ({"building": 1000}, "building number 1000 .* must have 3 digits"),
        ({"building_width": 6}, "building width 6 is none of 3, 4, 5"),
    ],
)
def test_refuses_numbers_that_do_not_fit(parts, message):
    with pytest.raises(CodeError, match=message):
        FiveLevelCode(community=COMMUNITY, **parts)


@pytest.mark.parametrize(
    ("level", "number", "message"),
    [("compound", 1, "has no compound below its subarea"), ("building", 0, "means not divided")],
)
def test_refuses_children_that_are_none(level, number, message):
    with pytest.raises(CodeError, match=message):
        FiveLevelCode(community=COMMUNITY, subarea=2).child(level, number)
