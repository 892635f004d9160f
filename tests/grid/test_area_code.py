import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CodeError
from gis_grid.grid.area_code import (
    PROVINCES,
    AreaCode,
    AreaLevel,
    TownshipKind,
    VillageKind,
)

JINMEN = "350527000"
"""金门县: the published list has the county once more as its own only township."""


@st.composite
def near_codes(draw):
    """Twelve digits that are often right, and sometimes nearly."""
    province = draw(st.sampled_from([*sorted(PROVINCES), 10, 0, 99]))
    parts = draw(st.tuples(*[st.integers(0, 99) | st.just(0)] * 2))
    last = draw(st.tuples(*[st.integers(0, 650) | st.just(0)] * 2))
    code = f"{province:02d}{parts[0]:02d}{parts[1]:02d}{last[0]:03d}{last[1]:03d}"
    damage = draw(st.sampled_from([None, None, None, "cut", "more", "letter", "wide"]))
    return {
        "cut": code[:-1],
        "more": code + "0",
        "letter": "x" + code[1:],
        "wide": "１" + code[1:],
    }.get(damage, code)


def parses(code):
    try:
        AreaCode(code)
    except CodeError:
        return False
    return True


@given(st.lists(near_codes() | st.none() | st.text(max_size=14)))
def test_mask_says_what_the_value_says(codes):
    assert AreaCode.valid_mask(codes).tolist() == [
        code is not None and parses(code) for code in codes
    ]


@given(near_codes().filter(parses))
def test_parents_lead_to_the_province_one_level_at_a_time(text):
    chain = [AreaCode(text, 2024)]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    ranks = [list(AreaLevel).index(code.level) for code in chain]
    assert ranks == sorted(set(ranks), reverse=True)
    assert chain[-1].level is AreaLevel.PROVINCE
    assert {code.year for code in chain} == {2024}
    assert all(str(code).startswith(str(chain[-1])[:2]) for code in chain)


@given(near_codes().filter(parses))
def test_short_and_long_forms_are_the_same_code(text):
    code = AreaCode(text)
    width = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}[code.level]
    assert AreaCode.parse(text[:width]) == code
    assert AreaCode.parse(str(code)) == code


@pytest.mark.parametrize(
    ("text", "level", "township", "village"),
    [
        ("330000000000", "province", None, None),
        ("330100000000", "prefecture", None, None),
        ("131000000000", "prefecture", None, None),
        ("210110000000", "county", None, None),
        ("441900003000", "township", TownshipKind.SUBDISTRICT, None),
        ("320582107000", "township", TownshipKind.TOWN, None),
        ("320582107234", "village", TownshipKind.TOWN, VillageKind.VILLAGE),
        ("210102001199", "village", TownshipKind.SUBDISTRICT, VillageKind.COMMUNITY),
        ("210102399400", "village", TownshipKind.TOWNSHIP, VillageKind.COMMUNITY_LIKE),
        ("210102400599", "village", TownshipKind.LIKE, VillageKind.VILLAGE_LIKE),
    ],
)
def test_reads_level_and_kinds(text, level, township, village):
    code = AreaCode(text)
    assert (code.level, code.township_kind, code.village_kind) == (level, township, village)


def test_a_township_without_county_belongs_to_its_prefecture():
    assert str(AreaCode.parse("441900003").parent) == "441900000000"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2101020010", "must have 2 or 4 or 6 or 9 or 12 digits, it has 10 characters"),
        ("", "it has 0 characters"),
        ("21010200100二", "it has 12 characters"),
        ("990102001002", "begins with 99, which is no province"),
        ("210002001002", "of no prefecture"),
        ("210102000002", "names a village of no township"),
        ("210102600000", "beyond 599"),
        ("210102001600", "beyond 599"),
    ],
)
def test_says_why_it_refuses(text, message):
    with pytest.raises(CodeError, match=message):
        AreaCode.parse(text)


def test_value_wants_all_digits():
    with pytest.raises(CodeError, match="must have 12 digits"):
        AreaCode("210102")


@given(st.sets(st.integers(1, 199)), st.sampled_from(list(VillageKind)))
def test_next_free_is_free_and_of_its_kind(numbers, kind):
    township = AreaCode.parse("210102001")
    taken = {f"210102001{number:03d}" for number in numbers} | {"210102002400", "nonsense"}
    if kind is VillageKind.COMMUNITY and len(numbers) == 199:
        return
    code = township.next_free(taken, kind=kind)
    assert str(code) not in taken
    assert code.village_kind is kind
    assert code.parent == township


def test_next_free_goes_back_to_gaps_only_at_the_end_and_then_stops():
    township = AreaCode.parse("210102001")
    taken = [f"210102001{number:03d}" for number in range(1, 200)]
    assert str(township.next_free(["210102001005"])) == "210102001006"
    assert str(township.next_free([taken[0], taken[2], taken[-1]])) == taken[1]
    with pytest.raises(CodeError, match="no free number from 1 to 199"):
        township.next_free(taken)


def test_only_a_township_has_villages():
    with pytest.raises(CodeError, match="is no township"):
        AreaCode.parse("210102").next_free([])


def column(path, name):
    with path.open(encoding="utf-8") as file:
        return [row[name] for row in csv.DictReader(file)]


@pytest.mark.shared
def test_accepts_every_code_that_was_issued(shared):
    areas = column(shared / "china" / "areas.csv", "code")
    streets = column(shared / "china" / "streets.csv", "code")
    communities = column(shared / "china" / "communities_target_cities.csv", "code")
    codes = [code.ljust(12, "0") for code in areas + streets + communities]
    assert len(codes) == 2_978 + 41_352 + 10_129
    assert AreaCode.valid_mask(codes).all()
    assert {code[:2] for code in areas} == {str(number) for number in PROVINCES - {71, 81, 82}}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "kind", "suffixes", "share"),
    [
        ("streets", TownshipKind.SUBDISTRICT, ("街道", "地区"), 0.999),
        ("streets", TownshipKind.TOWN, ("镇",), 0.999),
        ("streets", TownshipKind.TOWNSHIP, ("乡", "苏木"), 0.999),
        ("communities_target_cities", VillageKind.VILLAGE, ("村委会", "村民委员会"), 0.97),
        (
            "communities_target_cities",
            VillageKind.COMMUNITY,
            ("居委会", "居民委员会", "社区"),
            0.998,
        ),
    ],
)
def test_kinds_agree_with_the_names_people_gave(shared, file, kind, suffixes, share):
    path = shared / "china" / f"{file}.csv"
    codes = [AreaCode.parse(code) for code in column(path, "code")]
    names = [
        name
        for code, name in zip(codes, column(path, "name"), strict=True)
        if kind is (code.village_kind or code.township_kind)
    ]
    assert sum(name.endswith(suffixes) for name in names) >= share * len(names) > 0


@pytest.mark.shared
def test_knows_the_level_of_every_code_that_was_issued(shared):
    wrong = {
        code: AreaCode.parse(code).level
        for name, level in (
            ("areas", AreaLevel.COUNTY),
            ("streets", AreaLevel.TOWNSHIP),
            ("communities_target_cities", AreaLevel.VILLAGE),
        )
        for code in column(shared / "china" / f"{name}.csv", "code")
        if AreaCode.parse(code).level is not level
    }
    assert wrong == {
        "441900": AreaLevel.PREFECTURE,
        "442000": AreaLevel.PREFECTURE,
        "460400": AreaLevel.PREFECTURE,
        JINMEN: AreaLevel.COUNTY,
    }
