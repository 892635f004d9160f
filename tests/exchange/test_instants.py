from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import InputError
from gis_grid.exchange.instants import Clock, parse_instants

MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31))  # noqa: DTZ001 - UTC below
FORMS = [
    "%Y-%m-%dT%H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日%H时%M分%S秒",
    "%Y%m%d%H%M%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m-%d-%Y %H:%M:%S",
]


@pytest.mark.parametrize("form", FORMS)
@given(moments=st.lists(MOMENTS, min_size=1, max_size=5))
def test_agrees_with_the_standard_library(form, moments):
    whole = [moment.replace(microsecond=0) for moment in moments]
    texts = pd.Series([moment.strftime(form) for moment in whole])
    found = parse_instants(texts, Clock(timezone="UTC", order="month-first"))
    assert list(found) == [pd.Timestamp(moment, tz=UTC) for moment in whole]


@given(moment=MOMENTS, hours=st.integers(-12, 14))
def test_takes_the_zone_that_a_text_states(moment, hours):
    text = f"{moment.isoformat(timespec='microseconds')}{hours:+03d}:00"
    found = parse_instants(pd.Series([text]), Clock())
    assert found.iloc[0] == pd.Timestamp(text).tz_convert("UTC")


@given(st.text(max_size=12))
def test_says_nothing_about_what_is_no_date(text):
    found = parse_instants(pd.Series([f"x{text}"]), Clock(order="day-first"))
    assert found.isna().all()


def test_tells_the_order_of_day_and_month_by_the_column():
    months = parse_instants(pd.Series(["03/04/2015", "12/25/2015"]), Clock(timezone="UTC"))
    assert str(months.iloc[0].date()) == "2015-03-04"
    days = parse_instants(pd.Series(["03/04/2015", "25/12/2015"]), Clock(timezone="UTC"))
    assert str(days.iloc[0].date()) == "2015-04-03"
    with pytest.raises(InputError, match="--day-order"):
        parse_instants(pd.Series(["03/04/2015"]), Clock())


def test_takes_the_first_of_an_hour_that_happens_twice():
    twice = parse_instants(pd.Series(["2015-11-01 01:30"]), Clock(timezone="America/New_York"))
    assert str(twice.iloc[0]) == "2015-11-01 05:30:00+00:00"
    never = parse_instants(pd.Series(["2015-03-08 02:30"]), Clock(timezone="America/New_York"))
    assert str(never.iloc[0]) == "2015-03-08 07:00:00+00:00"


def test_does_not_believe_years_far_away():
    far = pd.Series(["0001-01-01", "9999-12-31", "2015-13-01", "2015-01-01 25:00"])
    assert parse_instants(far, Clock()).isna().all()


def test_knows_no_invented_zone():
    with pytest.raises(InputError, match="no time zone 'Asia/Atlantis'"):
        parse_instants(pd.Series(["2015-01-01"]), Clock(timezone="Asia/Atlantis"))
