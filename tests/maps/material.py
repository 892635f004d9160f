"""Material for reports of the drawn city, without a database."""

from datetime import UTC, datetime, timedelta

import geopandas as gpd
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


def plan():
    """Return a plan that merged C into F, one grid far over the mean, with a hostile title."""
    new = {letter: box for letter, box in drawn.BOXES.items() if letter not in "CF"}
    new["F"] = drawn.BOXES["C"].union(drawn.BOXES["F"])
    off = np.linspace(-0.3, 0.4, len(new))
    rows = pd.DataFrame(
        [
            *({"role": "new", "code": code} for code in new),
            *({"role": "old", "code": code} for code in drawn.BOXES),
            {"role": "moved", "code": "B000003"},
        ]
    )
    known = {"off": off, "work": 1.0 + off, "households": 10.0, "area_ha": 3.7, "pieces": 1}
    for name, values in known.items():
        rows.loc[rows["role"] == "new", name] = values
    shapes = [*new.values(), *drawn.BOXES.values(), drawn.BOXES["C"]]
    frame = gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")
    frame.attrs = {
        "number": 7,
        "title": drawn.HOSTILE,
        "stage": "review",
        "step": 12,
        "generation": 3,
        "grids_before": 9,
        "cv_before": 0.25,
        "cv": 0.2,
        "moved_share": 0.041,
        "worst": 0.4,
    }
    return frame


def material(**changed):
    """Return the material of the drawn city; `changed` replaces fields, ``frames`` are merged."""
    cells = drawn.frames()["incidents"]["cell"].to_numpy(np.int64)
    held, counts = np.unique(cells, return_counts=True)
    frames = {
        **drawn.frames(),
        "grids": grids(),
        "cameras": cameras(),
        "incidents": incidents(),
        "plan": plan(),
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
