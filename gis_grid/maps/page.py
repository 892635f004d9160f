"""The frame of every map that leaves the house: title, list of layers, legend, source, scale."""

import json
from dataclasses import dataclass
from html import escape
from typing import Any

import folium
from branca.element import Element, MacroElement
from folium.template import Template

from gis_grid.maps import assets, palette
from gis_grid.maps.drawing import Drawing, Entry

_DATA = "gis-grid-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """Classes of a layer: always on screen while it is."""

    key: str
    """The layer that it explains."""

    title: str
    unit: str
    """What one cell or area is."""

    colours: tuple[str, ...]
    bounds: tuple[str, ...]
    """Lower bound of each class."""

    opacity: float
    left_out: str
    """What the colours do not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the panel: a title and its lines."""

    title: str
    note: str = ""
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A map with everything a reader needs to believe it."""

    city: str
    title: str
    subtitle: str
    badge: str
    """The generation of the grids."""

    drawn: str
    """When the map was drawn, in words."""

    figures: tuple[tuple[str, str], ...]
    """Word and number, for the head of the panel."""

    sections: tuple[Section, ...]
    source: str
    drawing: Drawing
    legend: Legend | None = None


class _Start(MacroElement):
    """The line of script that hands the folium map to ``map.js``."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "L.control.zoom({position:'bottomright',zoomInTitle:'放大',zoomOutTitle:'缩小'})"
        ".addTo({{ this._parent.get_name() }});"
        "L.control.scale({position:'bottomleft',imperial:false,maxWidth:120})"
        ".addTo({{ this._parent.get_name() }});"
        "gisGrid.start({{ this._parent.get_name() }}, {{ this.data_id|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, data_id: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # branca is half typed
        self._name = "Start"
        self.data_id = data_id


def render(page: Page) -> str:
    """Return the page as one HTML document that asks for nothing outside itself.

    The same page gives the same text. All text of `page` is escaped: data never becomes HTML.

    Raises
    ------
    AssetError
        folium links to something that gis_grid does not carry.
    """
    html = assets.inline(_folium(page))
    html = html.replace("<html>", '<html lang="zh-CN">', 1)
    head = (
        f'<link rel="icon" href="data:,">'
        f"{assets.element('style', palette.custom_properties() + assets.own('page.css'))}"
        f"{assets.element('script', assets.own('map.js'))}</head>"
    )
    data = f'<script type="application/json" id="{_DATA}">{page.drawing.to_json()}</script>'
    html = html.replace("</head>", head, 1)
    return html.replace("</body>", data + "</body>", 1)


def _folium(page: Page) -> str:
    west, south, east, north = page.drawing.bounds
    canvas = folium.Map(
        location=((south + north) / 2, (west + east) / 2),
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,
        attributionControl=False,
        zoomSnap=0.25,
        zoomDelta=0.5,
        minZoom=9,
        maxZoom=20,
    )
    canvas._id = "city"  # noqa: SLF001 - folium would draw a random one
    start = _Start(_DATA)
    start._id = "start"  # noqa: SLF001
    canvas.add_child(start)
    figure: Any = canvas.get_root()
    figure.title = escape(f"{page.title} · {page.city}")
    figure.html.add_child(Element(_guarded(_top(page))), name="top")
    figure.html.add_child(Element(_guarded(_panel(page))), name="panel")
    if page.legend:
        figure.html.add_child(Element(_guarded(_legend(page.legend))), name="legend")
    return str(figure.render())


def _guarded(html: str) -> str:
    """Keep jinja, through which branca sends everything, from reading the text as a template."""
    return "{{ " + json.dumps(html, ensure_ascii=False) + " }}"


def _top(page: Page) -> str:
    mark = (
        '<svg class="gg-mark" viewBox="0 0 20 20" aria-hidden="true">'
        '<path fill="#2C4A9E" d="M1 1h8v8H1z"/><path fill="#A9CB9F" d="M11 1h8v5l-8 3z"/>'
        '<path fill="#FDE5AF" d="M1 11h5l3 8H1z"/><path fill="#5C95BE" d="M11 11h8v8h-8z"/></svg>'
    )
    return (
        f'<header class="gg-top">{mark}<b>城市网格治理</b><span class="gg-city">{escape(page.city)}'
        f'</span><span class="gg-grow"></span><span class="gg-live">{escape(page.drawn)}</span>'
        f'<span class="gg-badge">{escape(page.badge)}</span></header>'
    )


def _panel(page: Page) -> str:
    figures = "".join(
        f"<div><span>{escape(word)}</span><b>{escape(number)}</b></div>"
        for word, number in page.figures
    )
    sections = "".join(_section(section) for section in page.sections)
    return (
        f'<aside class="gg-panel"><section><h1>{escape(page.title)}</h1>'
        f'<p class="gg-note">{escape(page.subtitle)}</p><div class="gg-figures">{figures}</div>'
        f'</section>{sections}<section class="gg-source"><p>{escape(page.source)}</p>'
        '<p><span id="gg-where" class="gg-mono">–</span>　WGS-84　上北 ↑</p>'
        '<button id="gg-home" type="button">回到全城</button></section></aside>'
    )


def _section(section: Section) -> str:
    entries = "".join(_entry(entry) for entry in section.entries)
    notes = "".join(f'<p class="gg-note">{escape(note)}</p>' for note in section.notes)
    return (
        f"<section><h2>{escape(section.title)}<small>{escape(section.note)}</small></h2>"
        f"{entries}{notes}</section>"
    )


def _entry(entry: Entry) -> str:
    checked = " checked" if entry.shown else ""
    return (
        f'<label><input type="checkbox" data-layers="{escape(" ".join(entry.keys))}" '
        f'data-low="{entry.low:g}"{checked}>'
        f'<i class="gg-swatch" style="{escape(entry.swatch)}"></i>'
        f"<span>{escape(entry.title)}<small>{escape(entry.subtitle)}</small></span>"
        f"<b>{entry.count:,}</b></label>"
    )


def _legend(legend: Legend) -> str:
    ramp = "".join(f'<i style="background:{colour}"></i>' for colour in legend.colours)
    bounds = "".join(f"<span>{escape(bound)}</span>" for bound in legend.bounds)
    return (
        f'<div class="gg-legend" data-legend="{escape(legend.key)}"><div class="gg-row">'
        f"<b>{escape(legend.title)}</b><span>{escape(legend.unit)}</span></div>"
        f'<div class="gg-ramp" style="opacity:{legend.opacity:g}">{ramp}</div>'
        f'<div class="gg-bounds">{bounds}</div><p>{escape(legend.left_out)}</p></div>'
    )
