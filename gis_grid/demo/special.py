"""Special grids of the made-up city: each park and each river that has a name."""

import geopandas as gpd
import pandas as pd
import shapely

_KINDS = {"green": ("G", 0.0), "water": ("W", 1.0)}
"""First letter of the code, and the priority: a river through a park is the river's."""


def make_special(landcover: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the named water and green of a city as special grids, by code.

    Parameters
    ----------
    landcover
        The layer in EPSG:4326; parts of one name are one special grid.

    Returns
    -------
    GeoDataFrame in EPSG:4326
        With ``code``, ``name``, ``priority`` and ``tolerance_m``; no named rows give none.

    Examples
    --------
    >>> parts = {"name": ["柳园", None, "柳园"], "category": ["green", "green", "green"]}
    >>> boxes = [shapely.box(n, 0, n + 1, 1) for n in range(3)]
    >>> found = make_special(gpd.GeoDataFrame(parts, geometry=boxes, crs=4326))
    >>> found[["code", "name"]].to_numpy().tolist()
    [['ZS-G01', '柳园']]
    """
    rows = []
    for kind, (letter, priority) in _KINDS.items():
        mine = landcover[(landcover["category"] == kind) & landcover["name"].notna()]
        for number, (name, part) in enumerate(mine.groupby("name", sort=True), 1):
            code = f"ZS-{letter}{number:02d}"
            shape = shapely.union_all(part.geometry.to_numpy())
            rows.append((code, str(name), priority, 0.0, shape))
    table = pd.DataFrame(rows, columns=["code", "name", "priority", "tolerance_m", "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=landcover.crs)
