from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import EVERYWHERE, Area
from gis_grid.accounts.principals import Grant
from gis_grid.accounts.roles import Role
from gis_grid.errors import InputError
from gis_grid.services.statistics import Span, ranked_level, recorded, reports_by_day, window_of
from gis_grid.services.territory import territory_of
from gis_grid.storage.layers import LayerStore
from tests import drawn

OWNERS = "AABEEEIIII"
NOW = drawn.START + timedelta(days=90)


@pytest.fixture
def city(engine):
    drawn.store(engine)
    with Session(engine) as session:
        spec = [
            (
                {
                    "code": f"j{n}",
                    "state": "closed" if n % 2 else "dispatched",
                    "reported_at": drawn.START + timedelta(days=20 + n, hours=3),
                    "closed_at": drawn.START + timedelta(days=20 + n, hours=5) if n % 2 else None,
                    "due_at": drawn.START + timedelta(days=20 + n, hours=4),
                },
                letter,
            )
            for n, letter in enumerate(OWNERS)
        ]
        LayerStore(session).upsert("incidents", drawn.points("incidents", spec))
        yield session


SPAN = Span(first=date(2026, 1, 21), last=date(2026, 1, 30))


def test_a_span_knows_the_one_before():
    assert (SPAN.days, SPAN.before) == (10, Span(first=date(2026, 1, 11), last=date(2026, 1, 20)))
    with pytest.raises(InputError, match="lies before the first"):
        Span(first=date(2026, 1, 2), last=date(2026, 1, 1))


def test_grids_are_ranked_by_what_they_own(city):
    found = window_of(city, territory_of(city), SPAN, now=NOW)
    assert found.level == "subarea"
    assert {one.code: one.count for one in found.grids if one.count} == {
        letter: OWNERS.count(letter) for letter in set(OWNERS)
    }
    assert [one.rate for one in found.grids] == sorted(
        (one.rate for one in found.grids), reverse=True
    )
    assert found.mean == pytest.approx(len(OWNERS) / 90 * 1000)
    assert found.elsewhere == 0
    assert found.now.reported == len(OWNERS)
    assert (found.now.closed, found.now.timed, found.now.in_time) == (5, 10, 0)
    assert found.before.reported == 0
    assert len(found.weeks) == 12
    assert found.weeks[-1][0] == SPAN.last
    assert sum(figures.reported for _, figures in found.weeks) == len(OWNERS) + 8
    assert sum(map(sum, found.hours)) == len(OWNERS)


def test_nobody_is_told_of_what_lies_elsewhere(city):
    land = territory_of(city)
    east = land.area([Grant(Role.LEADER, "e", generation=1)])
    found = window_of(city, land, SPAN, now=NOW, area=east)
    assert {one.code for one in found.grids} == {"C", "F", "I"}
    assert found.now.reported == OWNERS.count("I")
    assert found.mean == pytest.approx(OWNERS.count("I") / 30 * 1000)
    assert recorded(city, area=east).last == SPAN.last
    assert sum(reports_by_day(city, SPAN, area=east)) == OWNERS.count("I")


def test_the_level_is_the_widest_worth_comparing(city):
    land = territory_of(city)
    assert ranked_level(land, EVERYWHERE) == "subarea"
    assert ranked_level(land, Area(frozenset("AB"))) == "subarea"
    assert ranked_level(land, Area(frozenset())) == ""


def test_days_without_reports_are_told(city):
    assert recorded(city) == Span(first=date(2025, 1, 31), last=date(2026, 1, 30))
    counts = reports_by_day(city, Span(first=date(2026, 1, 1), last=date(2026, 1, 30)))
    assert counts == [1] * 8 + [0] * 12 + [1] * 10
