import unicodedata

import cn2an
from hypothesis import assume, example, given
from hypothesis import strategies as st

from gis_grid.locating.folding import (
    LONGEST,
    MOST_PIECES,
    TURNED,
    address_pieces,
    fold,
    pieces,
    spaced,
    turned,
)

TEXTS = st.text(max_size=80)
NAMES = st.text(st.sampled_from("人民大街花园小区号楼12ab -，"), max_size=12)


@given(TEXTS)
@example("ﷺ" * 40)  # one character that becomes many
@example("\u202e\u2066abc\ud7b0")
def test_folds_to_letters_and_digits_only(text):
    folded = fold(text)
    assert all(one.isalnum() for one in folded)
    assert len(folded) <= LONGEST
    assert spaced(text).replace(" ", "") == folded


@given(NAMES, st.sampled_from([" ", "-", "，", "\u3000", "（", "\t"]))
def test_case_width_blanks_and_punctuation_do_not_count(text, extra):
    assume("#" not in text)
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)
    assert fold(wide) == fold(text)
    assert fold(text.upper()) == fold(text)
    assert fold(extra + text + extra) == fold(text)


@given(st.integers(1, 9999), st.sampled_from(["号", "栋", "幢", "座", "号楼"]))
def test_chinese_numerals_before_a_counter_are_digits(number, counter):
    numeral = cn2an.an2cn(number, "low")
    assert fold(f"德平苑{numeral}{counter}") == f"德平苑{number}号"


@given(st.sampled_from(["八一路", "三里屯", "五一大街", "六纬路"]))
def test_numerals_in_names_stay(name):
    assert fold(name) == name


@given(NAMES)
def test_every_piece_is_an_end_of_the_folded_name(name):
    folded = fold(name)
    found = pieces(name)
    assert len(found) <= MOST_PIECES
    assert all(folded.endswith(piece) and len(piece) > 1 for piece in found)
    if len(folded) > 1:
        assert found[0] == folded


@given(st.text(st.sampled_from("人民大街花园柏"), min_size=2, max_size=10), st.data())
def test_the_middle_of_a_chinese_name_begins_one_of_its_pieces(name, data):
    start = data.draw(st.integers(0, len(name) - 2))
    stop = data.draw(st.integers(start + 2, len(name)))
    assert any(piece.startswith(name[start:stop]) for piece in pieces(name))


def test_an_address_is_found_without_its_district_but_not_by_a_bare_number():
    assert address_pieces("铁西区望溪路12号") == ("铁西区望溪路12号", "望溪路12号")
    assert "2号" not in address_pieces("河东区小区2号楼")


@given(st.text("0123456789", min_size=1, max_size=20), st.integers(1, 20))
def test_last_digits_begin_what_is_turned(digits, count):
    whole = turned(f"翠松巷-{digits}")
    assert whole is not None
    assert whole.startswith(TURNED + digits[-count:][::-1])


def test_a_text_without_digits_has_nothing_to_turn():
    assert turned("无号") is None


@given(TEXTS)
def test_pieces_of_anything_can_be_stored(text):
    for piece in (*pieces(text), *address_pieces(text)):
        piece.encode()
        assert "\0" not in piece
        assert unicodedata.category(piece[0]) != "Cc"
