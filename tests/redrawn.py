"""The drawn city after its grids were redrawn."""

import geopandas as gpd
import shapely

from tests import drawn


def redrawn(**shapes):
    """Return the drawn grids with other shapes; None takes a grid away."""
    grids = drawn.grids()
    grids = grids[~grids["code"].isin([code for code, shape in shapes.items() if shape is None])]
    fresh = [
        shapes.get(code, shape) for code, shape in zip(grids["code"], grids.geometry, strict=True)
    ]
    return grids.set_geometry(gpd.GeoSeries(fresh, index=grids.index, crs=grids.crs))


def moved_border():
    """Return the drawn grids after E took the west quarter of its eastern neighbour."""
    west, south, east, north = drawn.BOXES["F"].bounds
    border = round(west + drawn.SIDE / 4, 6)
    return redrawn(
        E=drawn.BOXES["E"].union(shapely.box(west, south, border, north)).simplify(0),
        F=shapely.box(border, south, east, north),
    )


def merged():
    return redrawn(A=drawn.BOXES["A"].union(drawn.BOXES["B"]).simplify(0), B=None)


def renumbered():
    return drawn.grids().replace({"code": {"E": "Z"}})
