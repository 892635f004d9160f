"""Layers of a drawing on a sheet, in the styles of the page."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_grid.maps.drawing import Drawing, MapLayer, Style
from gis_grid.maps.printed.brush import Brush
from gis_grid.maps.printed.points import draw_points
from gis_grid.maps.printed.view import View

Shapes = NDArray[np.object_]
Chosen = tuple[Shapes, NDArray[np.int64]]


def draw_layers(brush: Brush, view: View, drawing: Drawing) -> NDArray[np.float64]:
    """Draw every layer that is shown at the zoom of the sheet, from below.

    Return the boxes (x, y, x, y) which no name may cover, shape ``(n, 4)``.
    """
    boxes = [np.zeros((0, 4))]
    by_key = {layer.key: layer for layer in drawing.layers}
    for layer in drawing.layers:
        if not layer.shown or not layer.low <= view.zoom < layer.high:
            continue
        if layer.kind == "point":
            boxes.append(draw_points(brush, view, layer))
            continue
        chosen = _chosen(layer, by_key, view)
        (_draw_areas if layer.kind == "area" else _draw_lines)(brush, view, layer, chosen)
    return np.vstack(boxes)


def _chosen(layer: MapLayer, by_key: dict[str, MapLayer], view: View) -> Chosen:
    """Shapes that may be seen, in pixels, and the style of each."""
    holder = by_key[layer.shares] if layer.shapes is None else layer
    assert holder.shapes is not None  # noqa: S101 - only layers with shapes are shared
    shapes = view.place(holder.shapes.to_numpy())
    classes = layer.classes if layer.classes is not None else holder.classes
    numbers = np.asarray(classes if classes is not None else np.zeros(len(shapes), int), np.int64)
    seen = view.seen(shapes)
    return shapes[seen], numbers[seen]


def _draw_areas(brush: Brush, view: View, layer: MapLayer, chosen: Chosen) -> None:
    shapes, classes = chosen
    for number, style in enumerate(layer.styles):
        mine = shapes[classes == number]
        if style.get("fill") or style.get("hatch"):
            brush.shapes(mine, **_fill(style, view))
        if style.get("casing"):
            brush.shapes(
                mine,
                line=style["casing"],
                width=style["casingWidth"],
                line_opacity=style["casingOpacity"],
            )
        if style.get("line") and view.zoom >= _number(style, "lineFrom", 0.0):
            brush.shapes(mine, **_line(style, view))


def _draw_lines(brush: Brush, view: View, layer: MapLayer, chosen: Chosen) -> None:
    shapes, classes = chosen
    seen = [
        (style, shapes[classes == number])
        for number, style in enumerate(layer.styles)
        if view.zoom >= _number(style, "from", 0.0)
    ]
    for style, mine in seen:
        if style.get("casing"):
            brush.shapes(mine, line=style["casing"], width=_width(style, view) + 2)
    for style, mine in seen:
        brush.shapes(mine, **_line(style, view))


def _fill(style: Style, view: View) -> dict[str, Any]:
    if style.get("hatch"):
        return {"hatch": style["hatch"]}
    is_far = view.zoom < _number(style, "fadeAt", np.inf)
    opacity = _number(style, "opacity", 1.0) if is_far else _number(style, "faded", 1.0)
    return {"fill": style["fill"], "opacity": opacity}


def _line(style: Style, view: View) -> dict[str, Any]:
    return {
        "line": style["line"],
        "width": _width(style, view),
        "dash": style.get("dash", ()),
        "line_opacity": _number(style, "lineOpacity", 1.0),
    }


def _width(style: Style, view: View) -> float:
    """Return the width of a line, px: as it is, or metres on the ground within limits."""
    if "metres" not in style:
        return _number(style, "width", 1.0)
    wide = _number(style, "metres", 0.0) * view.px_per_metre
    return max(_number(style, "least", 1.0), min(_number(style, "most", 40.0), wide))


def _number(style: Style, key: str, default: float) -> float:
    return float(str(style.get(key, default)))
