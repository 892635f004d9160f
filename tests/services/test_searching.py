from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import NOWHERE, Area
from gis_grid.errors import InputError, NotFoundError
from gis_grid.router.cells import encode, to_words
from gis_grid.services.searching.chains import chain_above
from gis_grid.services.searching.find import find
from gis_grid.storage.database import open_engine
from tests import databases, drawn, named


@contextmanager
def stored(url, store):
    engine = open_engine(url)
    store(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def on_sqlite(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("searched")
    with stored(databases.sqlite_database(folder, sqlite_template), named.store) as engine:
        yield engine


@pytest.fixture(scope="module")
def on_postgis(postgis_server, postgis_template):
    with (
        databases.postgis_database(postgis_server, postgis_template) as url,
        stored(url, named.store) as engine,
    ):
        yield engine


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def city(request):
    """Give an engine on the named city; nobody writes."""
    return request.getfixturevalue(f"on_{request.param}")


def ask(engine, text, **options):
    with Session(engine) as session:
        return find(session, text, **options)


def codes(engine, text, **options):
    return [one.code for one in ask(engine, text, **options)]


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("A", "grid", "A"),
        ("长柏花园第1网格", "grid", "A"),
        ("长柏花园 第一网格", "grid", "A"),
        ("长柏社", "grid", "w"),
        ("河东", "grid", "d"),
        ("2101010118000307", "facility", "2101010118000307"),
        ("望溪路-0307", "facility", "2101010118000307"),
        ("望溪路0307", "facility", "2101010118000307"),
        ("灯杆 0307", "facility", "2101010118000307"),
        ("307号灯杆", "facility", "2101010118000307"),
        ("望溪路 307", "facility", "2101010118000307"),
        ("2030307", "facility", "2101010118000307"),
        ("井盖 000307", "facility", "2101010103000307"),
        ("画街灯杆307", "facility", "2101010118001307"),
        ("21990200041320000025", "camera", "21990200041320000025"),
        ("1320000025", "camera", "21990200041320000025"),
        ("社区路口", "camera", "21990200041320000025"),
        ("德平苑2号楼", "building", "b21"),
        ("河东区德平苑2栋", "building", "b21"),
        ("德平苑十二号楼", "building", "b23"),
        ("望溪路12号", "building", "b24"),
        ("政务大厅", "building", "b26"),
        ("德平苑2号楼1单元", "address", "b2101"),
        ("德平苑三栋二单元501", "address", "b2202"),
        ("小太阳", "place", "p3"),
        ("幼儿园 安泉", "place", "p3"),
        ("望溪路", "street", "s1"),
        ("望西路", "street", "s1"),
        ("画河", "landcover", "l1"),
        ("长柏花园1号门", "gate", "g1"),
        ("长柏广播", "speaker", "y1"),
        ("i3", "incident", "i3"),
    ],
)
def test_finds_what_people_say(city, text, kind, code):
    first = ask(city, text)[0]
    assert (first.kind, first.code) == (kind, code)


def test_a_street_counts_once_and_knows_all_its_stretches(city):
    found = [one for one in ask(city, "望溪路") if one.kind == "street"]
    (street,) = found
    west, south, east, north = street.bbox
    assert (west, east) == pytest.approx((drawn.WEST, drawn.WEST + 3 * drawn.SIDE))
    assert (street.lon, street.lat) == pytest.approx((drawn.WEST + 1.5 * drawn.SIDE, drawn.SOUTH))
    assert south == north == street.lat


def test_exact_goes_before_beginning_before_ending(city):
    assert codes(city, "望溪路12")[:2] == ["b24", "b25"]
    assert codes(city, "灯杆 307") == ["2101010118000307", "2101010118001307"]


def test_what_no_layer_holds_is_not_dropped_silently(city):
    assert ask(city, "德平苑三栋二单元501")[0].unmatched == "501"
    assert ask(city, "德平苑三栋二单元")[0].unmatched is None
    far = ask(city, "德平苑三栋七单元")[0]
    assert (far.kind, far.code, far.unmatched) == ("building", "b22", "7单元")


def test_says_what_tells_namesakes_apart(city):
    assert [(one.name, one.note) for one in ask(city, "0307")[:1]] == [
        ("路灯 望溪路-0307", "河东区望溪路")
    ]
    assert ask(city, "A")[0].note == "长柏社区"
    assert ask(city, "德平苑2号楼1单元")[0].name == "河东区德平苑2号楼1单元"


def test_a_polygon_is_found_inside_itself(city):
    (one,) = ask(city, "G", limit=1)
    west, south, east, north = one.bbox
    assert west < one.lon < east
    assert south < one.lat < north
    assert one.bbox == pytest.approx(drawn.BOXES["G"].bounds)


@pytest.mark.parametrize("text", ["123.003,41.003", "41.003N 123.003E", "北纬41.003 东经123.003"])
def test_coordinates_are_read_in_every_datum(city, text):
    found = ask(city, text)
    assert [(one.kind, one.datum) for one in found] == [
        ("coordinate", "wgs84"),
        ("coordinate", "gcj02"),
        ("coordinate", "bd09"),
    ]
    assert (found[0].lon, found[0].lat) == pytest.approx((123.003, 41.003))
    assert [one.apart_m for one in found] == [
        0.0,
        pytest.approx(506, abs=1),
        pytest.approx(1347, abs=1),
    ]
    assert {one.name for one in found} == {"123.003000, 41.003000"}


def test_a_stated_datum_leaves_one_reading(city):
    (one,) = ask(city, "GCJ-02 123.003,41.003")
    assert (one.datum, one.apart_m) == ("gcj02", None)


def test_finds_a_cell(city):
    lon, lat = drawn.middle("E")
    word = to_words(encode(lon=[lon], lat=[lat]))[0]
    (one,) = ask(city, word.upper())
    assert (one.kind, one.code) == ("cell", word)
    west, south, east, north = one.bbox
    assert west < lon < east
    assert south < lat < north
    assert ask(city, "8fffffffffffff0") == []


def test_nothing_fits(city):
    for text in ("没有这个", "🏠", " ", "-", "zzzz", "第"):
        assert ask(city, text) == []


@pytest.mark.parametrize("limit", [0, -1, 51])
def test_refuses_a_limit_out_of_range(city, limit):
    with pytest.raises(InputError, match=r"limit -?\d+ is not between 1 and 50"):
        ask(city, "A", limit=limit)


def test_finds_only_what_lies_in_the_area(city):
    here = Area(frozenset({"B"}))
    assert codes(city, "2101010118000307", area=here) == ["2101010118000307"]
    for text in ("A", "长柏花园第1网格", "德平苑2号楼", "德平苑2号楼1单元", "画街灯杆307", "p3"):
        assert not {"A", "b21", "b2101", "2101010118001307", "p3"} & set(
            codes(city, text, area=here)
        )
    assert codes(city, "望溪路", area=NOWHERE) == ["s1"]  # the base map is everybody's
    assert codes(city, "灯杆 0307", area=NOWHERE) == []


def test_knows_the_chain_of_a_grid(city):
    with Session(city) as session:
        assert [link.code for link in chain_above(session, "A")] == ["A", "w", "s", "d", "c"]
        with pytest.raises(NotFoundError, match="no 'Z'"):
            chain_above(session, "Z")
        with pytest.raises(NotFoundError, match="no 'A'"):
            chain_above(session, "A", area=Area(frozenset({"B"})))


PARTS = st.sampled_from(
    [
        *(
            "望溪路",
            "望",
            "长柏",
            "花园",
            "德平苑",
            "2号楼",
            "三栋",
            "1单元",
            "501",
            "灯杆",
            "路灯",
        ),
        *(
            "0307",
            "307",
            "2101010118",
            "A",
            "幼儿园",
            "社区",
            "第1网格",
            "-",
            " ",
            "河东区",
            "号门",
        ),
        *("123.003", ",", "41.003", "8c3020", "%", "_", "'", "\\", "🏠", "i", "s", "100"),
    ]
)


@pytest.mark.postgis
@given(st.lists(PARTS, min_size=1, max_size=4).map("".join) | st.text(max_size=12))
def test_both_databases_answer_alike(on_sqlite, on_postgis, text):
    text = text.replace("\0", "")
    assert ask(on_sqlite, text, limit=50) == ask(on_postgis, text, limit=50)
