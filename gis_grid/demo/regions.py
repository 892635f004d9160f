"""The layer of grids, from the city down to ground grids, and the blocks they are made of."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_grid.demo.coding import AREA_CODE, AREA_CODE_YEAR, digits
from gis_grid.demo.hierarchy import dissolve
from gis_grid.demo.kinds import Geoms, Ints, Texts, Use
from gis_grid.demo.names import CITY_NAME
from gis_grid.demo.site import Site
from gis_grid.demo.tables import Columns, chosen, layer_frame, multi

COUNTS = ("households", "persons", "elderly")
_GRADES = (0.35, 0.75)
_SOURCE = "演示数据"


@dataclass(frozen=True, slots=True)
class _Level:
    """One level: the region of each block (-1: none), and what the regions are called."""

    key: str
    label: Ints
    code: Texts
    name: Texts
    parent: Texts


def make_grids_layer(site: Site) -> gpd.GeoDataFrame:
    """Return the grids of all levels; counts are summed from houses, so they agree exactly."""
    parts = [_columns(site, level) for level in _levels(site)]
    shapes: Geoms = np.concatenate([_shapes(site, level.label) for level in _levels(site)])
    table = pd.concat(parts, ignore_index=True)
    ground = (table["level"] == "subarea").to_numpy()
    unit, grade = (np.full(len(table), None, object) for _ in range(2))
    unit[ground], grade[ground] = site.codes.unit, _grades(site)
    area = ~table["level"].isin(["compound", "subarea"]).to_numpy()
    columns: Columns = {
        **{str(name): table[name].to_numpy() for name in table},
        "area_code": chosen(table["code"].to_numpy(object), area),
        "area_code_year": pd.array(np.where(area, AREA_CODE_YEAR, 0), dtype="Int64"),
        "unit_code": unit,
        "grade": grade,
        "source": np.full(len(table), _SOURCE, object),
    }
    columns["area_code_year"][~area] = pd.NA
    return layer_frame("grids", multi(shapes, "MULTIPOLYGON"), columns)


def _levels(site: Site) -> list[_Level]:
    h, names, codes = site.hierarchy, site.names, site.codes
    city = np.array([AREA_CODE], object)
    n_district = len(codes.district)
    district_name = names.district[:n_district]
    within = h.grid_compound
    community = codes.community[h.grid_community]
    above = np.where(within >= 0, np.append(codes.compound, "")[within], community)
    place = np.where(
        within >= 0, np.append(names.compound, "")[within], names.community[h.grid_community]
    )
    number = codes.grid_number.astype(str).astype(object)
    none: Texts = np.array([None], object)
    return [
        _Level("city", np.zeros_like(h.district), city, np.array([CITY_NAME], object), none),
        _Level("district", h.district, codes.district, district_name, np.repeat(city, n_district)),
        _Level(
            "subdistrict",
            h.subdistrict,
            codes.subdistrict,
            names.subdistrict,
            codes.district[h.subdistrict_parent],
        ),
        _Level(
            "community",
            h.community,
            codes.community,
            names.community,
            codes.subdistrict[h.community_parent],
        ),
        _Level(
            "compound",
            h.compound,
            codes.compound,
            names.compound,
            codes.community[h.compound_parent],
        ),
        _Level("subarea", h.grid, codes.grid, np.asarray(place + "第" + number + "网格"), above),
    ]


def _columns(site: Site, level: _Level) -> pd.DataFrame:
    label = level.label[site.house_block]
    inside = label >= 0
    n = len(level.code)
    counts = {
        name: np.bincount(label[inside], site.houses[name].to_numpy()[inside], n).astype(np.int64)
        for name in COUNTS
    }
    return pd.DataFrame(
        {
            "code": level.code,
            "name": level.name,
            "level": level.key,
            "parent_code": level.parent,
            **counts,
        }
    )


def _shapes(site: Site, label: Ints) -> Geoms:
    inside = label >= 0
    return dissolve(site.ground.blocks_lonlat[inside], label[inside])


def _grades(site: Site) -> Texts:
    """Grade ground grids: the centre is kept cleaner than the fringe."""
    n = len(site.codes.grid)
    reach = np.bincount(site.hierarchy.grid, site.ground.reach, n) / np.bincount(
        site.hierarchy.grid
    )
    words = np.array(["一类", "二类", "三类"], object)
    return np.asarray(words[np.digitize(reach, _GRADES)], object)


def make_blocks(site: Site) -> gpd.GeoDataFrame:
    """Return the atoms that ground grids are made of.

    Returns
    -------
    GeoDataFrame in EPSG:4326
        code, grid_code, compound_code (None outside walls), use, area_m2, households, persons,
        elderly, and a Polygon each.
    """
    ground, h = site.ground, site.hierarchy
    n = len(ground.blocks)
    words = np.array([use.name.lower() for use in Use], object)
    counts = {
        name: np.bincount(site.house_block, site.houses[name], n).astype(np.int64)
        for name in COUNTS
    }
    columns = {
        "code": "B" + digits(np.arange(1, n + 1), 6),
        "grid_code": site.codes.grid[h.grid],
        "compound_code": np.append(site.codes.compound, [None])[h.compound],
        "use": words[ground.use],
        "area_m2": np.asarray(shapely.area(ground.blocks)).round(1),
        **counts,
    }
    return gpd.GeoDataFrame(columns, geometry=ground.blocks_lonlat, crs="EPSG:4326")
