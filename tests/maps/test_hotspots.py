import math
from collections import Counter

import h3.api.numpy_int as h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.maps.heat import LEAST
from gis_grid.maps.hotspots import SURE, hot_spot
from gis_grid.router.cells import encode

LON, LAT, RESOLUTION = 123.0, 41.1, 9


def counted(seed, count):
    rng = np.random.default_rng(seed)
    lon, lat = rng.normal(LON, 0.01, count), rng.normal(LAT, 0.01, count)
    cells = encode(lon=lon, lat=lat, resolution=RESOLUTION)
    return np.unique(cells, return_counts=True)


def score(cell, known, total):
    """Return Gi* by the formula of Ord and Getis (1995), over all cells of the land."""
    values = np.zeros(total)
    values[: len(known)] = list(known.values())
    mean = values.mean()
    deviation = math.sqrt((values**2).mean() - mean**2)
    near = [int(one) for one in h3.grid_disk(cell, 1)]
    weight = len(near)
    above = sum(known[one] for one in near) - mean * weight
    return above / (deviation * math.sqrt((total * weight - weight**2) / (total - 1)))


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 300))
def test_is_the_cell_with_the_highest_score_of_all(seed, count):
    cells, counts = counted(seed, count)
    area_m2 = h3.cell_area(int(cells[0]), unit="m^2")
    total = 400
    found = hot_spot(cells, counts, land_m2=total * area_m2)
    known = Counter(dict(zip(cells.tolist(), counts.tolist(), strict=True)))
    scores = {c: score(c, known, total) for c, n in known.items() if n >= LEAST}
    best = max(scores.values(), default=0)
    if best <= SURE:
        assert found is None
        return
    assert found is not None
    assert found.score == pytest.approx(best, rel=0.01)  # one cell is not just as large as another
    assert scores[found.cell] == pytest.approx(best)
    assert found.count == known[found.cell]
    assert found.mean == pytest.approx(counts.sum() / total, rel=0.01)


def test_nothing_stands_out_where_all_is_alike():
    cells = np.sort(np.asarray(h3.grid_disk(int(encode(lon=[LON], lat=[LAT])[0]), 8), np.int64))
    assert hot_spot(cells, np.full(cells.size, 5), land_m2=0) is None
    assert hot_spot(cells[:0], cells[:0], land_m2=1e6) is None


def test_a_few_incidents_are_no_hot_spot():
    cell = encode(lon=[LON], lat=[LAT], resolution=RESOLUTION)
    assert hot_spot(cell, np.array([LEAST - 1]), land_m2=1e9) is None
    found = hot_spot(cell, np.array([LEAST]), land_m2=1e9)
    assert (found.cell, found.count) == (int(cell[0]), LEAST)
    assert found.outline.contains(found.outline.centroid)
