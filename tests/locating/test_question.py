import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.locating.question import understand


@pytest.mark.parametrize(
    ("text", "base", "number", "unit", "room"),
    [
        ("小区3号楼2单元", "小区", 3, 2, ""),
        ("小区三号楼二单元501", "小区", 3, 2, "501"),
        ("望溪路12号", "望溪路", 12, None, ""),
        ("望溪路 十二 号", "望溪路", 12, None, ""),
        ("5号院3栋", "5号院", 3, None, ""),
        ("德平苑 3# 1单元", "德平苑", 3, 1, ""),
    ],
)
def test_takes_an_address_apart(text, base, number, unit, room):
    house = understand(text).house
    assert (house.base, house.number, house.unit, house.room) == (base, number, unit, room)


@pytest.mark.parametrize(
    ("text", "words", "number"),
    [
        ("灯杆 0307", ("灯杆",), "0307"),
        ("灯杆0307", ("灯杆",), "0307"),
        ("0307号灯杆", ("灯杆",), "0307"),
        ("翠松巷第30根灯杆", ("翠松巷", "灯杆"), "30"),
        ("翠松巷-0030", ("翠松巷",), "0030"),
        ("祥盛 幼儿园", ("祥盛", "幼儿园"), None),
    ],
)
def test_takes_words_and_number_apart(text, words, number):
    asked = understand(text)
    assert (asked.words, asked.number) == (words, number)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("8c3020a906495ff", "8c3020a906495ff"),
        (" 08C3020A906495FF ", "8c3020a906495ff"),
        ("8c3020a906495f", None),
        ("zc3020a906495ff", None),
    ],
)
def test_knows_the_word_of_a_cell(text, cell):
    assert understand(text).cell == cell


@given(st.text(max_size=200))
def test_understands_anything(text):
    asked = understand(text)
    assert asked.text == text.strip()
    assert asked.code is None or (asked.code and "\0" not in asked.code)
    assert asked.number is None or asked.number.isdigit()
