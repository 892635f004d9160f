"""The first map: a whole city on one page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.grid.generations import Generation
from gis_grid.grid.levels import Scheme
from gis_grid.maps import basemap, grids, palette, things
from gis_grid.maps.drawing import Drawing
from gis_grid.maps.heat import LEAST, Heat
from gis_grid.maps.page import Legend, Page, Section, render

DRAWN = ("grids", "buildings", "facilities", "cameras", "places", "streets", "landcover")
"""The layers that a picture needs; incidents come as heat."""

SHANGHAI = ZoneInfo("Asia/Shanghai")
HECTARES = {6: "3,600", 7: "520", 8: "74", 9: "10.5", 10: "1.5", 11: "0.21", 12: "0.03"}
"""Mean area of an H3 cell by resolution, hectares."""

CHINA = (73.5, 18.0, 135.1, 53.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a city looks like at a moment."""

    name: str
    scheme: Scheme
    layers: Mapping[str, gpd.GeoDataFrame]
    """A frame for each of `DRAWN`, EPSG:4326; a frame without rows where the city has none."""

    counts: Mapping[str, int]
    """Rows of every layer."""

    heat: Heat
    since: datetime | None
    """First instant of the incidents in `heat`; None when there are none."""

    until: datetime | None
    doubted: int
    """Incidents left out of the heat, because nobody believes where they are."""

    generation: Generation | None
    drawn_at: datetime
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For ``facilities`` and ``places``: what the keys of their categories are called."""


def city_page(picture: Picture) -> str:
    """Draw a city as one HTML page that asks for nothing outside itself.

    Parameters
    ----------
    picture
        The city; any layer may be empty.

    Returns
    -------
    str
        The same picture gives the same text.

    Raises
    ------
    AssetError
        folium links to something that gis_grid does not carry.
    """
    return render(
        Page(
            city=picture.name,
            title="城市一张图",
            subtitle="The city on one map",
            badge=_badge(picture.generation),
            drawn=f"更新于 {_when(picture.drawn_at)}",
            figures=_figures(picture),
            sections=_sections(picture),
            source="来源：本市网格、楼栋、部件、摄像头与案件库。底图由本市街道、水系与绿地绘成，不取外部瓦片。",
            drawing=_drawing(picture),
            legend=_legend(picture.heat),
        )
    )


def _badge(generation: Generation | None) -> str:
    if generation is None:
        return "尚无网格版本"
    start = generation.valid_from.astimezone(SHANGHAI)
    return f"第 {generation.number} 版 · {generation.name} · 自 {start:%Y-%m-%d}"


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _figures(picture: Picture) -> tuple[tuple[str, str], ...]:
    frame, counts = picture.layers["grids"], picture.counts
    ground = frame[frame["level"] == picture.scheme.ground]
    name = picture.scheme.level(picture.scheme.ground).name_zh
    buildings = picture.layers["buildings"]
    return (
        (name, f"{len(ground):,}"),
        ("楼栋", f"{counts['buildings']:,}"),
        ("户", _sum(buildings, "households")),
        ("部件", f"{counts['facilities']:,}"),
        ("摄像头", f"{counts['cameras']:,}"),
        ("案件", f"{counts['incidents']:,}"),
    )


def _sum(frame: gpd.GeoDataFrame, column: str) -> str:
    known = frame[column].dropna()
    return f"{int(known.sum()):,}" if len(known) else "无数据"


def _sections(picture: Picture) -> tuple[Section, ...]:
    frame = picture.layers["grids"]
    window = "无案件"
    if picture.since and picture.until:
        first, last = (m.astimezone(SHANGHAI) for m in (picture.since, picture.until))
        window = f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d}"
    notes = [f"案件：{window}"]
    if picture.doubted:
        notes.append(f"{picture.doubted:,} 件位置存疑，未计入热力")
    if picture.counts["buildings"] > things.FEW_BUILDINGS:
        notes.append("楼栋名称与地址因数量未随页携带，部件只带类别、编号与状态")
    return (
        Section(
            title="数据",
            note="Data",
            entries=things.entries(picture.counts, picture.heat),
            notes=tuple(notes),
        ),
        Section(title="网格", note="Grids", entries=grids.entries(frame, picture.scheme)),
    )


def _legend(heat: Heat) -> Legend | None:
    if not heat.breaks:
        return None
    hidden = f"，共 {heat.hidden:,} 件" if heat.hidden else ""
    bounds = [f"{bound:,}" for bound in heat.breaks]
    bounds[-1] += "+"
    return Legend(
        key="heat",
        title="每六边形案件数",
        unit=f"H3 {heat.resolution} 级，约 {HECTARES[heat.resolution]} 公顷",
        colours=things.ramp(len(heat.breaks)),
        bounds=tuple(bounds),
        opacity=palette.HEAT_OPACITY,
        left_out=f"少于 {LEAST} 件不着色{hidden}，不等于没有问题",
    )


def _drawing(picture: Picture) -> Drawing:
    frames, scheme = picture.layers, picture.scheme
    frame = frames["grids"]
    return Drawing(
        bounds=_bounds(frames),
        ink=palette.PAGE["ink"],
        layers=(
            basemap.land_layer(_land(frame, scheme)),
            *grids.fill_layers(frame, scheme),
            *basemap.ground_layers(frames["landcover"], frames["streets"]),
            things.heat_layer(picture.heat, _water(frames["landcover"])),
            basemap.streets_over_heat(),
            things.building_layer(frames["buildings"]),
            *grids.border_layers(frame, scheme),
            things.facility_layer(frames["facilities"], picture.words.get("facilities", {})),
            things.place_layer(frames["places"], picture.words.get("places", {})),
            things.camera_layer(frames["cameras"]),
        ),
        names=(
            *grids.name_groups(frame, scheme),
            basemap.water_names(frames["landcover"]),
            basemap.street_names(frames["streets"]),
        ),
    )


def _land(frame: gpd.GeoDataFrame, scheme: Scheme) -> gpd.GeoSeries:
    widest = [key for key in scheme.keys if (frame["level"] == key).any()]
    top = widest[0] if widest else ""
    return gpd.GeoSeries(frame.geometry[frame["level"] == top], crs="EPSG:4326")


def _water(landcover: gpd.GeoDataFrame) -> shapely.Geometry:
    is_water = (landcover["category"] == "water").to_numpy()
    return shapely.union_all(landcover.geometry.to_numpy()[is_water])


def _bounds(frames: Mapping[str, gpd.GeoDataFrame]) -> tuple[float, float, float, float]:
    """Bounds of the grids, or of whatever there is, or of China."""
    for shapes in (frames["grids"].geometry, *(frame.geometry for frame in frames.values())):
        if len(shapes) and np.isfinite(shapely.total_bounds(shapes.to_numpy())).all():
            west, south, east, north = shapely.total_bounds(shapes.to_numpy()).tolist()
            return west, south, east, north
    return CHINA
