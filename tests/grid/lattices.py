"""Coverages drawn on a lattice of squares, whose areas are counted and not computed."""

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import strategies as st

SIDE_M = 10
CRS = "EPSG:4549"


@st.composite
def labels(draw, shape=(4, 5), kinds=4):
    """Return which grid each square belongs to; -1 is outside."""
    count = shape[0] * shape[1]
    drawn = draw(st.lists(st.integers(-1, kinds - 1), min_size=count, max_size=count))
    return np.array(drawn).reshape(shape)


def squares(shape):
    rows, columns = np.indices(shape)
    return shapely.box(columns * SIDE_M, rows * SIDE_M, (columns + 1) * SIDE_M, (rows + 1) * SIDE_M)


def grids_of(label, prefix=""):
    """Return a grid for each label: the union of its squares, often in several pieces."""
    found = [value for value in np.unique(label) if value >= 0]
    shapes = [shapely.union_all(squares(label.shape)[label == value]) for value in found]
    codes = [f"{prefix}{value}" for value in found]
    return gpd.GeoDataFrame({"code": codes}, geometry=gpd.GeoSeries(shapes, crs=CRS), crs=CRS)


def drawn(text):
    """Return the labels of a drawn map: a digit is a grid, a dot is outside; the top is north."""
    rows = [[-1 if sign == "." else int(sign) for sign in line] for line in text.split()]
    return np.array(rows[::-1])
