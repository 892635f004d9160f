"""Names on a sheet: each keeps clear of the others; what does not fit is dropped."""

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.maps.drawing import Drawing, Names
from gis_grid.maps.printed.brush import Brush, text_width
from gis_grid.maps.printed.view import View

Floats = NDArray[np.float64]
STEEP_RAD = 0.9
"""On steeper streets the signs stand upright, one under the other."""


class Taken:
    """Boxes that are already written on, shape ``(n, 4)``."""

    def __init__(self, boxes: Floats) -> None:
        self._boxes = boxes

    def claim(self, boxes: Floats) -> bool:
        """Take boxes (x, y, x, y; shape ``(k, 4)``) unless one of them meets what is taken."""
        mine, held = boxes[:, None, :], self._boxes[None, :, :]
        meets = (
            (mine[..., 0] <= held[..., 2])
            & (mine[..., 2] >= held[..., 0])
            & (mine[..., 1] <= held[..., 3])
            & (mine[..., 3] >= held[..., 1])
        )
        if meets.any():
            return False
        self._boxes = np.vstack([self._boxes, boxes])
        return True


def draw_names(brush: Brush, view: View, drawing: Drawing, boxes: Floats) -> None:
    """Write the names of every group that is shown at the zoom of the sheet, clear of boxes."""
    hidden = {layer.key for layer in drawing.layers if not layer.shown}
    taken = Taken(boxes)
    for group in drawing.names:
        if group.layer in hidden or view.zoom >= group.high:
            continue
        if group.along:
            _draw_along(brush, view, group, taken)
        else:
            _draw_inside(brush, view, group, taken)


def _lows(group: Names, count: int) -> list[float]:
    return [group.low] * count if isinstance(group.low, int | float) else list(group.low)


def _draw_inside(brush: Brush, view: View, group: Names, taken: Taken) -> None:
    shapes = view.place(group.shapes.to_numpy())
    notes = group.notes if group.notes is not None else [""] * len(shapes)
    rows = zip(
        group.texts, notes, shapes, _lows(group, len(shapes)), view.seen(shapes), strict=True
    )
    for text, note, shape, low, seen in rows:
        if not text or not seen or view.zoom < low or shape.is_empty:
            continue
        west, _, east, _ = shape.bounds
        half = max(text_width(text, group.size), text_width(note, group.size)) / 2 + 4
        if east - west < half * group.tight:
            continue
        at = shapely.point_on_surface(shape)
        tall = group.size * (1.4 if note else 0.8)
        if _is_inside(view, at.x, at.y, half, tall) and taken.claim(
            np.array([[at.x - half, at.y - tall, at.x + half, at.y + tall]])
        ):
            _write(brush, group, text, note, at.x, at.y)


def _is_inside(view: View, x: float, y: float, half: float, tall: float) -> bool:
    return (
        view.x + half <= x <= view.x + view.width - half
        and view.y + tall <= y <= view.y + view.height - tall
    )


def _write(brush: Brush, group: Names, text: str, note: str, x: float, y: float) -> None:
    size, colour, halo = group.size, group.colour, group.halo
    up = size * 0.55 if note else 0.0
    brush.text(
        text, x, y - up, size=size, colour=colour, halo=halo, weight=group.weight,
        align="center", middle=True,
    )  # fmt: skip
    if note:
        brush.text(
            note, x, y + size * 0.7, size=size, colour=colour, halo=halo, align="center",
            middle=True,
        )  # fmt: skip


def _draw_along(brush: Brush, view: View, group: Names, taken: Taken) -> None:
    lines = view.place(group.shapes.to_numpy())
    for text, line, low in zip(group.texts, lines, _lows(group, len(lines)), strict=True):
        if not text or view.zoom < low or line is None or line.is_empty:
            continue
        marks = stations(line, view, len(text), group.size * 2.1)
        if marks is None:
            continue
        reach = group.size * 0.62
        boxes = np.column_stack([marks[:, :2] - reach, marks[:, :2] + reach])
        if taken.claim(boxes):
            _write_along(brush, group, text, marks)


def _write_along(brush: Brush, group: Names, text: str, marks: Floats) -> None:
    for sign, (x, y, along_x, along_y) in zip(text, marks, strict=True):
        turn = math.atan2(along_y, along_x)
        turn -= math.pi * round(turn / math.pi)
        brush.text(
            sign,
            x,
            y,
            size=group.size,
            colour=group.colour,
            halo=group.halo,
            align="center",
            middle=True,
            turn_deg=-math.degrees(turn) if abs(turn) < STEEP_RAD else 0.0,
        )


def stations(line: shapely.LineString, view: View, count: int, gap: float) -> Floats | None:
    """Return where the signs of a street's name stand, in reading order.

    Parameters
    ----------
    line
        The street in pixels of the sheet.
    view
        Only the part inside its rectangle is used.
    count
        How many signs.
    gap
        From sign to sign, px.

    Returns
    -------
    float64, shape ``(count, 4)``, or None
        x and y of each sign and the direction of the street there; None where the street is too
        short.
    """
    marks = np.arange(gap / 2, line.length, gap)
    if len(marks) < count + 2:
        return None
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, marks))
    after = shapely.get_coordinates(shapely.line_interpolate_point(line, marks + 1.0))
    low = np.array([view.x, view.y]) + 10
    high = np.array([view.x + view.width, view.y + view.height]) - 10
    inside = ((points > low) & (points < high)).all(axis=1)
    points, after = points[inside], after[inside]
    if len(points) < count + 2:
        return None
    start = (len(points) - count) // 2
    chosen = np.hstack([points, after - points])[start : start + count]
    across, down = chosen[-1, :2] - chosen[0, :2]
    is_backwards = across < 0 if abs(across) >= abs(down) else down < 0
    return chosen[::-1] if is_backwards else chosen
