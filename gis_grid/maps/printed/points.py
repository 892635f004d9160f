"""Symbols and clusters of points on a sheet."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from gis_grid.maps.drawing import MapLayer, Style
from gis_grid.maps.printed.brush import CHUNK, Brush
from gis_grid.maps.printed.view import View

Floats = NDArray[np.float64]
CLUSTER_PX = 64.0
_ROUND = np.linspace(0, 2 * np.pi, 25)[:-1]
_CIRCLE = np.column_stack([np.cos(_ROUND), np.sin(_ROUND)])


def radius_of(style: Style, zoom: float) -> float:
    """Return the radius of a symbol, px: symbols grow a little with the map."""
    radius = float(str(style["radius"]))
    return radius * max(0.6, min(1.4, 0.6 + 0.3 * (zoom - 14.5)))


def draw_points(brush: Brush, view: View, layer: MapLayer) -> Floats:
    """Draw a layer of points: symbols, or clusters where the map is too far for them.

    Return the boxes of the clusters (x, y, x, y), which no name may cover, shape ``(n, 4)``.
    """
    assert layer.shapes is not None  # noqa: S101 - points share nothing
    placed = view.place(layer.shapes.to_numpy())
    seen = view.seen(placed)
    xy = shapely.get_coordinates(placed[seen])
    rows = np.flatnonzero(seen)
    classes = np.asarray(layer.classes if layer.classes is not None else np.zeros(len(placed), int))
    boxes = np.zeros((0, 4))
    if view.zoom < layer.cluster:
        alone, boxes = _draw_clusters(brush, view, layer, xy)
        xy, rows = xy[alone], rows[alone]
    for number, style in enumerate(layer.styles):
        mine = classes[rows] == number
        if mine.any():
            radius = radius_of(style, view.zoom)
            _draw_symbols(brush, style, radius, xy[mine], _looks(layer, rows[mine]))
    return boxes


def _looks(layer: MapLayer, rows: NDArray[np.int64]) -> Floats:
    """Bearing and width of the view of each point, degrees; NaN where nobody knows."""
    if layer.turns is None or layer.spreads is None:
        return np.full((len(rows), 2), np.nan)
    both = np.array([layer.turns, layer.spreads], dtype=np.float64).T
    return both[rows]


def _draw_symbols(brush: Brush, style: Style, radius: float, xy: Floats, looks: Floats) -> None:
    parts: Any = style["parts"]
    for part in parts:
        for start in range(0, len(xy), CHUNK):
            stop = start + CHUNK
            outline = _part(part, radius, xy[start:stop], looks[start:stop])
            if outline is not None:
                brush.path(outline, **paint_of(part))


def paint_of(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a brush has to know of a part of a symbol."""
    names = ("fill", "line", "width", "dash", "opacity")
    return {name: part[name] for name in names if name in part}


def draw_symbol(brush: Brush, style: Style, x: float, y: float) -> None:
    """Draw one symbol, for a legend."""
    radius = max(float(str(style["radius"])), 3.4)
    short = {**style, "parts": [_shortened(part) for part in _parts(style)]}
    _draw_symbols(brush, short, radius, np.array([[x, y]]), np.array([[90.0, 60.0]]))


def _parts(style: Style) -> list[Mapping[str, Any]]:
    parts: Any = style["parts"]
    return list(parts)


def _shortened(part: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**part, "sector": 2.8} if "sector" in part else part


def _part(part: Mapping[str, Any], radius: float, xy: Floats, looks: Floats) -> Outline | None:
    if "sector" in part:
        return _sectors(part["sector"] * radius, xy, looks)
    unit = _CIRCLE * part["circle"] if "circle" in part else np.reshape(part["points"], (-1, 2))
    rings = xy[:, None, :] + unit[None, :, :] * radius
    return _closed(rings)


def _sectors(length: float, xy: Floats, looks: Floats) -> Outline | None:
    known = np.isfinite(looks).all(axis=1)
    if not known.any():
        return None
    turn, spread = np.radians(looks[known]).T
    angles = turn[:, None] - np.pi / 2 + np.linspace(-0.5, 0.5, 17) * spread[:, None]
    arc = xy[known][:, None, :] + length * np.stack([np.cos(angles), np.sin(angles)], axis=2)
    return _closed(np.concatenate([xy[known][:, None, :], arc], axis=1))


def _closed(rings: Floats) -> Outline:
    """Return rings of equally many vertices, shape ``(n, k, 2)``, as one path."""
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    codes = np.full(closed.shape[:2], Outline.LINETO, np.uint8)
    codes[:, 0], codes[:, -1] = Outline.MOVETO, Outline.CLOSEPOLY
    return Outline(closed.reshape(-1, 2), codes.ravel())


def _draw_clusters(
    brush: Brush, view: View, layer: MapLayer, xy: Floats
) -> tuple[NDArray[np.bool_], Floats]:
    """Draw squares of the screen with several points as a disc.

    Return which points are alone, and the boxes of the discs.
    """
    level = math.floor(view.zoom)
    side = CLUSTER_PX * 2.0 ** (view.zoom - level)
    origin = np.array([view.left % side, view.top % side])
    squares = np.floor((xy + origin) / side).astype(np.int64)
    _, which, counts = np.unique(squares, axis=0, return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), 2))
    np.add.at(sums, which, xy)
    many = counts > 1
    middles, numbers = (sums / counts[:, None])[many], counts[many]
    radii = 9 + 3.2 * np.log10(numbers)
    for middle, radius, number in zip(middles, radii, numbers, strict=True):
        _draw_cluster(brush, middle, float(radius), int(number), layer.cluster_colour)
    reach = radii[:, None] + 2
    return counts[which] == 1, np.hstack([middles - reach, middles + reach])


def _draw_cluster(brush: Brush, middle: Floats, radius: float, count: int, colour: str) -> None:
    disc = _closed(middle[None, None, :] + _CIRCLE[None, :, :] * radius)
    brush.path(disc, fill=colour, line="rgba(255,255,255,.85)", width=2)
    x, y = middle.tolist()
    white = "#FFFFFF"
    text = f"{count:,}"
    brush.text(text, x, y, size=11, colour=white, weight=700, align="center", middle=True)
