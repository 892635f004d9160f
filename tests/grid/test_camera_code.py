import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CodeError
from gis_grid.grid.camera_code import CameraCode
from gis_grid.standards.tables import gb28181_parts

digits = st.text("0123456789", min_size=20, max_size=20)


@given(digits)
def test_parts_make_up_the_code(text):
    code = CameraCode(text)
    assert code.centre + code.industry + code.type + code.network + code.serial == str(code) == text


@given(st.lists(digits | st.none() | st.text(max_size=21)))
def test_mask_says_what_the_value_says(texts):
    expected = [
        bool(text) and len(text) == 20 and text.isascii() and text.isdigit() for text in texts
    ]
    assert CameraCode.valid_mask(texts).tolist() == expected


@given(digits)
def test_names_what_the_table_has(text):
    parts = gb28181_parts()
    code = CameraCode(text)
    named = code.named(parts)
    for part in ("industry", "type", "network"):
        row = parts[(parts.part == part) & (parts.code == getattr(code, part))]
        assert named[part] == (None if row.empty else row.name_zh.item())


@pytest.mark.parametrize(
    "text", ["3205820008132000001", "320582000813200000011", "3205820008132000000x"]
)
def test_refuses_anything_but_20_digits(text):
    with pytest.raises(CodeError, match=f"camera code '{text}' must have 20 digits"):
        CameraCode(text)
