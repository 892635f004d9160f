from datetime import timedelta

import numpy as np
import pandas as pd

from gis_grid.storage.incidents import cell_counts, last_reported_at
from gis_grid.storage.layers import LayerStore
from tests import drawn

AGES = (0, 1, 1, 5, 5, 5, 9)
LETTERS = "AABEEEI"
WEEK = timedelta(days=7)


def incidents():
    spec = [
        (
            {
                "code": f"i{n}",
                "state": "reported",
                "reported_at": drawn.START + timedelta(days=age),
            },
            at,
        )
        for n, (age, at) in enumerate(zip(AGES, LETTERS, strict=True))
    ]
    return drawn.points("incidents", spec)


def test_counts_by_cell_as_a_frame_would(session):
    frame = incidents()
    LayerStore(session).upsert("incidents", frame)
    found = cell_counts(session, since=drawn.START, until=drawn.START + WEEK)
    inside = frame[frame["reported_at"] <= pd.Timestamp(drawn.START + WEEK)]
    cells, counts = np.unique(inside["cell"].to_numpy(np.int64), return_counts=True)
    assert found.cells.tolist() == cells.tolist()
    assert found.counts.tolist() == counts.tolist()
    assert found.doubted == 0
    assert last_reported_at(session) == drawn.START + timedelta(days=9)


def test_both_ends_count(session):
    LayerStore(session).upsert("incidents", incidents())
    day = drawn.START + timedelta(days=5)
    assert cell_counts(session, since=day, until=day).counts.sum() == 3


def test_what_is_doubted_or_has_no_point_is_in_no_cell(session):
    frame = incidents()
    frame.loc[frame["code"] == "i3", "doubt"] = "far_away"
    frame.loc[frame["code"] == "i4", "geometry"] = None
    frame.loc[frame["code"] == "i4", "cell"] = 0
    LayerStore(session).upsert("incidents", frame)
    found = cell_counts(session, since=drawn.START, until=drawn.START + WEEK)
    assert found.counts.sum() == 4
    assert found.doubted == 1


def test_no_incidents(session):
    assert last_reported_at(session) is None
    found = cell_counts(session, since=drawn.START, until=drawn.START + WEEK)
    assert found.cells.shape == found.counts.shape == (0,)
