"""A reason in both languages, for every rule."""

import pytest

from gis_grid.router.explaining.decision import Candidate, Decision, Method, Place
from gis_grid.router.explaining.reasons import Keeper, Label, reason

LABELS = {
    (code, False): Label(code=code, name=name, level_zh="网格", level_en="grid")
    for code, name in [("1", "桥东"), ("2", None), ("3", "桥西"), ("4", "桥北"), ("5", "桥南")]
} | {("s", True): Label(code="s", name="大学", level_zh="专属网格", level_en="special grid")}


def decision(method, code="1", *, others=(), distance_m=12.34, is_special=False):
    return Decision(
        place=Place(lon=0.0, lat=0.0, accuracy_m=30.0),
        method=method,
        code=code,
        is_special=is_special,
        ground_code=None,
        distance_m=distance_m,
        confidence=None,
        is_ambiguous=bool(others),
        candidates=tuple(Candidate(code=one, distance_m=1.0) for one in others),
    )


@pytest.mark.parametrize("method", list(Method))
def test_every_rule_names_its_owner_in_both_languages(method):
    told = reason(decision(method, None if method is Method.OUTSIDE else "1"), LABELS)
    if method is not Method.OUTSIDE:
        assert all("桥东" in text and "1" in text for text in told)
    assert told.zh.endswith("。")
    assert told.en.endswith(".")
    assert told.zh.count("。") == 1


def test_rules_are_told_apart():
    owners = {Method.OUTSIDE: None}
    keeper = Keeper(code="f", body="市政")
    told = [reason(decision(one, owners.get(one, "1")), LABELS, keeper) for one in Method]
    assert len({one.zh for one in told}) == len({one.en for one in told}) == len(Method)


def test_an_ambiguous_point_names_the_others():
    told = reason(decision(Method.POLYGON, others=["2", "3"]), LABELS)
    assert told.zh == (
        "点位在网格“桥东”（1）范围内，距边界 12.3 米；精度 30 米的范围越过边界，"
        "也可能属于网格 2、网格“桥西”（3）。"
    )
    assert told.en == (
        "The point lies in grid “桥东” (1), 12.3 m from the border; its accuracy of 30 m reaches "
        "across the border, so it may be that of grid 2 or grid “桥西” (3)."
    )


def test_many_others_are_counted():
    told = reason(decision(Method.POLYGON, others=["2", "3", "4", "5"]), LABELS)
    assert "等 4 个网格" in told.zh
    assert "5" not in told.zh
    assert told.en.endswith("or 1 more.")


def test_a_circle_that_reaches_out_of_the_city_has_nobody_to_name():
    alone = Decision(
        **{name: getattr(decision(Method.POLYGON), name) for name in Decision.__slots__}
        | {"is_ambiguous": True}
    )
    assert reason(alone, LABELS).zh.endswith("精度 30 米的范围越过边界。")


def test_a_facility_is_kept_by_its_body_or_by_the_territory():
    kept = reason(decision(Method.FACILITY), LABELS, Keeper(code="0307", body="电力公司"))
    ownerless = reason(decision(Method.FACILITY), LABELS, Keeper(code="0307", body=None))
    assert kept.zh == "部件 0307 由“电力公司”负责，属于网格“桥东”（1）。"
    assert ownerless.zh == "部件 0307 没有登记责任单位，由所在的网格“桥东”（1）负责。"
    assert "kept by “电力公司”" in kept.en
    assert "No body is recorded for facility 0307" in ownerless.en


def test_a_special_grid_is_called_one():
    told = reason(decision(Method.SPECIAL, "s", is_special=True), LABELS)
    assert "专属网格“大学”（s）" in told.zh
    assert "special grid “大学” (s)" in told.en


def test_outside_says_how_far():
    told = reason(decision(Method.OUTSIDE, None), LABELS)
    assert "12.3 米" in told.zh
    assert "12.3 m" in told.en
    assert "没有网格" in reason(decision(Method.OUTSIDE, None, distance_m=None), LABELS).zh


def test_names_are_taken_as_they_are():
    hostile = "</script>{{7*7}}\"'\n%s{zh}"
    labels = {("1", False): Label(code="1", name=hostile, level_zh="网格", level_en="grid")}
    assert all(hostile in text for text in reason(decision(Method.POLYGON), labels))
