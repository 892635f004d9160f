"""Write data/sample: one subdistrict of the made-up city, as a city's technician would have it.

``python scripts/sample.py`` makes the same files every time. The covers are in GCJ-02, under
Chinese headings, and five of their rows are wrong on purpose: the README shows a rejects file.
"""

import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from gis_grid.demo.city import City, make_city
from gis_grid.geo.datum import Datum, from_wgs84
from gis_grid.router import Router

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
SUBDISTRICT = "安园街道"
COVERS = 240
INCIDENTS = 400
STATES = {"intact": "完好", "damaged": "破损", "lost": "丢失", "abandoned": "废弃"}


def main() -> int:
    """Write the four files."""
    city = make_city("small", 7)
    SAMPLE.mkdir(parents=True, exist_ok=True)
    areas, ground = grids(city)
    write_geojson(areas, "communities.geojson")
    write_geojson(ground, "grids.geojson")
    router = Router.build(ground)
    covers(city, router).to_csv(SAMPLE / "covers_gcj02.csv", index=False)
    incidents(city, router).to_csv(SAMPLE / "incidents.csv", index=False)
    return 0


def grids(city: City) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the subdistrict with its communities and compounds, and its ground grids."""
    every = city.layer("grids")
    top = every.loc[every.name == SUBDISTRICT, "code"].iloc[0]
    mine = every[every.code.str.startswith(top.rstrip("0"))].copy()
    mine.loc[mine.code == top, "parent_code"] = None
    mine["geometry"] = shapely.set_precision(mine.geometry.to_numpy(), 1e-8, mode="pointwise")
    on_ground = mine.level == city.scheme.ground
    return mine[~on_ground], mine[on_ground]


def write_geojson(frame: gpd.GeoDataFrame, name: str) -> None:
    """Write a layer without its empty columns, one feature a line."""
    full = frame.dropna(axis="columns", how="all")
    full.to_file(SAMPLE / name, driver="GeoJSON", engine="pyogrio", RFC7946="YES")


def inside(frame: gpd.GeoDataFrame, router: Router, count: int) -> gpd.GeoDataFrame:
    """Return the first features that lie in the grids."""
    found = router.locate_many(lon=frame.geometry.x, lat=frame.geometry.y)
    return frame[found.index >= 0].head(count)


def covers(city: City, router: Router) -> pd.DataFrame:
    """Return facilities with Chinese headings in GCJ-02, five of them wrong."""
    mine = inside(city.layer("facilities"), router, COVERS)
    lon, lat = from_wgs84(lon=mine.geometry.x, lat=mine.geometry.y, datum=Datum.GCJ02)
    table = pd.DataFrame(
        {
            "部件编码": mine.code.to_numpy(),
            "部件小类": mine.category.to_numpy(),
            "名称": mine.name.to_numpy(),
            "杆号": mine.painted_number.to_numpy(),
            "所在道路": mine.street.to_numpy(),
            "部件状态": mine.state.map(STATES).to_numpy(),
            "主管部门": mine.in_charge.to_numpy(),
            "权属单位": mine.owner.to_numpy(),
            "养护单位": mine.maintainer.to_numpy(),
            "经度": lon.round(7),
            "纬度": lat.round(7),
        }
    ).astype({"经度": object, "纬度": object})
    table.loc[20, ["经度", "纬度"]] = table.loc[20, ["纬度", "经度"]].to_numpy()  # swapped
    table.loc[70, ["经度", "纬度"]] = 0  # null island
    table.loc[110, "部件编码"] = table.loc[109, "部件编码"]  # one number on two covers
    table.loc[150, "纬度"] = "未测"
    table.loc[190, "部件小类"] = None
    return table


def incidents(city: City, router: Router) -> pd.DataFrame:
    """Return incidents in WGS-84 with Chinese headings; the last lies outside every grid."""
    mine = inside(city.layer("incidents"), router, INCIDENTS)
    local = mine.reported_at.dt.tz_convert("Asia/Shanghai").dt.strftime("%Y-%m-%d %H:%M:%S")
    table = pd.DataFrame(
        {
            "编号": mine.code.to_numpy(),
            "案件类型": mine.kind.map({"facility": "部件", "event": "事件"}).to_numpy(),
            "小类": mine.category.to_numpy(),
            "案件状态": mine.state.to_numpy(),
            "上报时间": local.to_numpy(),
            "经度": mine.geometry.x.round(7).to_numpy(),
            "纬度": mine.geometry.y.round(7).to_numpy(),
        }
    )
    table.loc[table.index[-1], ["经度", "纬度"]] = [123.2, 41.3]
    return table


if __name__ == "__main__":
    sys.exit(main())
