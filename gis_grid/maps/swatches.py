"""Swatches of lists and legends as small SVG drawings of the very styles of the map."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from gis_grid.maps.drawing import Style, Swatch

WIDTH, HEIGHT = 22, 14


def svg(swatch: Swatch) -> str:
    """Return a drawing of 22 by 14 px.

    Examples
    --------
    >>> svg(Swatch(kind="line", styles=({"line": "#123456", "width": 2},)))[-71:]
    '<path d="M1 7H21" fill="none" stroke="#123456" stroke-width="2"/></svg>'
    """
    drawers = {"area": _area, "line": _line, "point": _point, "ramp": _ramp}
    inner = drawers[swatch.kind](swatch.styles)
    return (
        f'<svg class="gg-swatch" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{inner}</svg>'
    )


def _area(styles: tuple[Style, ...]) -> str:
    (style,) = styles
    box = 'x="2" y="1.5" width="18" height="11" rx="2"'
    lines = ""
    if "hatch" in style:
        lines = _tag('path d="M3 12 9 2M8 12 14 2M13 12 19 2"', line=style["hatch"], width=1)
    return _tag(f"rect {box}", **_paint(style)) + lines


def _line(styles: tuple[Style, ...]) -> str:
    (style,) = styles
    return _tag('path d="M1 7H21"', **_paint(style) | {"fill": None})


def _ramp(styles: tuple[Style, ...]) -> str:
    each = 18 / max(len(styles), 1)
    return "".join(
        _tag(f'rect x="{2 + at * each:.2f}" y="2" width="{each:.2f}" height="10"', **_paint(style))
        for at, style in enumerate(styles)
    )


def _point(styles: tuple[Style, ...]) -> str:
    (style,) = styles
    parts: Any = style["parts"]
    radius = max(float(str(style["radius"])), 3.4)
    return "".join(_part(part, radius) for part in parts)


def _part(part: Mapping[str, Any], radius: float) -> str:
    paint = _paint(part)
    x, y = WIDTH / 2, HEIGHT / 2
    if "circle" in part:
        r = f"{part['circle'] * radius:.2f}"
        return _tag(f'circle cx="{x:g}" cy="{y:g}" r="{r}"', **paint)
    if "points" in part:
        return _tag(f'path d="M{_path(part["points"], radius)}Z"', **paint)
    return _tag(
        f'path d="M{x:g} {y:g}L{x + 9:g} {y - 4:g}A9 9 0 0 1 {x + 9:g} {y + 4:g}Z"', **paint
    )


def _path(points: Iterable[float], radius: float) -> str:
    xy = iter(points)
    return "L".join(
        f"{WIDTH / 2 + x * radius:.2f} {HEIGHT / 2 + y * radius:.2f}"
        for x, y in zip(xy, xy, strict=True)
    )


def _paint(style: Mapping[str, Any]) -> dict[str, Any]:
    return {key: style.get(key) for key in ("fill", "line", "width", "dash", "opacity")}


def _tag(start: str, **paint: Any) -> str:  # noqa: ANN401 - values of a style
    text = f'<{start} fill="{escape(str(paint.get("fill") or "none"))}"'
    if paint.get("opacity"):
        text += f' fill-opacity="{paint["opacity"]:g}"'
    if paint.get("line"):
        text += f' stroke="{escape(str(paint["line"]))}" stroke-width="{paint.get("width") or 1:g}"'
    if paint.get("dash"):
        text += f' stroke-dasharray="{" ".join(f"{dash:g}" for dash in paint["dash"])}"'
    return text + "/>"
