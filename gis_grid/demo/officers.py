"""Duty posts and the made-up persons who hold them."""

import numpy as np
import pandas as pd

from gis_grid.demo.coding import digits
from gis_grid.demo.fabric import building_codes
from gis_grid.demo.names import person_names
from gis_grid.demo.site import Site
from gis_grid.demo.tables import layer_columns

_HEAD_FROM = 16
"""A house of so many households has a 楼栋长."""


def make_officers(site: Site, workers: int, rng: np.random.Generator) -> pd.DataFrame:
    """Post a 网格长 to each community, a 网格员 to each ground grid, a 楼栋长 to each big house.

    One worker holds the posts of several neighbouring grids. Names and numbers are made up; the
    area code 0199 of the numbers does not exist.
    """
    grids, communities = site.codes.grid, site.codes.community
    workers = min(workers, len(grids))
    worker = np.arange(len(grids)) * workers // len(grids)
    house = np.flatnonzero(site.houses["households"].to_numpy() >= _HEAD_FROM)
    person = np.r_[
        np.arange(len(communities)),
        len(communities) + worker,
        len(communities) + workers + np.arange(len(house)),
    ]
    names = person_names(int(person.max()) + 1, rng)
    area = np.concatenate([communities, grids, building_codes(site)[house]])
    role = np.repeat(
        np.array(["网格长", "网格员", "楼栋长"], object), [len(communities), len(grids), len(house)]
    )
    columns = {
        "code": "GW" + digits(np.arange(1, len(area) + 1), 7),
        "name": names[person],
        "role": role,
        "area_code": area,
        "duty_phone": "0199-8" + digits(person, 6),
    }
    return layer_columns("officers", columns, len(area))
