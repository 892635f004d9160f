"""Paths, lines and texts on a sheet, in its pixels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import Stroke
from numpy.typing import NDArray

from gis_grid.maps.printed.fonts import Faces
from gis_grid.maps.printed.paper import POINTS_A_PX

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]
Colour = tuple[float, float, float, float]

CHUNK = 400
"""Shapes in one path: longer ones overflow the rasterizer."""


def colour_of(text: str, opacity: float = 1.0) -> Colour:
    """Return a colour of a style (``#RRGGBB`` or ``rgba(r,g,b,a)``) as matplotlib takes it.

    Examples
    --------
    >>> colour_of("rgba(255,255,255,.5)"), colour_of("#000000", 0.25)
    ((1.0, 1.0, 1.0, 0.5), (0.0, 0.0, 0.0, 0.25))
    """
    if text.startswith("rgba("):
        red, green, blue, alpha = (float(part) for part in text[5:-1].split(","))
        return (red / 255, green / 255, blue / 255, alpha * opacity)
    red, green, blue, alpha = to_rgba(text)
    return (red, green, blue, alpha * opacity)


def outline_of(shapes: Shapes) -> Outline:
    """Return areas, lines or both (pixels) as one path; holes run against their shells."""
    parts = shapely.get_parts(shapely.orient_polygons(shapes))
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    lines = np.concatenate([shapely.get_rings(parts[is_area]), parts[~is_area]])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    codes = np.full(len(xy), Outline.LINETO, np.uint8)
    codes[np.flatnonzero(np.diff(line, prepend=-1))] = Outline.MOVETO
    closed = np.arange(lines.size) < is_area_rings(parts[is_area])
    last = np.flatnonzero(np.diff(line, append=-1))
    codes[last[closed[line[last]]]] = Outline.CLOSEPOLY
    return Outline(xy, codes)


def is_area_rings(areas: Shapes) -> int:
    """Return how many rings polygons have together."""
    return int(shapely.get_num_interior_rings(areas).sum()) + len(areas)


class Brush:
    """Draws on one axes whose data coordinates are pixels; later things lie on top."""

    def __init__(self, axes: Axes, faces: Faces) -> None:
        self.axes = axes
        self.faces = faces
        self.clip: Rectangle | None = None
        self._order = 0

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """Draw only inside this rectangle from now on."""
        self.clip = Rectangle((x, y), width, height, transform=self.axes.transData)

    def path(  # noqa: PLR0913 - what a style can say
        self,
        outline: Outline,
        *,
        fill: str | None = None,
        line: str | None = None,
        width: float = 1.0,
        dash: Sequence[float] = (),
        opacity: float = 1.0,
        line_opacity: float = 1.0,
        hatch: str | None = None,
    ) -> None:
        """Fill and outline a path."""
        edge = line or hatch
        patch = PathPatch(
            outline,
            facecolor=colour_of(fill, opacity) if fill else (0, 0, 0, 0),
            edgecolor=colour_of(edge, line_opacity) if edge else (0, 0, 0, 0),
            linewidth=width * POINTS_A_PX if line else 0,
            linestyle=(0, tuple(part * POINTS_A_PX for part in dash)) if dash else "-",
            hatch="////" if hatch else None,
            capstyle="butt" if dash else "round",
            joinstyle="round",
            zorder=self._next(),
        )
        self._add(patch)

    def shapes(self, shapes: Shapes, **paint: Any) -> None:  # noqa: ANN401 - as `path`
        """Fill and outline shapes (pixels)."""
        for start in range(0, len(shapes), CHUNK):
            part = shapes[start : start + CHUNK]
            self.path(outline_of(part), **paint)

    def box(self, x: float, y: float, width: float, height: float, **paint: Any) -> None:  # noqa: ANN401 - as `path`
        """Fill and outline a rectangle."""
        corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
        self.polygon(np.array(corners), **paint)

    def polygon(self, xy: Floats, **paint: Any) -> None:  # noqa: ANN401 - as `path`
        """Fill and outline a polygon, shape ``(n, 2)``."""
        self.path(Outline(np.vstack([xy, xy[:1]]), closed=True), **paint)

    def line(self, x: Sequence[float], y: Sequence[float], **paint: Any) -> None:  # noqa: ANN401
        """Draw a line through points."""
        self.path(Outline(np.column_stack([x, y])), **paint)

    def text(  # noqa: PLR0913 - what, where and how
        self,
        text: str,
        x: float,
        y: float,
        *,
        size: float,
        colour: str,
        weight: int = 400,
        align: str = "left",
        halo: str | None = None,
        turn_deg: float = 0.0,
        middle: bool = False,
    ) -> None:
        """Write one line; `y` is its base line, or its middle."""
        said = self.faces.safe(text)
        style: Mapping[str, Any] = {
            "fontsize": size * POINTS_A_PX,
            "fontweight": weight,
            "ha": align,
            "va": "center_baseline" if middle else "baseline",
            "rotation": turn_deg,
            "rotation_mode": "anchor",
            "parse_math": False,
        }
        if halo:
            drawn = self.axes.text(x, y, said, color=colour, zorder=self._next(), **style)
            edge = Stroke(linewidth=4 * POINTS_A_PX, foreground=colour_of(halo))
            drawn.set_path_effects([edge])
            self._clip(drawn)
        self._clip(self.axes.text(x, y, said, color=colour, zorder=self._next(), **style))

    def _add(self, patch: PathPatch) -> None:
        self.axes.add_artist(patch)  # add_patch would measure every curve
        self._clip(patch)

    def _clip(self, artist: Any) -> None:  # noqa: ANN401 - any artist
        if self.clip is not None:
            artist.set_clip_path(self.clip)

    def _next(self) -> float:
        self._order += 1
        return self._order


def text_width(text: str, size: float) -> float:
    """Return about how wide a line of text is, px: Chinese signs are square, others about half.

    Examples
    --------
    >>> text_width("网格", 12.0), round(text_width("ab", 10), 1)
    (24.0, 11.4)
    """
    return sum(size if ord(sign) > 0x2E7F else 0.57 * size for sign in text)  # noqa: PLR2004
