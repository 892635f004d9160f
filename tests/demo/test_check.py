"""Each promise can be broken, and a damaged city is caught."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis_grid.demo.check import check_city


def value(column, new, row=0):
    return lambda frame, _: frame.assign(
        **{column: frame[column].where(np.arange(len(frame)) != row % len(frame), new)}
    )


def shape(change):
    """Change the first geometry."""

    def changed(frame, city):
        shapes = frame.geometry.to_numpy().copy()
        shapes[0] = change(shapes, city)
        return frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))

    return changed


def east(degrees):
    return shape(
        lambda shapes, _: shapely.transform(shapes[0], lambda c: c + np.array([degrees, 0.0]))
    )


def on_a_street(shapes, city):
    street = city.layer("streets").geometry.iloc[0]
    shift = np.array(street.centroid.coords[0]) - np.array(shapes[0].centroid.coords[0])
    return shapely.transform(shapes[0], lambda c: c + shift)


LARGER = shape(lambda shapes, _: shapely.buffer(shapes[0], 0.001))
ONTO_SECOND = shape(lambda shapes, _: shapes[1])

DAMAGE = [
    ("grids", lambda f, _: f.iloc[:-1], "blocks tile the ground grids"),
    ("grids", lambda f, _: f.iloc[:-1], "subarea grids tile their community"),
    ("grids", LARGER, "district grids tile their city"),
    ("grids", value("persons", 1), "persons add up to each city"),
    ("grids", value("parent_code", "9", 3), "every parent is a grid"),
    ("grids", value("parent_code", "219900000000", 30), "every parent is of a level above"),
    ("grids", value("area_code", "219900"), "area codes are valid"),
    ("grids", value("unit_code", "1", -1), "unit codes are valid"),
    ("buildings", ONTO_SECOND, "buildings stand apart"),
    ("buildings", east(0.3), "buildings stand inside one block"),
    ("buildings", shape(on_a_street), "buildings stand off the streets"),
    ("buildings", value("households", 900), "households of entrances add up"),
    ("buildings", value("code", "1"), "five-level codes are valid"),
    ("entrances", east(0.00001), "doors are in the walls of their building"),
    ("entrances", lambda f, _: f.assign(persons=f["persons"] + 1), "persons of entrances add up"),
    ("facilities", value("code", "1"), "facility codes are valid"),
    ("facilities", value("state", "odd"), "facilities state is one of its choices"),
    ("facilities", value("category", None), "facilities always has category"),
    ("facilities", east(0.9), "facilities are in the city"),
    ("cameras", value("code", "1"), "camera codes are valid"),
    ("cameras", value("tilt_deg", 99.0), "cameras tilt_deg is in range"),
    ("cameras", lambda f, _: f.assign(code=f["code"].iloc[0]), "cameras codes are unique"),
    ("streets", lambda f, _: f[~f["bridge"]], "streets connect"),
    ("streets", lambda f, _: f.assign(bridge=False), "some streets are bridges"),
    ("ways", east(0.001), "each way begins and ends at its nodes"),
    ("ways", lambda f, _: f[f["category"] != "street"], "the walk network connects"),
    ("places", lambda f, _: f.assign(title="x"), "places has its fields in order"),
    ("speakers", lambda f, _: f.iloc[:0], "speakers has rows"),
    ("incidents", value("closed_at", pd.NaT), "settled incidents have an end"),
    ("incidents", lambda f, _: f.iloc[::-1], "incidents are in order"),
    ("incidents", lambda f, _: f.assign(due_at=f["closed_at"]), "some incidents are late"),
    ("incidents", lambda f, _: f.assign(state="reported"), "most incidents are settled"),
]


def rounds():
    """Spread the damages so that each round damages a layer once: one check sees many."""
    found = []
    for layer, change, promise in DAMAGE:
        free = next((r for r in found if layer not in r), None)
        if free is None:
            found.append(free := {})
        free[layer] = (change, promise)
    return found


ROUNDS = rounds()


@pytest.mark.parametrize("damage", ROUNDS, ids=[str(k) for k in range(len(ROUNDS))])
def test_notices(city, damage):
    layers = dict(city.layers)
    for name, (change, _) in damage.items():
        layers[name] = change(layers[name], city)
    kept = check_city(replace(city, layers=layers))
    missed = [promise for _, promise in damage.values() if kept[promise]]
    assert missed == []
