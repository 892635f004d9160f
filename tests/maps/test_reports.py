import dataclasses
import json
import re

import folium
import folium.plugins
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis_grid.errors import InputError, NotFoundError
from gis_grid.maps.assets import AssetError
from gis_grid.maps.offline import render
from gis_grid.maps.reports.heat_report import HeatOptions
from gis_grid.maps.reports.incident_report import MOST, ORDER
from gis_grid.maps.reports.kinds import KINDS, kind_of
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import Options
from gis_grid.maps.words import LANGS, WORDS
from gis_grid.values.layers import LAYERS
from tests import drawn
from tests.maps.material import NOW, STATES, grids, incidents, material

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ALL = [(kind, lang) for kind in KINDS for lang in LANGS]


def page(kind, **options):
    found = KINDS[kind]
    return found.page(material(), found.options_of(options))


def layer(found, key):
    return next(one for one in found.drawing.layers if one.key == key)


@pytest.mark.parametrize(("kind", "lang"), ALL)
def test_every_kind_is_a_folium_map_with_what_a_reader_needs(kind, lang):
    found = KINDS[kind](material(), KINDS[kind].options_of({"lang": lang}))
    assert isinstance(found, folium.Map)
    html = found._repr_html_()
    assert "画市" in html
    assert ("第 3 版" if lang == "zh" else "Generation 3") in html
    assert ("2026-11-21 14:32" if lang == "zh" else "21 Nov 2026 14:32") in html
    assert ("来源" if lang == "zh" else "Source") in html
    assert f"lang=&quot;{'zh-CN' if lang == 'zh' else 'en'}&quot;" in html


@pytest.mark.parametrize("kind", KINDS)
def test_a_map_saved_in_a_notebook_is_the_same_file(kind, tmp_path):
    found = KINDS[kind](material())
    found.save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text("utf-8") == render(KINDS[kind].page(material()))


def test_a_plugin_that_would_call_out_is_refused():
    found = KINDS["grids"](material())
    folium.plugins.MarkerCluster([(41, 123)]).add_to(found)
    with pytest.raises(AssetError, match="markercluster"):
        found._repr_html_()
    with pytest.raises(AssetError, match="markercluster"):
        found.get_root().render()


def test_layers_of_folium_itself_can_be_added():
    found = KINDS["grids"](material())
    folium.Circle((41, 123), radius=50).add_to(found)
    assert "L.circle(" in found.get_root().render()


@pytest.mark.parametrize("kind", KINDS)
def test_english_reports_are_english(kind):
    found = page(kind, lang="en")
    ours = [found.title, found.subtitle, found.source, *(word for word, _ in found.figures)]
    for section in found.sections:
        ours += [section.title, *section.notes, *(entry.title for entry in section.entries)]
    ours += [one.title for one in found.drawing.layers]
    ours += [heading for one in found.drawing.layers for heading in one.facts]
    if found.legend:
        ours += [found.legend.title, found.legend.unit, found.legend.left_out]
    assert [text for text in ours if CHINESE.search(text)] == []


def test_every_word_exists_in_both_languages():
    assert [key for key, text in WORDS.items() if not text.zh and key != "gap"] == []
    assert [key for key, text in WORDS.items() if not text.en or CHINESE.search(text.en)] == []
    places = re.compile(r"\{\w+\}")
    for text in WORDS.values():
        assert set(places.findall(text.zh)) == set(places.findall(text.en))


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_city_has_every_report(kind):
    bare = Material(
        city="空市",
        scheme=material().scheme,
        frames={"incident_cells": pd.DataFrame({"cell": [], "count": []}, dtype=np.int64)},
        drawn_at=NOW,
    )
    html = render(KINDS[kind].page(bare))
    assert "尚无网格版本" in html


@pytest.mark.parametrize("kind", KINDS)
def test_a_title_of_ones_own(kind):
    assert page(kind, title="一季度").title == "一季度"


def test_options_are_checked_by_name_and_value():
    with pytest.raises(InputError, match="no option 'dayz'; it has lang, title, days"):
        KINDS["heat"].options_of({"dayz": 3})
    with pytest.raises(InputError, match="days 0 is not possible; give 1 to 3660"):
        KINDS["heat"].options_of({"days": 0})
    with pytest.raises(InputError, match="class or state"):
        KINDS["facilities"].options_of({"by": "colour"})
    with pytest.raises(InputError, match="GridOptions, not HeatOptions"):
        KINDS["grids"].page(material(), HeatOptions())
    with pytest.raises(NotFoundError, match="choose one of grids, facilities"):
        kind_of("moon")


def test_every_option_says_what_it_is_for():
    for kind in KINDS.values():
        assert issubclass(kind.options, Options)
        assert all(one.metadata["doc"] for one in dataclasses.fields(kind.options))


def test_needs_are_layers_or_known_sums():
    for kind in KINDS.values():
        assert set(kind.needs) <= {*LAYERS, "incident_cells", "plan"}
        assert kind.subject in {*LAYERS, "plans"}


# grids


def test_the_legend_of_a_value_counts_as_an_independent_reader_does():
    found = page("grids", value="households")
    legend = found.legend
    lows = [float(bound.rstrip("+").replace(",", "")) for bound in legend.bounds]
    values = grids()["households"].dropna()
    counts = [
        sum(low <= value < high for value in values)
        for low, high in zip(lows, [*lows[1:], float("inf")], strict=True)
    ]
    assert list(legend.counts) == counts
    assert sum(counts) == 9
    assert all(f"{low:.2g}" == f"{low:.9g}" or low >= 100 for low in lows)


def test_what_is_not_known_looks_not_known():
    kind, few = KINDS["grids"], grids([1, None, 2, None, 3, 4, 5, 6, 7])
    found = kind.page(material(frames={"grids": few}), kind.options_of({"value": "households"}))
    fill = layer(found, "fill")
    unknown = [number for number, style in enumerate(fill.styles) if "hatch" in style]
    assert list(fill.classes).count(unknown[0]) == 2
    assert found.legend.others[0][1] == "无数据，2 个"
    assert sum(found.legend.counts) == 7


def test_a_density_is_that_of_the_ground():
    kind = KINDS["grids"]
    found = kind.page(material(), kind.options_of({"value": "households_per_ha"}))
    shown = dict(
        zip(layer(found, "fill").facts["编码"], layer(found, "fill").facts["户密度"], strict=True)
    )
    box = gpd.GeoSeries([drawn.BOXES["I"]], crs="EPSG:4326").to_crs(32651)
    assert float(shown["I"]) == pytest.approx(90 / (box.area.iloc[0] / 1e4), rel=5e-3)


def test_an_unknown_value_or_level_names_those_there_are():
    with pytest.raises(InputError, match=r"no number 'name'; choose .*households"):
        page("grids", value="name")
    with pytest.raises(InputError, match="'compound' is not in scheme"):
        page("grids", level="compound")
    none_left = grids().query("level != 'community'")
    kind = KINDS["grids"]
    with pytest.raises(InputError, match="no grids of level 'community'"):
        kind.page(material(frames={"grids": none_left}), kind.options_of({"level": "community"}))


def test_another_level_is_drawn_with_those_above():
    found = page("grids", level="community")
    keys = [one.key for one in found.drawing.layers if one.key.startswith("grids-")]
    assert keys == ["grids-community", "grids-subdistrict", "grids-district", "grids-city"]
    assert len(layer(found, "fill").shapes) == 2


# points


def test_an_unknown_bearing_has_a_dashed_ring_and_no_sector():
    found = layer(page("cameras"), "cameras")
    by_code = dict(zip(found.facts["编码"], found.classes, strict=True))
    assert by_code == {"k1": 0, "k2": 1, "k3": 2, "k4": 3, "k5": 3}
    unknown = found.styles[3]["parts"]
    assert not any("sector" in part for part in unknown)
    assert any("dash" in part for part in unknown)
    assert [np.isfinite(turn) for turn in found.turns] == [True, True, True, False, False]
    told = dict(zip(found.facts["编码"], found.facts["朝向 度"], strict=True))
    assert told["k1"] == 90
    assert np.isnan(told["k4"])
    assert "扇形只示朝向，不是可视范围" in page("cameras").sections[0].notes


def test_incidents_are_grouped_by_state_and_time():
    found = layer(page("incidents"), "incidents")
    groups = {
        code: ORDER[number] for code, number in zip(found.facts["编码"], found.classes, strict=True)
    }
    wanted = ("waiting", "waiting", "filed", "dispatched", "handled", "closed", "closed")
    assert groups == {f"i{n}": group for n, group in enumerate(wanted)} | {"late": "overdue"}
    assert len(STATES) == len(wanted)
    assert "1 件位置存疑，未画出" in page("incidents").sections[0].notes


def test_states_differ_in_shape_not_only_in_colour():
    styles = layer(page("incidents"), "incidents").styles
    shapes = [
        json.dumps(
            [
                [part.get("circle"), part.get("points"), "line" in part, style["radius"]]
                for part in style["parts"]
            ]
        )
        for style in styles
    ]
    assert len(set(shapes)) == len(styles)


def test_entries_count_what_is_drawn():
    for kind, key in (
        ("facilities", "facilities"),
        ("cameras", "cameras"),
        ("incidents", "incidents"),
    ):
        found = page(kind)
        drawn_ = list(layer(found, key).classes)
        entries = [entry for entry in found.sections[0].entries if entry.keys == (key,)]
        assert {entry.classes[0]: entry.count for entry in entries} == {
            number: drawn_.count(number) for number in set(drawn_)
        }


def test_facilities_by_state_tell_the_unstated():
    found = page("facilities", by="state")
    assert [(entry.title, entry.count) for entry in found.sections[0].entries] == [
        ("完好", 1),
        ("未登记", 2),
    ]


def test_features_without_a_place_are_said():
    frame = drawn.frames()["facilities"]
    frame.loc[0, "geometry"] = None
    found = KINDS["facilities"].page(material(frames={"facilities": frame}))
    assert "1 个没有位置，未画出" in found.sections[0].notes
    assert len(layer(found, "facilities").shapes) == 2


def test_many_points_are_clustered():
    frame = incidents().iloc[np.zeros(400, int)].assign(code=[f"n{n}" for n in range(400)])
    found = KINDS["incidents"].page(material(frames={"incidents": frame}))
    assert layer(found, "incidents").cluster > 0
    assert "远看成簇，数字为个数" in found.sections[0].notes
    assert MOST == 64_000


# heat


def test_heat_colours_no_small_count_and_loses_none():
    found = page("heat")
    cells = layer(found, "heat")
    assert list(cells.facts["案件数"]) == [8]
    assert found.legend.counts == (1,)
    few = pd.DataFrame({"cell": material().frames["incident_cells"]["cell"], "count": [2]})
    found = KINDS["heat"].page(material(frames={"incident_cells": few}))
    assert found.legend is None
    assert dict(found.figures)["案件"] == "2"


def test_text_never_becomes_html():
    html = render(page("grids"))
    assert drawn.HOSTILE not in html
    assert "<img" not in html
    assert html.count("<script") == render(
        KINDS["grids"].page(material(frames={"grids": drawn.grids()}))
    ).count("<script")


def test_shapes_keep_their_places():
    found = layer(page("grids"), "fill").shapes
    assert shapely.area(found.to_numpy()).sum() == pytest.approx(9 * drawn.SIDE**2)
