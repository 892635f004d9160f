"""What is worth a look, on both databases."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import EVERYWHERE, Area
from gis_grid.incidents.unusual import unusual
from gis_grid.router.cells import encode, parents
from gis_grid.services.attention import Asked, attention
from gis_grid.services.territory import territory_of
from gis_grid.storage.database import sessions
from gis_grid.storage.incident_times import Choice
from gis_grid.storage.layers import LayerStore
from tests import drawn, stored

END = drawn.START + timedelta(days=200)
NOW_DAYS, BEFORE_DAYS = 28, 84
NOW = {"E": 30, "I": 1, "A": 5}
BEFORE = {"E": 12, "I": 60, "A": 14}


def reports(counts, until, days):
    """Return so many incidents of each grid, spread evenly over the days before an instant."""
    for letter, count in counts.items():
        for n in range(count):
            at = until - timedelta(days=days) + timedelta(days=days) * (n + 0.5) / count
            code, kind = f"{letter}-{days}-{n}", "event" if letter == "E" else "facility"
            yield {"code": code, "kind": kind, "state": "reported", "reported_at": at}, letter


def store_busy(engine):
    """Put the drawn city into a database, with a record that has changed in its last four weeks."""
    stored.put(engine, _fill)


def _fill(engine):
    drawn.store(engine)
    since = END - timedelta(days=NOW_DAYS)
    rows = [*reports(NOW, END, NOW_DAYS), *reports(BEFORE, since, BEFORE_DAYS)]
    with sessions(engine).begin() as session:
        LayerStore(session).upsert("incidents", drawn.points("incidents", rows))


@pytest.fixture
def busy(engine):
    store_busy(engine)
    with Session(engine) as session:
        yield session


def looked(session, *, recorded_days=200, **options):
    since = END - timedelta(days=NOW_DAYS)
    asked = Asked(since=since, until=END, recorded_since=since - timedelta(days=recorded_days))
    land = territory_of(session)
    return attention(session, land, asked, ground="subarea", wide="subarea", **options)


def test_grids_are_compared_with_their_own_weeks_before(busy):
    found = looked(busy)
    assert (found.usual_days, found.compared, found.more) == (BEFORE_DAYS, 9, 0)
    letters = "ABCDEFGHI"
    wanted = unusual(
        [NOW.get(one, 0) for one in letters],
        [BEFORE.get(one, 0) for one in letters],
        now_days=NOW_DAYS,
        before_days=BEFORE_DAYS,
    )
    assert [(one.code, one.compared) for one in found.grids] == [("E", 1), ("I", -1)]
    for one in found.grids:
        row = letters.index(one.code)
        assert (one.count, one.name) == (NOW[one.code], f"网格{one.code}")
        assert one.expected == pytest.approx(wanted.expected[row])
        assert one.chance == pytest.approx(wanted.chance[row])
        assert (one.low > one.expected) or (one.high < one.expected)


def test_a_short_record_does_not_say_what_is_usual(busy):
    assert looked(busy, recorded_days=27).usual_days is None
    assert looked(busy, recorded_days=27).grids == []
    assert looked(busy, recorded_days=40).usual_days == 40


def test_the_hot_spot_has_its_weeks(busy):
    hot = looked(busy, choice=Choice(kind="event")).hot
    lon, lat = drawn.middle("E")
    assert hot.spot.cell == parents(encode(lon=[lon], lat=[lat]), hot.resolution)[0]
    assert hot.spot.count == NOW["E"]
    edges = np.arange(13) * 7 - 84
    moments = [
        (row["reported_at"] - END) / timedelta(days=1)
        for part in (
            reports(NOW, END, NOW_DAYS),
            reports(BEFORE, END - timedelta(days=NOW_DAYS), BEFORE_DAYS),
        )
        for row, letter in part
        if letter == "E"
    ]
    assert list(hot.weeks) == np.histogram(moments, edges)[0].tolist()


def test_an_area_and_a_choice_narrow_it(busy):
    part = looked(busy, area=Area(frozenset({"I", "A"})))
    assert [one.code for one in part.grids] == ["I"]
    assert part.compared == 2
    assert part.hot is None or part.hot.spot.count == NOW["A"]
    none = looked(busy, choice=Choice(source="hotline"), area=EVERYWHERE)
    assert (none.hot, none.grids, none.compared) == (None, [], 9)
