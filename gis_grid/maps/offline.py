"""Pages as folium maps: in a notebook, or as one HTML file that asks for nothing outside."""

import json
from html import escape
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from typing_extensions import override

from gis_grid.maps import assets, frame, palette
from gis_grid.maps.page import Page
from gis_grid.maps.words import Words

_DATA = "gis-grid-data"
_LANGUAGE = {"zh": "zh-CN", "en": "en"}


class OfflineFigure(Figure):
    """A figure that is one document: whatever it links to is inside it, or it is not rendered."""

    def __init__(self, page: Page) -> None:
        super().__init__(height="720px")
        self._page = page
        self.title = escape(f"{page.title} · {page.city}")

    @override
    def render(self, **kwargs: Any) -> str:
        """Return the document.

        Raises
        ------
        AssetError
            folium, or a plugin that somebody added, links to something that gis_grid does not
            carry.
        """
        html = assets.inline(str(super().render(**kwargs)))
        html = html.replace("<html>", f'<html lang="{_LANGUAGE[self._page.lang]}">', 1)
        head = (
            '<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">'
            f"{assets.element('style', palette.custom_properties() + assets.own('page.css'))}"
            f"{assets.element('script', assets.scripts())}</head>"
        )
        drawing = self._page.drawing.to_json()
        data = f'<script type="application/json" id="{_DATA}">{drawing}</script>'
        html = html.replace("</head>", head, 1)
        return html.replace("</body>", data + "</body>", 1)


class _Start(MacroElement):
    """The lines of script that hand the folium map to ours."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "L.control.zoom({position:'bottomright',zoomInTitle:{{ this.zoom_in|tojson }},"
        "zoomOutTitle:{{ this.zoom_out|tojson }}}).addTo({{ this._parent.get_name() }});"
        "L.control.scale({position:'bottomleft',imperial:false,maxWidth:120})"
        ".addTo({{ this._parent.get_name() }});"
        "gisGrid.start({{ this._parent.get_name() }}, {{ this.data_id|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, say: Words) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # branca is half typed
        self._name, self._id = "Start", "start"  # folium would draw a random one
        self.data_id = _DATA
        self.zoom_in, self.zoom_out = say("zoom_in"), say("zoom_out")


def to_folium(page: Page) -> folium.Map:
    """Return the page as a folium map: shown by a notebook, written by ``save``.

    Either way it is the same self-contained document. More layers and plugins of folium may be
    added as long as they link to nothing that gis_grid does not carry.
    """
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
    say, figure = Words(page.lang), OfflineFigure(page)
    figure.add_child(canvas, name="map")
    canvas.add_child(_Start(say), name="start")
    figure.html.add_child(Element(_guarded(frame.top(page, say))), name="top")
    figure.html.add_child(Element(_guarded(frame.panel(page, say))), name="panel")
    if page.legend:
        figure.html.add_child(Element(_guarded(frame.legend(page.legend))), name="legend")
    return canvas


def render(page: Page) -> str:
    """Return the page as one HTML document that asks for nothing outside itself.

    The same page gives the same text. All text of `page` is escaped: data never becomes HTML.

    Raises
    ------
    AssetError
        folium links to something that gis_grid does not carry.
    """
    return str(to_folium(page).get_root().render())


def _guarded(html: str) -> str:
    """Keep jinja, through which branca sends everything, from reading the text as a template."""
    return "{{ " + json.dumps(html, ensure_ascii=False) + " }}"
