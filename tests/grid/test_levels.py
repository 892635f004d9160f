import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import InputError
from gis_grid.grid.levels import (
    COMMUNITY_GRID,
    FIVE_LEVEL,
    LEVEL_KEYS,
    PRESETS,
    Level,
    Scheme,
)


@st.composite
def schemes(draw):
    keys = draw(st.lists(st.sampled_from(LEVEL_KEYS), min_size=1, unique=True))
    keys.sort(key=LEVEL_KEYS.index)
    ground = draw(st.sampled_from(keys))
    fixed = {ground, keys[0]}
    levels = tuple(
        Level(
            key=key,
            name_zh=draw(st.text()),
            name_en=draw(st.text()),
            skippable=key not in fixed and draw(st.booleans()),
            tiles=key == ground or draw(st.booleans()),
        )
        for key in keys
    )
    return Scheme(key=draw(st.text()), levels=levels, ground=ground)


@given(schemes())
def test_survives_json(scheme):
    assert Scheme.from_json(scheme.to_json()) == scheme


@given(schemes())
def test_parents_are_the_levels_up_to_the_first_that_cannot_be_skipped(scheme):
    for depth, level in enumerate(scheme.levels):
        parents = scheme.parents_of(level.key)
        above = scheme.keys[:depth][::-1]
        assert parents == above[: len(parents)]
        skipped = [scheme.level(key).skippable for key in parents]
        assert all(skipped[:-1])
        assert bool(parents) == (depth > 0)
        assert not skipped or not skipped[-1]


def test_presets_are_the_two_schemes_in_use():
    assert [level.name_zh for level in FIVE_LEVEL.levels] == [
        "市",
        "区",
        "街道",
        "社区",
        "小区",
        "片区",
        "楼栋",
        "单元",
    ]
    assert [level.name_zh for level in COMMUNITY_GRID.levels] == [
        "市",
        "区",
        "街道",
        "社区",
        "网格",
    ]
    assert {scheme.ground for scheme in PRESETS.values()} == {"subarea"}
    assert PRESETS["five_level"] is FIVE_LEVEL


def test_only_the_ground_and_what_is_above_it_tiles_in_the_five_levels():
    assert [level.key for level in FIVE_LEVEL.levels if not level.tiles] == [
        "compound",
        "building",
        "entrance",
    ]


def level(key, **fields):
    return Level(key=key, name_zh=key, name_en=key, **fields)


@pytest.mark.parametrize(
    ("levels", "ground", "message"),
    [
        ([], "city", "has no levels"),
        (["city", "planet"], "city", "'planet' which gis_grid does not know"),
        (["city", "subarea", "city"], "city", "'city' more than once"),
        (["subarea", "city"], "city", "from the widest to the narrowest"),
        (["city"], "subarea", "level 'subarea' is not in scheme 'x'; use city"),
    ],
)
def test_refuses_levels_that_make_no_hierarchy(levels, ground, message):
    with pytest.raises(InputError, match=message):
        Scheme(key="x", levels=tuple(level(key) for key in levels), ground=ground)


@pytest.mark.parametrize(
    ("city", "subarea", "message"),
    [
        ({}, {"tiles": False}, "ground level 'subarea' of scheme 'x' must tile"),
        ({}, {"skippable": True}, "'subarea' of scheme 'x' cannot be skippable"),
        ({"skippable": True}, {}, "'city' of scheme 'x' cannot be skippable"),
    ],
)
def test_refuses_a_ground_that_cannot_be_one(city, subarea, message):
    levels = (level("city", **city), level("subarea", **subarea))
    with pytest.raises(InputError, match=message):
        Scheme(key="x", levels=levels, ground="subarea")


def changed(change):
    given = json.loads(COMMUNITY_GRID.to_json())
    change(given)
    return json.dumps(given)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[]", r"must be a JSON object, not \[\]"),
        (changed(lambda scheme: scheme.pop("ground")), "the scheme lacks 'ground'"),
        (changed(lambda scheme: scheme.update(colour=1)), "the unknown field 'colour'"),
        (changed(lambda scheme: scheme.update(key=7)), "'key' must be a str, not 7"),
        (changed(lambda scheme: scheme["levels"][1].pop("name_zh")), "level 2 of the scheme lacks"),
        (changed(lambda scheme: scheme["levels"].append("x")), "level 6 of the scheme must be a"),
    ],
)
def test_refuses_json_of_another_shape(text, message):
    with pytest.raises(InputError, match=message):
        Scheme.from_json(text)
