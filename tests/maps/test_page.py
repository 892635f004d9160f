import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import geopandas as gpd
import numpy as np
import pytest

from gis_grid.grid.generations import Generation
from gis_grid.grid.levels import COMMUNITY_GRID, FIVE_LEVEL
from gis_grid.maps.city import CHINA, DRAWN, Picture, city_map
from gis_grid.maps.heat import heat_of
from gis_grid.maps.offline import render
from gis_grid.maps.words import Words
from gis_grid.values.layers import LAYERS
from tests import drawn

NOW = datetime(2026, 11, 21, 6, 32, tzinfo=UTC)
NONE = np.zeros(0, np.int64)


class Sources(HTMLParser):
    """Collects whatever the elements of a page would fetch."""

    def __init__(self):
        super().__init__()
        self.found, self.styles, self._open = [], [], ""

    def handle_starttag(self, tag, attrs):
        self._open = tag
        self.found += [value for key, value in attrs if key in {"src", "href", "action", "data"}]
        self.styles += [value for key, value in attrs if key == "style"]

    def handle_data(self, data):
        if self._open == "style":
            self.styles.append(data)


def empty(name):
    return drawn.layer(name, [], [])


def picture(name="画市", **changed):
    frames = {"grids": drawn.grids(), **drawn.frames()}
    cells = frames["incidents"]["cell"].to_numpy(np.int64)
    layers = {key: frames.get(key, empty(key)) for key in DRAWN}
    settings = {
        "name": name,
        "scheme": COMMUNITY_GRID,
        "layers": layers,
        "counts": {key: len(frames.get(key, ())) for key in LAYERS},
        "heat": heat_of(cells, np.ones(cells.size, np.int64)),
        "since": NOW - timedelta(days=365),
        "until": NOW,
        "doubted": 2,
        "generation": Generation(number=3, name="初稿", valid_from=drawn.START),
        "drawn_at": NOW,
    }
    return Picture(**(settings | changed))


def city_page(found):
    return render(city_map(found, Words("zh")))


def data_of(page):
    block = re.search(
        r'<script type="application/json" id="gis-grid-data">(.*?)</script>', page, re.DOTALL
    )
    return json.loads(block[1])


def test_same_picture_same_page():
    assert city_page(picture()) == city_page(picture())


def test_asks_for_nothing_outside():
    page = city_page(picture())
    reader = Sources()
    reader.feed(page)
    assert reader.found == ["data:,"]
    assert not re.search(r"@import|url\((?!data:)", "".join(reader.styles))


def test_says_what_a_reader_needs():
    page = city_page(picture())
    for words in (
        "画市",
        "城市一张图",
        "第 3 版 · 初稿",
        "更新于 2026-11-21 14:32",
        "2 件位置存疑",
        "H3 10 级",
    ):
        assert words in page
    assert '<html lang="zh-CN">' in page


def test_draws_every_layer():
    layers = {layer["key"]: layer for layer in data_of(city_page(picture()))["layers"]}
    drawn_rows = {key: len(layer["shapes"]) for key, layer in layers.items() if "shapes" in layer}
    assert drawn_rows == {
        "land": 1,
        "landcover": 1,
        "streets": 1,
        "heat": 1,
        "buildings": 1,
        "grids-subarea": 9,
        "grids-community": 2,
        "grids-subdistrict": 1,
        "grids-district": 1,
        "grids-city": 1,
        "facilities": 3,
        "places": 1,
        "cameras": 1,
    }


def test_neighbours_differ_in_colour():
    layers = data_of(city_page(picture()))["layers"]
    fill = next(layer for layer in layers if layer["key"] == "fill")
    colours = dict(zip("ABCDEFGHI", fill["classes"], strict=True))
    touching = ("AB", "AD", "AE", "BC", "BE", "BD", "CE", "EF", "EH", "EI", "GH", "HI", "DG")
    assert all(colours[one] != colours[other] for one, other in touching)


@pytest.mark.parametrize("name", [drawn.HOSTILE, "{{ 7*7 }}{% raw %}", "<!--<script>", "\\u0041\\"])
def test_text_never_becomes_html_nor_template(name):
    page = city_page(picture(name=name))
    plain = city_page(picture())
    assert page.count("<script") == plain.count("<script")
    assert page.count("<img") == plain.count("<img")
    assert "49" not in re.search(r"<title>(.*?)</title>", page)[1].replace("&#", "")
    layers = data_of(page)["layers"]
    buildings = next(layer for layer in layers if layer["key"] == "buildings")
    assert buildings["columns"][0]["rows"] == [drawn.HOSTILE]


def test_a_city_without_anything_is_a_page_too():
    page = city_page(
        picture(
            layers={key: empty(key) for key in DRAWN},
            counts=dict.fromkeys(LAYERS, 0),
            heat=heat_of(NONE, NONE),
            since=None,
            until=None,
            generation=None,
            doubted=0,
            scheme=FIVE_LEVEL,
        )
    )
    assert "尚无网格版本" in page
    assert "无案件" in page
    (south, west), (north, east) = data_of(page)["bounds"]
    assert (west, south, east, north) == CHINA


def test_a_large_city_says_what_its_page_leaves_out():
    one = drawn.frames()["buildings"]
    many = gpd.GeoDataFrame(
        one.loc[np.zeros(20_001, int)].reset_index(drop=True), geometry="geometry", crs="EPSG:4326"
    )
    frames = dict(picture().layers) | {"buildings": many}
    page = city_page(picture(layers=frames, counts=dict.fromkeys(LAYERS, 20_001)))
    assert "楼栋名称与地址因数量未随页携带" in page
    assert "alert(1)" in city_page(picture())
    assert "alert(1)" not in page
