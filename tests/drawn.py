"""A city small enough to be drawn here, stored through the real stores."""

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Engine

from gis_grid.grid.levels import COMMUNITY_GRID
from gis_grid.router.cells import encode
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import LAYERS
from tests import stored

PLAN = """
ABC
DEF
GHI
"""
"""Ground grids, north at the top. The west two columns are one community, the east one another."""

WEST, SOUTH, SIDE = 123.0, 41.0, 0.002
START = datetime(2026, 1, 1, tzinfo=UTC)
HOSTILE = "</script><img src=x onerror=alert(1)>{{7*7}}\"'&"
ROWS = PLAN.split()
BOXES = {
    letter: shapely.box(
        round(WEST + column * SIDE, 6),
        round(SOUTH + (2 - row) * SIDE, 6),
        round(WEST + (column + 1) * SIDE, 6),
        round(SOUTH + (3 - row) * SIDE, 6),
    )
    for row, line in enumerate(ROWS)
    for column, letter in enumerate(line)
}


def layer(name, rows, shapes=None):
    """Make a frame of a layer; fields that are not given are missing."""
    fields = LAYERS[name].field_names
    frame = pd.DataFrame([{field: row.get(field) for field in fields} for row in rows])
    frame = frame.reindex(columns=fields)
    if shapes is None:
        return frame
    return gpd.GeoDataFrame(frame, geometry=list(shapes), crs="EPSG:4326")


def grids(names=None):
    """Return the grids of every level."""
    names = names or {}
    everything = shapely.union_all(list(BOXES.values()))
    tops = [("c", "city", None), ("d", "district", "c"), ("s", "subdistrict", "d")]
    rows = [{"code": code, "level": level, "parent_code": up} for code, level, up in tops]
    shapes = [everything] * 3
    for code, letters in (("w", "ABDEGH"), ("e", "CFI")):
        rows.append({"code": code, "level": "community", "parent_code": "s"})
        shapes.append(shapely.union_all([BOXES[letter] for letter in letters]))
    for letter, box in BOXES.items():
        up = "e" if letter in "CFI" else "w"
        rows.append({"code": letter, "level": "subarea", "parent_code": up, "households": 10})
        shapes.append(box)
    named = [row | {"name": names.get(row["code"], f"网格{row['code']}")} for row in rows]
    return layer("grids", named, shapes)


def middle(letter):
    """Return the middle of a ground grid."""
    point = BOXES[letter].centroid
    return round(point.x, 6), round(point.y, 6)


def points(name, spec):
    """Make a layer of points from pairs of a row and the letter of its grid."""
    places = [middle(letter) for _, letter in spec]
    lon, lat = np.array(places).T
    cells = encode(lon=lon, lat=lat)
    rows = [
        row | {"grid_code": letter, "cell": cell}
        for (row, letter), cell in zip(spec, cells, strict=True)
    ]
    return layer(name, rows, shapely.points(lon, lat))


def store(engine: Engine) -> None:
    """Put the drawn city into a migrated database."""
    stored.put(engine, fill)


def fill(engine: Engine) -> None:
    """Make the drawn city anew in a migrated database."""
    with sessions(engine).begin() as session:
        city = City(name="画市", area_code="210000000000", scheme=COMMUNITY_GRID, epsg=4550)
        CityStore(session).put(city)
        GenerationStore(session).publish(grids(), name="初稿", valid_from=START)
        layers = LayerStore(session)
        for name, frame in frames().items():
            layers.upsert(name, frame)


def frames():
    """Return every layer but the grids."""
    house = shapely.box(123.0005, 41.0005, 123.0009, 41.0009)
    road = shapely.LineString([(WEST, 41.002), (WEST + 3 * SIDE, 41.002)])
    when = [START + timedelta(days=day) for day in range(8)]
    return {
        "buildings": layer(
            "buildings",
            [{"code": "b1", "name": HOSTILE, "floors": 6, "households": 12, "grid_code": "G"}],
            [house],
        ),
        "facilities": points(
            "facilities",
            [
                ({"code": "f1", "category": "0101", "dialect": "2007"}, "A"),
                ({"code": "f2", "category": "0118", "state": "intact"}, "A"),
                ({"code": "f3", "category": "0118"}, "E"),
            ],
        ),
        "cameras": points("cameras", [({"code": "k1", "height_m": 6.5, "azimuth_deg": 90.0}, "E")]),
        "places": points("places", [({"code": "p1", "category": "market"}, "I")]),
        "streets": layer(
            "streets",
            [{"code": "r1", "name": "画街", "category": "arterial", "bridge": False}],
            [road],
        ),
        "landcover": layer(
            "landcover", [{"code": "l1", "category": "water", "name": "画河"}], [BOXES["H"]]
        ),
        "officers": layer(
            "officers",
            [
                {
                    "code": "o1",
                    "name": "不可公开",
                    "role": "网格员",
                    "area_code": "A",
                    "duty_phone": "800",
                }
            ],
        ),
        "incidents": points(
            "incidents",
            [
                (
                    {"code": f"i{n}", "state": "reported", "reported_at": day, "category": "0501"},
                    "E",
                )
                for n, day in enumerate(when)
            ],
        ),
    }
