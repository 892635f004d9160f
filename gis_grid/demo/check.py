"""Every promise of the made-up city, asked of a finished one."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_grid.demo.city import City
from gis_grid.demo.kinds import Geoms, Ints
from gis_grid.demo.lines import components
from gis_grid.demo.planar import ends
from gis_grid.grid.codes import AreaCode, CameraCode, FacilityCode, FiveLevelCode, UnitCode
from gis_grid.values.layers import LAYERS

MOST_GRID_M2 = 210e3
LEAST_WALK_SHARE = 0.9999
_SAME_AREA = 1e-7
_COUNTS = ("households", "persons", "elderly")
_KERB_M = {"arterial": 16.8, "secondary": 10.8, "local": 5.8}
_VEHICLE_STREETS = tuple(_KERB_M)
_ABOVE_M = 0.02


def check_city(city: City) -> Mapping[str, bool]:
    """Answer every promise of the generator, by name; all answers must be true."""
    return {
        **_check_tables(city),
        **_check_coverage(city),
        **_check_sums(city),
        **_check_codes(city),
        **_check_networks(city),
        **_check_buildings(city),
        **_check_inside(city),
        **_check_incidents(city.layer("incidents")),
    }


def _check_tables(city: City) -> dict[str, bool]:
    """Ask that every layer has its fields in order, its required values and its choices."""
    found = {"every layer is there": list(city.layers) == list(LAYERS)}
    for name, frame in city.layers.items():
        layer = LAYERS[name]
        columns = [c for c in frame.columns if c != "geometry"]
        found[f"{name} has its fields in order"] = columns == list(layer.field_names)
        found[f"{name} has rows"] = len(frame) > 0
        for field in layer.fields:
            value = frame[field.name]
            if field.required:
                found[f"{name} always has {field.name}"] = bool(value.notna().all())
            if field.choices:
                known = value.dropna().isin(field.choices)
                found[f"{name} {field.name} is one of its choices"] = bool(known.all())
            if field.kind in ("integer", "real"):
                low, high = field.low or -np.inf, field.high or np.inf
                fit = value.dropna().between(low, high) | (field.name == "cell")
                found[f"{name} {field.name} is in range"] = bool(fit.all())
    return found


def _check_coverage(city: City) -> dict[str, bool]:
    grids, found = city.layer("grids"), {}
    for level in city.scheme.keys[:6]:
        shapes = _shapes(grids[grids["level"] == level])
        valid = shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)
        found[f"{level} is a valid coverage"] = bool(valid)
        single = shapely.get_num_geometries(shapes) == 1
        found[f"{level} grids are connected"] = bool(single.all())
    blocks = _shapes(city.blocks)
    found["blocks are a valid coverage"] = bool(shapely.coverage_is_valid(blocks))
    known = city.blocks["grid_code"].isin(grids["code"]).all()
    tiled = _tile(city.blocks, grids, "grid_code", ("subarea",))
    found["blocks tile the ground grids"] = bool(known and tiled)
    tiles = {
        "district": ("city",),
        "subdistrict": ("district",),
        "community": ("subdistrict",),
        "subarea": ("compound",),
    }
    for child, parents in tiles.items():
        kids = grids[grids["level"] == child]
        found[f"{child} grids tile their {parents[0]}"] = _tile(kids, grids, "parent_code", parents)
    ground = grids[grids["level"] == "subarea"].assign(community=lambda g: g["code"].str[:12])
    found["subarea grids tile their community"] = _tile(ground, grids, "community", ("community",))
    area = shapely.area(_shapes(ground.to_crs(city.epsg)))
    found["no ground grid is too large"] = bool(area.max() <= MOST_GRID_M2)
    return found


def _shapes(frame: gpd.GeoDataFrame) -> Geoms:
    return np.asarray(frame.geometry.to_numpy(), object)


def _tile(
    kids: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, key: str, levels: tuple[str, ...]
) -> bool:
    """Compare areas: the children of each parent cover as much as the parent."""
    above = grids[grids["level"].isin(levels)].set_index("code")
    own = kids.set_index(key)
    sums = pd.Series(shapely.area(_shapes(own)), index=own.index).groupby(level=0).sum()
    whole = pd.Series(shapely.area(_shapes(above)), index=above.index)
    same = sums.reindex(whole.index)
    return bool(np.allclose(same, whole, rtol=_SAME_AREA, atol=0))


def _check_sums(city: City) -> dict[str, bool]:
    """Ask that counts add up from entrances over buildings and grids to the city."""
    grids, buildings, entrances = (city.layer(n) for n in ("grids", "buildings", "entrances"))
    found = {}
    levels = grids.set_index("code")["level"]
    for name in _COUNTS:
        unit = entrances.groupby("building_code")[name].sum()
        house = buildings.set_index("code")[name]
        found[f"{name} of entrances add up"] = bool((unit.reindex(house.index) == house).all())
        ground = grids[grids["level"] == "subarea"].set_index("code")[name]
        in_grid = buildings.groupby("parent_code")[name].sum().reindex(ground.index, fill_value=0)
        found[f"{name} of buildings add up"] = bool((in_grid == ground).all())
        for level in ("city", "district", "subdistrict"):
            sums = grids.groupby("parent_code")[name].sum()
            whole = grids[grids["level"] == level].set_index("code")[name]
            found[f"{name} add up to each {level}"] = bool(
                (sums.reindex(whole.index) == whole).all()
            )
        total = int(ground.sum())
        found[f"{name} of ground grids make the city"] = total == int(grids[name].iloc[0])
    parents = levels.reindex(grids["parent_code"].dropna())
    found["every parent is a grid"] = bool(parents.notna().all())
    ups = list(zip(grids["level"].iloc[1:], parents.to_numpy(), strict=True))
    allowed = {level: city.scheme.parents_of(level) for level in city.scheme.keys}
    found["every parent is of a level above"] = all(up in allowed[level] for level, up in ups)
    return found


def _check_codes(city: City) -> dict[str, bool]:
    found = {
        f"{name} codes are unique": bool(f["code"].is_unique) for name, f in city.layers.items()
    }
    grids = city.layer("grids")
    area = grids["area_code"].dropna()
    five = pd.concat(
        [
            grids.loc[grids["level"].isin(["compound", "subarea"]), "code"],
            city.layers["buildings"]["code"],
            city.layers["entrances"]["code"],
        ]
    )
    everyone = pd.concat([grids["code"], five[-len(city.layers["entrances"]) :]])
    found["area codes are valid"] = bool(AreaCode.valid_mask(_texts(area)).all())
    found["five-level codes are valid"] = bool(FiveLevelCode.valid_mask(_texts(five)).all())
    found["five-level codes are unique over levels"] = bool(five.is_unique and everyone.is_unique)
    unit = grids["unit_code"].dropna()
    found["unit codes are valid"] = bool(UnitCode.valid_mask(_texts(unit)).all())
    found["unit codes are unique"] = bool(unit.is_unique)
    things = FacilityCode.valid_mask(_texts(city.layers["facilities"]["code"]), dialect="2007")
    found["facility codes are valid"] = bool(things.all())
    cameras = CameraCode.valid_mask(_texts(city.layers["cameras"]["code"]))
    found["camera codes are valid"] = bool(cameras.all())
    return found


def _texts(column: "pd.Series[str]") -> list[str | None]:
    return [*column.astype(object)]


def _check_networks(city: City) -> dict[str, bool]:
    streets, ways = city.layer("streets"), city.layer("ways")
    drive = streets[streets["category"].isin(_VEHICLE_STREETS)]
    ids, n = ends(shapely.get_geometry(_shapes(drive), 0))
    on_foot = ways[["from_node", "to_node"]].to_numpy(np.int64)
    line, (first, last) = shapely.get_geometry(_shapes(ways), 0), on_foot.T
    start = pd.Series(shapely.to_wkb(shapely.get_point(line, 0))).groupby(first).nunique()
    stop = pd.Series(shapely.to_wkb(shapely.get_point(line, -1))).groupby(last).nunique()
    return {
        "streets connect": _largest_share(n, ids) == 1,
        "some streets are bridges": bool(streets["bridge"].any()),
        "the walk network connects": _largest_share(int(on_foot.max()) + 1, on_foot)
        >= LEAST_WALK_SHARE,
        "each way begins and ends at its nodes": bool((start == 1).all() and (stop == 1).all()),
    }


def _largest_share(n: int, pair: Ints) -> float:
    size = np.bincount(components(n, pair))
    return float(size.max() / size.sum())


def _check_buildings(city: City) -> dict[str, bool]:
    shape = _shapes(city.layer("buildings"))
    blocks = shapely.STRtree(_shapes(city.blocks))
    inside = np.unique(blocks.query(shape, predicate="within")[0])
    left, right = shapely.STRtree(shape).query(shape, predicate="intersects")
    streets = city.layer("streets")
    drive = streets[streets["category"].isin(_VEHICLE_STREETS)].to_crs(city.epsg)
    width = drive["category"].map(_KERB_M).to_numpy(np.float64)
    kerb = shapely.buffer(_shapes(drive), width, quad_segs=2)
    metric = _shapes(city.layer("buildings").to_crs(city.epsg))
    on_street = shapely.STRtree(kerb).query(metric, predicate="intersects")[0]
    doors = city.layer("entrances").to_crs(city.epsg)
    home = pd.Series(metric, index=city.layers["buildings"]["code"].to_numpy())
    known = doors["building_code"].isin(home.index).to_numpy()
    footprint = home.reindex(doors["building_code"].to_numpy()[known]).to_numpy(object)
    far = shapely.distance(_shapes(doors)[known], shapely.boundary(footprint))
    return {
        "buildings stand inside one block": len(inside) == len(shape),
        "buildings stand apart": bool((left == right).all()),
        "buildings stand off the streets": len(on_street) == 0,
        "doors are in the walls of their building": bool(known.all() and far.max() < _ABOVE_M),
    }


def _check_inside(city: City) -> dict[str, bool]:
    outline = shapely.get_geometry(_shapes(city.layer("grids").iloc[[0]]), 0)[0]
    shapely.prepare(outline)
    found = {}
    for name in ("facilities", "cameras", "speakers", "places", "gates", "entrances"):
        at = _shapes(city.layer(name))
        found[f"{name} are in the city"] = bool(np.asarray(shapely.covers(outline, at)).all())
    schools = city.layers["places"]["category"].isin(["primary_school", "middle_school"])
    spots = shapely.get_coordinates(_shapes(city.layer("places"))[schools.to_numpy()])
    found["no school shares its place"] = len(np.unique(spots, axis=0)) == int(schools.sum())
    return found


def _check_incidents(incidents: gpd.GeoDataFrame) -> dict[str, bool]:
    closed, due = incidents["closed_at"], incidents["due_at"]
    settled = incidents["state"].isin(["closed", "rejected"])
    late = (closed > due)[closed.notna()].mean()
    code = pd.Index(incidents["code"])
    again = incidents["duplicate_of"].dropna()
    first = code.get_indexer(again.to_numpy())
    when = incidents["reported_at"]
    return {
        "incidents are in order": bool(when.is_monotonic_increasing),
        "settled incidents have an end": bool((settled == closed.notna()).all()),
        "no incident ends before it begins": bool((closed > when)[closed.notna()].all()),
        "duplicates repeat an earlier incident": bool(
            (first >= 0).all() and (when.to_numpy()[first] < when[again.index].to_numpy()).all()
        ),
        "some incidents are late": bool(0.05 < late < 0.2),  # noqa: PLR2004
        "most incidents are settled": bool(settled.mean() > 0.95),  # noqa: PLR2004
    }
