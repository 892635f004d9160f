import io
import re

import numpy as np
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gis_grid.maps import palette
from gis_grid.maps.output import Format, rendered
from gis_grid.maps.printed import fonts
from gis_grid.maps.printed.fonts import Faces, FontError, carried_font, faces_for, installed
from gis_grid.maps.printed.margin import wrapped
from gis_grid.maps.printed.paper import Paper
from gis_grid.maps.printed.view import fitted
from gis_grid.maps.reports.kinds import KINDS
from tests.maps.material import material

VALUE = {"grids": {"value": "households"}}


def page(kind, **options):
    return KINDS[kind].page(material(), KINDS[kind].options_of(VALUE.get(kind, {}) | options))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def share(image, colour, tolerance=3):
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return (np.abs(image.astype(int) - wanted).max(axis=2) <= tolerance).mean()


def text(pdf):
    (sheet,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", "", sheet.extract_text())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_fills_a_sheet(kind):
    image = pixels(rendered(page(kind), Format.PNG, paper=Paper.A5))
    assert image.shape == (1165, 1653, 3)
    shades = image[..., 0].astype(int) << 16 | image[..., 1].astype(int) << 8 | image[..., 2]
    assert len(np.unique(shades)) > 200
    ink = (image < 250).any(axis=2)
    height, width = ink.shape
    assert ink[:, : int(0.5 * width)].mean() > 0.2  # the map
    assert ink[: height // 2, int(0.7 * width) :].mean() > 0.01  # title and legend
    assert ink[int(0.92 * height) :].mean() > 0.002  # source, generation, date


def test_the_legend_has_the_colours_of_the_map():
    found = page("grids")
    image = pixels(rendered(found, Format.PNG, paper=Paper.A5))
    panel, map_ = image[:, 1150:], image[:, :1050]
    for style in found.legend.styles:
        shade = blended(str(style["fill"]), "#FFFFFF", palette.HEAT_OPACITY)
        assert share(panel, shade) > 1e-4
        ground = blended(str(style["fill"]), palette.MAP["land"], palette.HEAT_OPACITY)
        assert share(map_, ground) > 1e-3


def blended(colour, ground, opacity):
    mixed = [
        round(int(colour[at : at + 2], 16) * opacity + int(ground[at : at + 2], 16) * (1 - opacity))
        for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02X}" for part in mixed)


@pytest.mark.parametrize("kind", ["grids", "incidents"])
def test_the_text_of_a_pdf_can_be_read(kind):
    found = page(kind)
    said = text(rendered(found, Format.PDF))
    for words in (found.title, found.city, found.badge, found.drawn, "比例尺约1:"):
        assert re.sub(r"\s+", "", words) in said
    for section in found.sections:
        for entry in section.entries:
            if entry.shown:
                assert re.sub(r"\s+", "", entry.title) in said
    if found.legend:
        assert re.sub(r"\s+", "", found.legend.title) in said


def test_english_and_hostile_text_are_written_as_they_are():
    found = page("grids", lang="en", title="$\\frac{a}$ & <b> Q1\nnext")
    said = text(rendered(found, Format.PDF))
    assert "$\\frac{a}$&<b>Q1next" in said
    assert "Householdsby" not in said
    assert "Scaleabout1:" in said


def test_the_same_page_gives_the_same_bytes():
    for how in (Format.PNG, Format.PDF):
        one, other = (rendered(page("cameras"), how, paper=Paper.A5) for _ in range(2))
        assert one == other


def test_a_larger_sheet_is_larger():
    (sheet,) = pypdf.PdfReader(io.BytesIO(rendered(page("heat"), Format.PDF, paper=Paper.A3))).pages
    assert float(sheet.mediabox.width) == pytest.approx(420 / 25.4 * 72, abs=1)
    assert float(sheet.mediabox.height) == pytest.approx(297 / 25.4 * 72, abs=1)


# fonts


def test_without_a_chinese_font_there_is_no_sheet(monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda: ())
    with pytest.raises(FontError, match=r"no installed font has .*gis-grid\[fonts\]"):
        rendered(page("heat"), Format.PDF)


def test_the_font_of_the_extra_is_found_and_enough():
    assert carried_font() is not None
    assert "Noto Sans SC" in installed()
    found = faces_for(["各网格户数 直骨"], families=("Noto Sans SC",))
    assert found.lacking == frozenset()
    assert found.families[0] == "Noto Sans SC"


def test_a_sign_that_no_font_has_is_marked_and_told():
    found = page("heat", title="网格\U0001f9ff图")
    said = text(rendered(found, Format.PDF, paper=Paper.A5))
    assert "网格〓图" in said
    assert "〓代替字库没有的字" in said


@given(st.text(max_size=20))
def test_a_safe_text_is_one_line_of_signs_that_exist(given_text):
    faces = Faces(("DejaVu Sans",), frozenset("é"))
    safe = faces.safe(given_text)
    assert "é" not in safe
    assert not any(sign in safe for sign in "\r\n\t\0")


# places


@given(
    st.floats(100, 125),
    st.floats(20, 45),
    st.floats(0.001, 0.5),
    st.floats(0.001, 0.5),
)
def test_bounds_fit_the_frame(west, south, width, height):
    frame = (38.0, 38.0, 1000.0, 880.0)
    view = fitted((west, south, west + width, south + height), frame)
    corners = view.xy(np.array([[west, south], [west + width, south + height]]))
    (left, low), (right, high) = corners
    assert left >= 38 - 1e-6
    assert right <= 1038 + 1e-6
    assert high >= 38 - 1e-6
    assert low <= 918 + 1e-6


def test_the_scale_is_that_of_the_paper():
    view = fitted((123.0, 41.0, 123.02, 41.01), (0, 0, 1000, 800))
    a, b = view.xy(np.array([[123.0, 41.005], [123.01, 41.005]]))
    metres = 0.01 * 111_195 * np.cos(np.radians(41.005)) * (6_378_137 / 6_371_009)
    on_paper_m = (b[0] - a[0]) / 120 * 0.0254
    assert view.denominator == pytest.approx(metres / on_paper_m, rel=0.05)


@given(st.text(alphabet="ab 网格、", max_size=60), st.floats(40, 200))
def test_wrapping_loses_nothing(given_text, room):
    lines = wrapped(given_text, 12, room)
    assert "".join(lines).replace(" ", "") == given_text.replace(" ", "")
    assert all(line.strip() for line in lines)
