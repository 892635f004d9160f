import itertools

import pytest

from gis_grid.maps import palette

TEXT = ("ink", "ink2", "ink3", "accent", "danger", "warn", "ok")


@pytest.mark.parametrize("colour", TEXT)
@pytest.mark.parametrize("ground", ["surface", "paper", "sunken"])
def test_text_can_be_read(colour, ground):
    ratio = palette.contrast(palette.PAGE[colour], palette.PAGE[ground])
    assert ratio >= palette.LEAST_TEXT


@pytest.mark.parametrize(
    ("text", "ground"), [("label", "halo"), ("water-label", "water"), ("label", "land")]
)
def test_names_on_the_map_can_be_read(text, ground):
    assert palette.contrast(palette.MAP[text], palette.MAP[ground]) >= palette.LEAST_TEXT


@pytest.mark.parametrize(
    "colour", sorted({palette.CAMERA, palette.PLACE, palette.FACILITY, *palette.STATES.values()})
)
def test_symbols_stand_out(colour):
    assert palette.contrast(colour, palette.MAP["land"]) >= palette.LEAST_GRAPHIC


def test_heat_grows_darker():
    light = [palette.contrast(colour, "#000000") for colour in palette.HEAT]
    assert all(one > other for one, other in itertools.pairwise(light))


def test_contrast_is_that_of_wcag():
    assert palette.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)
