"""Points of a layer as arrays: the same whether all rows are read or looked up by an index."""

from datetime import timedelta

import numpy as np
import pytest
import shapely

from gis_grid.errors import InputError
from gis_grid.storage import placed
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.placed import placed_in
from tests import drawn

STATES = ("reported", "closed", "rejected", "handled", "closed", "closed")
LETTERS = "AABEEI"


@pytest.fixture
def stored(session):
    spec = [
        ({"code": f"i{n}", "state": state, "reported_at": drawn.START + timedelta(days=n)}, at)
        for n, (state, at) in enumerate(zip(STATES, LETTERS, strict=True))
    ]
    frame = drawn.points("incidents", spec)
    frame.loc[frame["code"] == "i4", "doubt"] = "far_away"
    LayerStore(session).upsert("incidents", frame)
    return session, frame


@pytest.mark.parametrize("share", [0.0, 2.0])  # always, never
@pytest.mark.parametrize("letters", ["A", "ABE", "ABEI"])
def test_points_in_a_box_are_those_of_a_frame(stored, monkeypatch, share, letters):
    monkeypatch.setattr(placed, "WIDE", share)
    session, frame = stored
    bbox = tuple(shapely.union_all([drawn.BOXES[one] for one in letters]).bounds)
    since, until = drawn.START, drawn.START + timedelta(days=4)
    found = placed_in(session, "incidents", bbox, since=since, until=until)
    kept = frame[frame["doubt"].isna() & (frame["state"] != "rejected")]
    kept = kept[(kept["reported_at"] <= until) & shapely.covers(shapely.box(*bbox), kept.geometry)]
    order = np.argsort(found.codes)
    assert found.codes[order].tolist() == kept["code"].tolist()
    assert np.array_equal(found.lonlat[order], shapely.get_coordinates(kept.geometry))
    still = placed_in(session, "incidents", bbox, is_open=True)
    expected = kept.loc[kept["state"].isin(["reported", "handled"]), "code"]
    assert sorted(still.codes) == expected.tolist()


def test_without_points_there_are_none(session):
    found = placed_in(session, "cameras", (-180.0, -90.0, 180.0, 90.0))
    assert (len(found), found.lonlat.shape) == (0, (0, 2))


def test_only_points_are_placed(session):
    with pytest.raises(InputError, match="grids is no layer of points"):
        placed_in(session, "grids", (0.0, 0.0, 1.0, 1.0))
