"""Buildings, facilities, cameras, places and heat on the map."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from gis_grid.maps import palette
from gis_grid.maps.drawing import Entry, MapLayer, Style
from gis_grid.maps.heat import Heat
from gis_grid.router.cells import to_words

if TYPE_CHECKING:
    import pandas as pd

FEW = 5000
"""Up to so many points are drawn over the whole city; more wait until the map is closer."""

FEW_BUILDINGS = 20_000
"""More buildings than these travel without names and addresses, to keep the page small."""

Words = Mapping[str, str]
"""What the keys of a category table are called."""

USES: Words = {
    "residential": "住宅",
    "commerce": "商业",
    "office": "办公",
    "school": "学校",
    "hospital": "医院",
    "factory": "厂房",
    "other": "其他",
}
STATES: Words = {"intact": "完好", "damaged": "破损", "lost": "丢失", "abandoned": "废弃"}
SITES: Words = {
    "junction": "路口",
    "gate": "出入口",
    "street": "沿街",
    "park": "公园",
    "other": "其他",
}

_WHITE = "#FFFFFF"
_POINTS: Mapping[str, Style] = {
    "facilities": {
        "fill": palette.FACILITY,
        "radius": 2.2,
        "casing": "rgba(255,255,255,.7)",
        "width": -1.5,
    },
    "places": {
        "shape": "square",
        "fill": palette.PLACE,
        "radius": 3.2,
        "line": _WHITE,
        "width": 1.2,
    },
}
_RING: Style = {"fill": _WHITE, "line": palette.CAMERA, "radius": 3.6, "width": 2}
_UNSURE: Style = {**_RING, "dash": [2, 2]}


def low_of(count: int) -> float:
    """Return the zoom from which so many points are drawn."""
    return 13.5 if count <= FEW else 16.0


def low_of_buildings(count: int) -> float:
    """Return the zoom from which so many buildings are drawn."""
    return 13.5 if count <= FEW_BUILDINGS else 14.5


def building_layer(buildings: gpd.GeoDataFrame) -> MapLayer:
    """Return the footprints, a shade over whatever lies under them.

    A large city's buildings keep only their use, storeys and counts.
    """
    facts = {
        "名称": buildings["name"],
        "地址": buildings["address"],
        "用途": _said(buildings["use"], USES),
        "层数": buildings["floors"],
        "户": buildings["households"],
        "人": buildings["persons"],
        "编码": buildings["code"],
    }
    if len(buildings) > FEW_BUILDINGS:
        facts = {word: facts[word] for word in ("用途", "层数", "户", "人")}
    style: Style = {
        "fill": palette.PAGE["ink"],
        "opacity": 0.13,
        "line": palette.MAP["building-line"],
        "width": 0.8,
        "lineFrom": 15.75,
    }
    return MapLayer(
        key="buildings",
        title="楼栋",
        kind="area",
        styles=(style,),
        shapes=buildings.geometry,
        facts=facts,
        low=low_of_buildings(len(buildings)),
        rank=2,
    )


def facility_layer(facilities: gpd.GeoDataFrame, words: Words) -> MapLayer:
    """Return the facilities as dots."""
    known = facilities[_has_point(facilities)]
    facts = {
        "类别": _said(known["category"], words),
        "编号": known["painted_number"],
        "名称": known["name"],
        "状态": _said(known["state"], STATES),
        "街道": known["street"],
        "主管部门": known["in_charge"],
        "编码": known["code"],
    }
    if len(known) > FEW_BUILDINGS:
        facts = {word: facts[word] for word in ("类别", "编号", "状态", "编码")}
    return _points("facilities", "部件", known, facts)


def place_layer(places: gpd.GeoDataFrame, words: Words) -> MapLayer:
    """Return the places where people get a service as squares."""
    known = places[_has_point(places)]
    facts = {
        "名称": known["name"],
        "类别": _said(known["category"], words),
        "地址": known["address"],
        "编码": known["code"],
    }
    return _points("places", "服务点", known, facts)


def camera_layer(cameras: gpd.GeoDataFrame) -> MapLayer:
    """Return the cameras as rings, dashed where nobody knows which way they look."""
    known = cameras[_has_point(cameras)]
    unsure = known["azimuth_deg"].isna() | (known["azimuth_quality"] == "unknown")
    facts = {
        "名称": known["name"],
        "编码": known["code"],
        "位置": _said(known["site"], SITES),
        "高度 米": known["height_m"],
        "朝向 度": known["azimuth_deg"].round(0),
        "视角 度": known["fov_deg"],
    }
    return MapLayer(
        key="cameras",
        title="摄像头",
        kind="point",
        styles=(_RING, _UNSURE),
        shapes=known.geometry,
        classes=unsure.astype(int).tolist(),
        facts=facts,
        low=low_of(len(known)),
        rank=3,
    )


def heat_layer(heat: Heat, water: shapely.Geometry) -> MapLayer:
    """Return the heat cells without what lies in the water; they fade when the map is close."""
    colours = ramp(len(heat.breaks))
    styles: tuple[Style, ...] = tuple(
        {"fill": colour, "opacity": palette.HEAT_OPACITY, "fadeAt": 15.75, "faded": 0.4}
        for colour in colours
    )
    facts: dict[str, Iterable[Any]] = {
        "案件数": heat.cells["count"],
        "H3 编号": to_words(heat.cells["cell"].to_numpy()),
    }
    return MapLayer(
        key="heat",
        title="案件热力",
        kind="area",
        styles=styles or ({"fill": palette.HEAT[0]},),
        shapes=heat.cells.geometry.difference(water),
        classes=heat.cells["heat_class"].tolist(),
        facts=facts,
        rank=1,
    )


def ramp(classes: int) -> tuple[str, ...]:
    """Return so many heat colours, from pale to dark, spread over the ramp.

    Examples
    --------
    >>> ramp(2)
    ('#FCEFCB', '#4E195B')
    >>> len(ramp(7)), ramp(1), ramp(0)
    (7, ('#F2A066',), ())
    """
    if classes <= 1:
        return palette.HEAT[2:3] * classes
    last = len(palette.HEAT) - 1
    return tuple(palette.HEAT[round(number * last / (classes - 1))] for number in range(classes))


def entries(counts: Mapping[str, int], heat: Heat) -> tuple[Entry, ...]:
    """Return the lines of the layer list for everything that is not a grid."""
    places, facilities, cameras = (counts[key] for key in ("places", "facilities", "cameras"))
    dot = "width:9px;height:9px;border-radius:50%;"
    ring = f"background:#fff;border:2px solid {palette.CAMERA}"
    colours = ",".join(palette.HEAT)
    return (
        Entry(
            keys=("heat", "heat-streets"),
            title="案件热力",
            subtitle="Incidents",
            count=heat.total,
            swatch=f"background:linear-gradient(90deg,{colours})",
        ),
        Entry(
            keys=("cameras",),
            title="摄像头",
            subtitle="Cameras",
            count=cameras,
            swatch=f"{dot}width:11px;height:11px;{ring}",
            low=low_of(cameras),
        ),
        Entry(
            keys=("places",),
            title="服务点",
            subtitle="Places",
            count=places,
            swatch=f"width:9px;height:9px;border-radius:0;background:{palette.PLACE}",
            low=low_of(places),
        ),
        Entry(
            keys=("facilities",),
            title="部件",
            subtitle="Facilities",
            count=facilities,
            swatch=f"{dot}background:{palette.FACILITY}",
            low=low_of(facilities),
        ),
        Entry(
            keys=("buildings",),
            title="楼栋",
            subtitle="Buildings",
            count=counts["buildings"],
            swatch=f"background:{palette.MAP['building']};border:1px solid {palette.PAGE['line2']}",
            low=low_of_buildings(counts["buildings"]),
        ),
    )


def _points(
    key: str, title: str, frame: gpd.GeoDataFrame, facts: Mapping[str, Iterable[Any]]
) -> MapLayer:
    return MapLayer(
        key=key,
        title=title,
        kind="point",
        styles=(_POINTS[key],),
        shapes=frame.geometry,
        facts=facts,
        low=low_of(len(frame)),
        rank=3,
    )


def _has_point(frame: gpd.GeoDataFrame) -> "pd.Series[bool]":
    return ~(frame.geometry.isna() | frame.geometry.is_empty)


def _said(keys: "pd.Series[str]", words: Words) -> "pd.Series[str]":
    """Replace each key by its word; a key without one stays."""
    return keys.map(lambda key: words.get(key, key), na_action="ignore")
