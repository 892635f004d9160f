"""Material for reports of the drawn city, without a database."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from gis_grid.grid.generations import Generation
from gis_grid.grid.levels import COMMUNITY_GRID
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.vocabulary import vocabularies
from tests import drawn

NOW = datetime(2026, 11, 21, 6, 32, tzinfo=UTC)
STATES = ("reported", "accepted", "filed", "dispatched", "handled", "closed", "rejected")


def grids(households=range(10, 100, 10)):
    """Return the grids; each ground grid has its own number of households, some none known."""
    frame = drawn.grids({"A": drawn.HOSTILE})
    counts = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    counts[frame["level"] == "subarea"] = pd.array(list(households), dtype="Int64")
    frame["households"] = counts
    return frame


def incidents():
    """Return an incident of each state, one overdue and one of doubtful place."""
    rows = [
        ({"code": f"i{number}", "state": state, "due_at": NOW + timedelta(days=1)}, letter)
        for number, (state, letter) in enumerate(zip(STATES, "ABCDEFG", strict=True))
    ]
    rows.append(({"code": "late", "state": "filed", "due_at": NOW - timedelta(days=9)}, "H"))
    doubted = {"code": "lost", "state": "filed", "doubt": "null_island", "due_at": NOW}
    frame = drawn.points("incidents", [*rows, (doubted, "I")])
    frame["reported_at"] = pd.Timestamp(NOW) - pd.Timedelta(days=20)
    return frame.assign(kind="event", category="0501")


def cameras():
    """Return a camera of each kind of bearing."""
    known = {"azimuth_deg": 90.0, "fov_deg": 60.0}
    return drawn.points(
        "cameras",
        [
            ({"code": "k1", "kind": "fixed", "azimuth_quality": "surveyed", **known}, "E"),
            ({"code": "k2", "kind": "fixed", "azimuth_quality": "sector", **known}, "A"),
            ({"code": "k3", "kind": "panorama", "azimuth_quality": "unknown"}, "B"),
            ({"code": "k4", "kind": "dome", "azimuth_quality": "unknown", **known}, "C"),
            ({"code": "k5", "kind": "dome"}, "D"),
        ],
    )


def material(**changed):
    """Return the material of the drawn city; `changed` replaces fields, ``frames`` are merged."""
    cells = drawn.frames()["incidents"]["cell"].to_numpy(np.int64)
    held, counts = np.unique(cells, return_counts=True)
    frames = {
        **drawn.frames(),
        "grids": grids(),
        "cameras": cameras(),
        "incidents": incidents(),
        "incident_cells": pd.DataFrame({"cell": held, "count": counts}),
    } | changed.pop("frames", {})
    settings = {
        "city": "画市",
        "scheme": COMMUNITY_GRID,
        "generation": Generation(number=3, name="初稿", valid_from=drawn.START),
        "drawn_at": NOW,
        "vocabularies": vocabularies(),
        "since": NOW - timedelta(days=28),
        "until": NOW,
    }
    return Material(frames=frames, **(settings | changed))
