"""Sets of special grids on both databases."""

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import ConflictError, InputError
from gis_grid.storage.audit import AuditStore
from gis_grid.storage.special import SpecialStore, digest

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = FIRST + timedelta(days=100)
CAMPUS = shapely.Polygon([(123, 41), (123.01, 41), (123.01, 41.01)])
ROAD = shapely.LineString([(123, 41), (123.02, 41.0000001)])


def frame(*rows):
    """Return special grids of code, name, priority, tolerance and shape."""
    names = ("code", "name", "priority", "tolerance_m", "geometry")
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return gpd.GeoDataFrame(dict(zip(names, columns, strict=True)), crs="EPSG:4326")


BOTH = (("路", "画街", 2.0, 15.0, ROAD), ("a", None, 0.0, 0.0, CAMPUS))


def test_a_set_comes_back_as_it_was_put(session):
    store = SpecialStore(session)
    assert store.put(frame(*BOTH), valid_from=FIRST) == 1
    found = store.get(1)
    assert found.crs == "EPSG:4326"
    assert found["code"].tolist() == ["a", "路"]
    assert found["name"].tolist() == [None, "画街"]
    assert found[["priority", "tolerance_m"]].to_numpy().tolist() == [[0.0, 0.0], [2.0, 15.0]]
    assert shapely.to_wkb(found.geometry.to_numpy()).tolist() == [CAMPUS.wkb, ROAD.wkb]


def test_each_set_is_valid_until_the_next_one(session):
    store = SpecialStore(session)
    assert store.number() == 0
    assert store.get(0).empty
    store.put(frame(*BOTH), valid_from=FIRST)
    store.put(frame(BOTH[0]), valid_from=SECOND)
    a_moment = timedelta(microseconds=1)
    moments = [FIRST - a_moment, FIRST, SECOND - a_moment, SECOND, None]
    assert [store.number(moment) for moment in moments] == [0, 1, 1, 2, 2]
    assert [len(store.get(number)) for number in (1, 2, 3)] == [2, 1, 0]


def test_no_rows_end_the_set_before(session):
    store = SpecialStore(session)
    store.put(frame(*BOTH), valid_from=FIRST)
    assert store.put(frame(), valid_from=SECOND) == 2
    assert store.get(2).empty


def test_the_same_again_changes_nothing(session):
    store = SpecialStore(session)
    store.put(frame(*BOTH), valid_from=FIRST)
    session.commit()
    assert store.put(frame(*BOTH[::-1]), valid_from=FIRST) == 1
    session.commit()
    entries = AuditStore(session).page()
    assert [(one.change.action, one.change.layer) for one in entries] == [("load", "special")]
    assert entries[0].change.after == {"set": 1, "rows": 2, "sha256": digest(frame(*BOTH))}


def test_heights_are_left_out(session):
    high = shapely.LineString([(123, 41, 5), (123.01, 41, 6)])
    store = SpecialStore(session)
    store.put(frame(("r", None, 0.0, 1.0, high)), valid_from=FIRST)
    assert store.get(1).geometry.iloc[0].wkt == "LINESTRING (123 41, 123.01 41)"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((BOTH[0], BOTH[0]), "a code of its own"),
        ((("", None, 0.0, 0.0, CAMPUS),), "a code of its own"),
        ((("x", None, 0.0, 0.0, None),), "'x' has no shape"),
        ((("x", None, 0.0, 0.0, shapely.Polygon()),), "'x' has no shape"),
    ],
)
def test_refuses_what_could_not_be_told_apart_or_found(session, rows, message):
    with pytest.raises(InputError, match=message):
        SpecialStore(session).put(frame(*rows), valid_from=FIRST)


def test_refuses_moments_without_zone_and_out_of_order(session):
    store = SpecialStore(session)
    naive = FIRST.replace(tzinfo=None)
    with pytest.raises(InputError, match="time zone"):
        store.put(frame(*BOTH), valid_from=naive)
    with pytest.raises(InputError, match="time zone"):
        store.number(naive)
    store.put(frame(*BOTH), valid_from=SECOND)
    for late in (FIRST, SECOND):
        with pytest.raises(ConflictError, match="begin later"):
            store.put(frame(), valid_from=late)


@given(st.permutations(range(4)), st.integers(0, 3), st.sampled_from(range(5)))
def test_a_digest_knows_every_value_and_no_order(order, row, column):
    rows = [(code, f"n{code}", float(n), 1.0, CAMPUS) for n, code in enumerate("abcd")]
    assert digest(frame(*(rows[at] for at in order))) == digest(frame(*rows))
    other = list(rows[row])
    other[column] = ("other", None, 99.0, np.nextafter(1.0, 2.0), ROAD)[column]
    assert digest(frame(*rows[:row], other, *rows[row + 1 :])) != digest(frame(*rows))
