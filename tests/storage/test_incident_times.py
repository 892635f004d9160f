"""Spans of days counted by both databases, against counting each incident by hand."""

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gis_grid.incidents.record import figures_of
from gis_grid.storage.incident_times import ALL, Choice, daily_counts, outcome_groups, weekly_hours
from gis_grid.storage.layers import LayerStore
from tests import drawn

CITY = ZoneInfo("Asia/Shanghai")
DAYS, MANY = 20, 300
UNTIL = drawn.START + timedelta(days=DAYS)
NOW = UNTIL - timedelta(days=3)
EPOCH = datetime(1970, 1, 1, tzinfo=CITY).date()
STATES = ("reported", "dispatched", "closed", "closed", "closed", "rejected")


@pytest.fixture(scope="module")
def incidents():
    rng = np.random.default_rng(5)
    rows = []
    for number in range(MANY):
        reported = drawn.START + timedelta(seconds=int(rng.integers(-86_400, (DAYS + 1) * 86_400)))
        state = STATES[rng.integers(len(STATES))]
        took, limit = timedelta(minutes=int(rng.integers(0, 9000))), timedelta(hours=60)
        rows.append(
            {
                "code": f"i{number:03}",
                "state": state,
                "kind": ("event", "facility")[number % 2],
                "source": ("hotline", "app", None)[number % 3],
                "reported_at": reported,
                "due_at": None if number % 5 == 0 else reported + limit,
                "closed_at": reported + took if state == "closed" else None,
            }
        )
    return rows


@pytest.fixture
def stored(session, incidents):
    LayerStore(session).upsert(
        "incidents", drawn.points("incidents", [(row, "A") for row in incidents])
    )
    return session


def day(row):
    return (row["reported_at"].astimezone(CITY).date() - EPOCH).days


def within(rows, choice=ALL):
    return [
        row
        for row in rows
        if drawn.START <= row["reported_at"] < UNTIL
        and choice.kind in {None, row["kind"]}
        and choice.source in {None, row["source"]}
    ]


CHOICES = [ALL, Choice(kind="event"), Choice(kind="facility", source="hotline"), Choice(source="?")]


@pytest.mark.parametrize("choice", CHOICES)
def test_figures_are_those_of_counting_by_hand(stored, incidents, choice):
    span = {"since": drawn.START, "until": UNTIL}
    groups = outcome_groups(stored, **span, now=NOW, choice=choice)
    first = (drawn.START.astimezone(CITY).date() - EPOCH).days + 2
    found = figures_of(groups, first, first + 11)
    mine = [row for row in within(incidents, choice) if first <= day(row) <= first + 11]
    done = [row for row in mine if row["state"] == "closed"]
    late_open = [
        row
        for row in mine
        if row["state"] not in {"closed", "rejected"} and row["due_at"] and row["due_at"] < NOW
    ]
    timed = [row for row in done if row["due_at"]]
    assert found.reported == len(mine)
    assert found.accepted == sum(row["state"] != "rejected" for row in mine)
    assert found.closed == len(done)
    assert found.timed == len(timed) + len(late_open)
    assert found.in_time == sum(row["closed_at"] <= row["due_at"] for row in timed)
    hours = sorted((row["closed_at"] - row["reported_at"]).total_seconds() / 3600 for row in done)
    if not hours:
        assert (found.mean_h, found.p90_h) == (None, None)
        return
    assert found.mean_h == pytest.approx(np.mean(hours))
    assert found.p90_h == int(hours[math.ceil(len(hours) * 0.9) - 1]) + 1


@pytest.mark.parametrize("choice", CHOICES)
def test_days_and_hours_are_those_of_the_city(stored, incidents, choice):
    span = {"since": drawn.START, "until": UNTIL, "choice": choice}
    mine = within(incidents, choice)
    by_day = {one: sum(day(row) == one for row in mine) for one in sorted({*map(day, mine)})}
    assert daily_counts(stored, **span) == by_day
    week = np.zeros((7, 24), int)
    for row in mine:
        local = row["reported_at"].astimezone(CITY)
        week[local.weekday(), local.hour] += 1
    assert weekly_hours(stored, **span) == week.tolist()


def test_nothing_recorded_is_nothing_counted(session):
    span = {"since": drawn.START, "until": UNTIL}
    assert figures_of(outcome_groups(session, **span, now=NOW), 0, 99_999).reported == 0
    assert daily_counts(session, **span) == {}
    assert sum(map(sum, weekly_hours(session, **span))) == 0
